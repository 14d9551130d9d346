-- Every row of silver.readings and silver.quarantine, still as integers.
CREATE TEMP TABLE scored AS
WITH made AS (
  SELECT meter_key, read_us, kw, 0 AS origin, 0 AS missing, step, unit_converted, unit_inferred,
    is_late, is_spike, is_drop, file_key, source_version, source_line
  FROM judged WHERE is_accepted
  UNION ALL
  SELECT meter_key, previous_us + number * step,
    CASE WHEN missing * step < 14400000000 THEN
      sign(previous_kw * (missing + 1 - number) + kw * number)
      * ((2 * abs(previous_kw * (missing + 1 - number) + kw * number) + missing + 1) // (2 * (missing + 1))) END,
    CASE WHEN missing * step < 14400000000 THEN 1 ELSE 2 END,
    missing, step, false, false, false, false, false, NULL, NULL, NULL
  FROM (SELECT *, unnest(range(1, missing + 1)) AS number
        FROM judged WHERE missing > 0 AND missing * step < 86400000000)
), faulty AS (
  SELECT r.*, coalesce(s.faults, 0) AS faults
  FROM made r LEFT JOIN spans s ON s.meter_key = r.meter_key AND r.read_us >= s.from_us AND r.read_us < s.to_us
)
SELECT * EXCLUDE (kw, step), kw::BIGINT AS kw, missing * step AS hole_us,
  CASE WHEN origin < 2 THEN greatest(0, (
    -- in tenths, half up
    1000 - CASE WHEN unit_converted THEN 50 ELSE 0 END
    - missing * step * 100 // 3600000000
    - CASE WHEN is_late THEN 150 ELSE 0 END
    - CASE WHEN is_spike OR is_drop THEN 200 ELSE 0 END
    - CASE WHEN faults & 15 > 0 THEN 300 ELSE 0 END + 5) // 10)::INTEGER END AS quality_score
FROM faulty;
