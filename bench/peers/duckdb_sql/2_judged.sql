-- One sorted window over the standing readings of a meter: the reading before, and with it rates, holes and runs.
-- Only intervals that came twice are ranked.
CREATE TEMP TABLE verdicts AS
WITH repeated AS (
  SELECT meter_key, read_us FROM checked WHERE meter_key IS NOT NULL AND read_us IS NOT NULL
  GROUP BY ALL HAVING count(*) > 1
), ranked AS (
  SELECT c.rowid AS row_id, c.meter_key, c.read_us, c.failed, c.kw,
    row_number() OVER w AS place,
    last_value(CASE WHEN c.failed = 0 THEN c.kw END IGNORE NULLS)
      OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS kw_before
  FROM checked c JOIN repeated USING (meter_key, read_us)
  WINDOW w AS (
    PARTITION BY c.meter_key, c.read_us ORDER BY c.received_us, c.file_key, c.source_version, c.source_line
  )
), best AS (
  SELECT *,
    max(CASE WHEN failed = 0 AND (kw_before IS NULL OR kw <> kw_before) THEN place END) OVER i AS stands,
    max(CASE WHEN failed = 512 THEN place END) OVER i AS over_stands
  FROM ranked WINDOW i AS (PARTITION BY meter_key, read_us)
)
SELECT row_id,
  failed = 0 AND place = stands AS is_accepted,
  failed = 0 AND place <> stands AS is_superseded,
  failed = 512 AND stands IS NULL AND place = over_stands AS is_over
FROM best;

CREATE TEMP TABLE judged AS
WITH standing AS (
  SELECT c.meter_key, c.read_us, c.kw, c.step, c.min_kw, c.kw > c.max_kw AS is_over,
    c.unit_converted, c.unit_inferred, c.is_late, c.file_key, c.source_version, c.source_line,
    coalesce(v.is_accepted, c.failed = 0) AS is_accepted,
    CASE WHEN c.kw <> 0 OR m.vacancies IS NULL
      OR NOT list_bool_or([c.read_us >= p.from_us AND c.read_us < p.to_us FOR p IN m.vacancies]) THEN c.kw
    END AS run_value
  FROM checked c
  JOIN meters m USING (meter_key)
  LEFT JOIN verdicts v ON v.row_id = c.rowid
  WHERE c.failed IN (0, 512) AND c.read_us IS NOT NULL
    AND (v.row_id IS NULL OR v.is_accepted OR v.is_over)
), compared AS (
  SELECT *,
    last_value(CASE WHEN is_accepted THEN read_us END IGNORE NULLS)
      OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS previous_us,
    last_value(CASE WHEN is_accepted THEN kw END IGNORE NULLS)
      OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS previous_kw,
    row_number() OVER w AS place,
    lag(read_us) OVER w AS standing_us,
    lag(run_value) OVER w AS standing_value,
    lag(is_over) OVER w AS standing_over
  FROM standing WINDOW w AS (PARTITION BY meter_key ORDER BY read_us)
)
SELECT
  meter_key, read_us, kw, step, is_accepted, is_over, unit_converted, unit_inferred, is_late,
  file_key, source_version, source_line, previous_us, previous_kw, place, standing_us,
  CASE WHEN is_accepted THEN coalesce((read_us - previous_us) // step - 1, 0) ELSE 0 END AS missing,
  is_accepted AND min_kw >= 0 AND coalesce(
    read_us - previous_us <= 14400000000 AND kw > 6 * greatest(previous_kw, 100000), false) AS is_spike,
  is_accepted AND min_kw >= 0 AND coalesce(
    read_us - previous_us <= 14400000000 AND previous_kw >= 100000 AND kw * 10 < previous_kw, false) AS is_drop,
  coalesce(read_us - standing_us - step < 14400000000 AND run_value = standing_value, false) AS same_value,
  coalesce(read_us - standing_us - step < 14400000000 AND is_over AND standing_over, false) AS still_over
FROM compared;
