-- Integers to the tables' own columns, written as Parquet.
CREATE TEMP MACRO as_time(us) AS make_timestamp(us);
CREATE TEMP MACRO as_kw(micro) AS (micro::DECIMAL(18, 0) * 0.000001::DECIMAL(7, 6))::DECIMAL(18, 6);
CREATE TEMP MACRO as_faults(bits) AS
  CASE WHEN bits = 0 THEN []::VARCHAR[]
    ELSE list_filter(['F01', 'F02', 'F03', 'F04', 'F05'], lambda name, i: (bits >> (i - 1)) & 1 = 1) END;
CREATE TEMP MACRO as_reasons(bits) AS
  list_filter(['V01', 'V02', 'V03', 'V04', 'V05', 'V06', 'V07', 'V08', 'V09', 'V10', 'V11', 'V12', 'V13', 'V14'],
    lambda name, i: (bits >> (i - 1)) & 1 = 1);
CREATE TEMP MACRO as_warnings(is_late, is_spike, is_drop) AS
  CASE WHEN is_late OR is_spike OR is_drop
    THEN list_filter(['V07', 'V11', 'V12'], lambda name, i: [is_late, is_spike, is_drop][i]) ELSE []::VARCHAR[] END;

CREATE TEMP VIEW described AS
SELECT
  m.meter_id, m.meter_type, m.neighbourhood_id, as_time(s.read_us) AS read_at,
  as_time(s.read_us)::DATE AS read_date, m.interval_minutes, as_kw(s.kw) AS kw,
  as_kw((sign(s.kw) * ((abs(s.kw) * m.interval_minutes + 30) // 60))::BIGINT) AS energy_kwh,
  ['observed', 'interpolated', 'missing_short'][s.origin + 1] AS origin,
  s.unit_converted, s.unit_inferred, (s.hole_us / 3600000000)::DECIMAL(18, 6) AS hole_hours,
  as_warnings(s.is_late, s.is_spike, s.is_drop) AS warnings, as_faults(s.faults) AS faults,
  s.quality_score,
  CASE WHEN s.quality_score >= 90 THEN 'premium' WHEN s.quality_score >= 70 THEN 'standard'
    WHEN s.quality_score IS NOT NULL THEN 'quarantine' END AS tier,
  f.source_file, s.source_version, s.source_line, s.quality_score < 70 AS is_low
FROM scored s JOIN meters m USING (meter_key) LEFT JOIN files f USING (file_key);

COPY (SELECT * EXCLUDE (is_low) FROM described WHERE is_low IS NOT TRUE)
TO '{out}/readings' (FORMAT parquet, COMPRESSION zstd, {layout});

CREATE TEMP TABLE refused AS
SELECT d.* EXCLUDE (is_low), ['Q01'] AS reasons, 'quarantined' AS disposition FROM described d WHERE is_low
UNION ALL BY NAME
SELECT
  coalesce(m.meter_id, c.unknown_id) AS meter_id, m.meter_type, m.neighbourhood_id, as_time(c.read_us) AS read_at,
  as_time(c.read_us)::DATE AS read_date, m.interval_minutes, as_kw(c.kw) AS kw,
  as_kw((sign(c.kw) * ((abs(c.kw) * m.interval_minutes + 30) // 60))::BIGINT) AS energy_kwh,
  'observed' AS origin, c.unit_converted, c.unit_inferred, 0::DECIMAL(18, 6) AS hole_hours,
  as_warnings(c.is_late, false, false) AS warnings, as_faults(coalesce(s.faults, 0)) AS faults,
  NULL::INTEGER AS quality_score, NULL::VARCHAR AS tier, f.source_file, c.source_version, c.source_line,
  as_reasons(c.failed) AS reasons,
  CASE WHEN c.failed & 260 > 0 THEN 'rejected' ELSE 'quarantined' END AS disposition
FROM checked c JOIN files f USING (file_key) LEFT JOIN meters m USING (meter_key)
LEFT JOIN spans s ON s.meter_key = c.meter_key AND c.read_us >= s.from_us AND c.read_us < s.to_us
WHERE c.failed <> 0;

COPY (
  SELECT q.*, b.value AS raw_value, b.read_at AS raw_read_at, b.unit AS raw_unit,
    CASE WHEN q.source_file IS NOT NULL THEN
      coalesce(TRY_CAST(b.received_at AS TIMESTAMP), make_timestamp(epoch_us(b.landed_hour) + 3600000000))
    END AS received_at
  FROM refused q LEFT JOIN read_parquet(getvariable('readings')) b USING (source_file, source_version, source_line)
) TO '{out}/quarantine.parquet' (FORMAT parquet, COMPRESSION zstd);

CREATE TEMP TABLE seen AS
SELECT meter_key, min(CASE WHEN is_accepted THEN read_us END) AS first_us,
  max(CASE WHEN is_accepted THEN read_us END) AS last_us, max(read_us) AS last_standing_us
FROM judged GROUP BY meter_key;

COPY (
  WITH bounds AS (
    SELECT m.*, s.first_us, s.last_us, active_from + (-active_from % step + step) % step AS first_point
    FROM meters m LEFT JOIN seen s USING (meter_key)
  ), holes AS (
    SELECT meter_key, previous_us + step AS start_us, read_us AS end_us, step, false AS is_open
    FROM judged WHERE missing > 0
    UNION ALL
    SELECT meter_key, first_point, first_us, step, false FROM bounds WHERE first_us > first_point
    UNION ALL
    SELECT meter_key, coalesce(last_us + step, first_point), least(active_to, getvariable('as_of')), step,
      coalesce(active_to > getvariable('as_of'), true) FROM bounds
  ), counted AS (
    SELECT *, (end_us - start_us) // step AS intervals FROM holes WHERE end_us > start_us
  ), classed AS (
    SELECT *, CASE WHEN intervals * step < 14400000000 THEN 'interpolated'
      WHEN intervals * step < 86400000000 THEN 'missing_short' ELSE 'missing_extended' END AS class
    FROM counted WHERE intervals > 0
  )
  SELECT meter_id, as_time(start_us) AS started_at, CASE WHEN NOT is_open THEN as_time(end_us) END AS ended_at,
    intervals, (intervals * c.step / 3600000000)::DECIMAL(18, 6) AS hours, class, is_open
  FROM classed c JOIN meters m USING (meter_key) WHERE NOT (is_open AND class = 'interpolated')
) TO '{out}/gaps.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT meter_id, 'F0' || (log2(e.bit)::INTEGER + 1) AS fault, as_time(started_us) AS started_at,
    as_time(ended_us) AS ended_at, ended_us > last_standing_us AS is_open, evidence
  FROM episodes e JOIN meters USING (meter_key) JOIN seen USING (meter_key)
) TO '{out}/faults.parquet' (FORMAT parquet, COMPRESSION zstd);
