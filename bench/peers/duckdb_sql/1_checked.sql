-- Bronze to integers: kW in millionths, times in µs, meters and files as dense numbers, failed checks as bits
-- (bit n-1 is rule V<n>). Texts come back when the tables are written.
CREATE TEMP TABLE meters AS
WITH empty AS (
  SELECT meter_id, list({from_us: epoch_us("from"), to_us: coalesce(epoch_us("to"), 9000000000000000000)}) AS vacancies
  FROM read_parquet(getvariable('vacancies')) GROUP BY meter_id
)
SELECT
  meter_key, neighbourhood_key, meter_id, meter_type, neighbourhood_id, interval_minutes, vacancies,
  interval_minutes::BIGINT * 60000000 AS step,
  coalesce((min_kw * 1000000)::BIGINT, 0) AS min_kw,
  coalesce((max_kw * 1000000)::BIGINT, 20000000) AS max_kw,
  epoch_us(active_from) AS active_from,
  epoch_us(active_to) AS active_to
FROM read_parquet(getvariable('meters')) LEFT JOIN empty USING (meter_id);

CREATE TEMP TABLE files AS
SELECT source_file, (row_number() OVER (ORDER BY source_file))::INTEGER AS file_key
FROM (SELECT DISTINCT source_file FROM read_parquet(getvariable('readings')));

SET VARIABLE as_of = (SELECT max(epoch_us(landed_hour)) FROM read_parquet(getvariable('readings')));

CREATE TEMP TABLE checked AS
WITH sent AS (
  SELECT
    m.meter_key, m.step, m.min_kw, m.max_kw, m.active_from, m.active_to, m.interval_minutes,
    CASE WHEN m.meter_key IS NULL THEN r.meter_id END AS unknown_id,
    epoch_us(TRY_CAST(r.read_at AS TIMESTAMP)) AS stamp,
    coalesce(epoch_us(TRY_CAST(r.received_at AS TIMESTAMP)), epoch_us(r.landed_hour) + 3600000000) AS received_us,
    (TRY_CAST(r.value AS DECIMAL(18, 6)) * 1000000)::BIGINT AS v,
    lower(r.unit) AS unit,
    f.file_key, r.source_version, r.source_line
  FROM read_parquet(getvariable('readings')) r
  JOIN files f USING (source_file)
  LEFT JOIN meters m USING (meter_id)
), placed AS (
  SELECT *,
    stamp % step AS late,
    -- 1 kW is written as this many, in thousandths; empty where the unit is not known
    CASE unit
      WHEN 'kw' THEN 1000 WHEN 'w' THEN 1 WHEN 'kwh' THEN 1000 WHEN 'wh' THEN 1 WHEN 'mw' THEN 1000000
      WHEN '' THEN CASE WHEN abs(v) < 10000000 THEN 1000 WHEN abs(v) > 1000000000 THEN 1 END
    END * CASE WHEN unit IN ('kwh', 'wh') THEN 60 // interval_minutes ELSE 1 END AS factor
  FROM sent
), snapped AS (
  SELECT *,
    CASE WHEN late * 20 <= step THEN stamp - late WHEN (step - late) * 20 <= step THEN stamp + step - late ELSE stamp
    END AS read_us,
    coalesce(late * 20 > step AND (step - late) * 20 > step, false) AS off_grid,
    CASE WHEN meter_key IS NULL THEN NULL WHEN factor = 1000 THEN v
      ELSE sign(v) * ((abs(v)::HUGEINT * factor + 500) // 1000) END::BIGINT AS kw
  FROM placed
)
SELECT
  meter_key, read_us, kw, received_us, file_key, source_version, source_line, unknown_id, step, min_kw, max_kw,
  CASE WHEN unit IN ('kwh', 'wh') AND interval_minutes IS NULL THEN NULL ELSE factor <> 1000 END AS unit_converted,
  unit = '' AS unit_inferred,
  coalesce(read_us + step < received_us - 3600000000, false) AS is_late,
  (CASE WHEN v IS NULL THEN 1 ELSE 0 END
    + CASE WHEN stamp IS NULL THEN 2 ELSE 0 END
    + CASE WHEN meter_key IS NULL OR read_us < active_from OR read_us >= active_to THEN 4 ELSE 0 END
    + CASE WHEN unit NOT IN ('kw', 'w', 'kwh', 'wh', 'mw', '') THEN 8 ELSE 0 END
    + CASE WHEN unit = '' AND abs(v) BETWEEN 10000000 AND 1000000000 THEN 16 ELSE 0 END
    + CASE WHEN read_us > received_us + 3600000000 THEN 32 ELSE 0 END
    + CASE WHEN off_grid THEN 128 ELSE 0 END
    + CASE WHEN kw < min_kw THEN 256 ELSE 0 END
    + CASE WHEN kw > max_kw THEN 512 ELSE 0 END
    + CASE WHEN read_us < received_us - 730 * 86400000000 THEN 8192 ELSE 0 END)::SMALLINT AS failed
FROM snapped;
