-- Episodes. A run is a series of consecutive rows that each continue the one before, so only those are grouped.
-- Bit n-1 stands for fault F0<n>.
CREATE TEMP TABLE runs AS
WITH same AS (
  SELECT meter_key, step, kw, read_us, standing_us,
    place - row_number() OVER (PARTITION BY meter_key ORDER BY place) AS island
  FROM judged WHERE same_value
), value_runs AS (
  SELECT meter_key, any_value(kw) AS kw, min(standing_us) AS started_us, max(read_us + step) AS ended_us
  FROM same GROUP BY meter_key, island
), over_rows AS (
  SELECT meter_key, step, read_us,
    sum(CASE WHEN still_over THEN 0 ELSE 1 END) OVER (PARTITION BY meter_key ORDER BY place) AS island
  FROM judged WHERE is_over
)
SELECT meter_key, CASE WHEN kw = 0 THEN 1 ELSE 2 END AS bit, started_us, ended_us,
  ((ended_us - started_us) / 3600000000)::DECIMAL(18, 6) AS evidence
FROM value_runs
WHERE ended_us - started_us >= CASE WHEN kw = 0 THEN 48 ELSE 24 END * 3600000000
UNION ALL
SELECT meter_key, 4, min(read_us), max(read_us + step), count(*)::DECIMAL(18, 6)
FROM over_rows GROUP BY meter_key, island HAVING count(*) >= 6;

CREATE TEMP TABLE days AS
SELECT meter_key, (read_us // 86400000000)::INTEGER AS day, count(*) AS n,
  sum(kw)::BIGINT AS sum_x, sum(kw::HUGEINT * kw) AS sum_xx
FROM judged WHERE is_accepted GROUP BY ALL;

-- F05: an hour counts where the meter and three others have a reading.
CREATE TEMP TABLE hourly AS
SELECT m.neighbourhood_key, j.meter_key, j.read_us // 3600000000 AS hour, {hourly_kw} AS kw
FROM judged j JOIN meters m USING (meter_key)
WHERE j.is_accepted AND m.neighbourhood_id IS NOT NULL {hourly_group};

CREATE TEMP TABLE hour_days AS
WITH totals AS (
  SELECT neighbourhood_key, hour, count(*) AS meters, sum(kw)::BIGINT AS total
  FROM hourly GROUP BY ALL HAVING count(*) > 3
), compared AS (
  SELECT h.meter_key, (h.hour // 24)::INTEGER AS day, h.kw::HUGEINT AS x,
    (sign(t.total - h.kw) * ((2 * abs(t.total - h.kw) + t.meters - 1) // (2 * (t.meters - 1))))::HUGEINT AS y
  FROM hourly h JOIN totals t USING (neighbourhood_key, hour)
)
SELECT meter_key, day, count(*) AS n5, sum(x) AS sum_5x, sum(y) AS sum_5y,
  sum(x * x) AS sum_5xx, sum(y * y) AS sum_5yy, sum(x * y) AS sum_5xy
FROM compared GROUP BY ALL;

CREATE TEMP TABLE weeks AS
WITH summed AS (
  SELECT d.meter_key, d.day, m.interval_minutes,
    n, sum_x, sum_xx, n5, sum_5x, sum_5y, sum_5xx, sum_5yy, sum_5xy
  FROM days d LEFT JOIN hour_days h ON h.meter_key = d.meter_key AND h.day = d.day
  JOIN meters m ON m.meter_key = d.meter_key
), week AS (
  SELECT meter_key, day, interval_minutes,
    sum(n) OVER w AS n, sum(sum_x) OVER w AS x, sum(sum_xx) OVER w AS xx,
    sum(n5) OVER w AS n5, sum(sum_5x) OVER w AS x5, sum(sum_5y) OVER w AS y5,
    sum(sum_5xx) OVER w AS xx5, sum(sum_5yy) OVER w AS yy5, sum(sum_5xy) OVER w AS xy5
  FROM summed
  WINDOW w AS (PARTITION BY meter_key ORDER BY day RANGE BETWEEN 6 PRECEDING AND CURRENT ROW)
), spreads AS (
  SELECT *, n * xx - x * x AS spread,
    (n5 * xx5 - x5 * x5)::DOUBLE AS spread_x, (n5 * yy5 - y5 * y5)::DOUBLE AS spread_y,
    (n5 * xy5 - x5 * y5)::DOUBLE AS spread_xy
  FROM week
)
SELECT meter_key, day, 8 AS bit, sqrt(spread::DOUBLE) / x::DOUBLE AS ratio
FROM spreads
WHERE n * interval_minutes * 10 >= 8 * 7 * 1440 AND x > 0 AND 10000 * spread < x * x
UNION ALL
SELECT meter_key, day, 16, spread_xy / sqrt(spread_x * spread_y)
FROM spreads
WHERE n5 >= 72 AND spread_x > 0 AND spread_y > 0 AND spread_xy / sqrt(spread_x * spread_y) < 0.3;

CREATE TEMP TABLE episodes AS
WITH marked AS (
  SELECT *, CASE WHEN day - lag(day) OVER w <= 7 THEN 0 ELSE 1 END AS starts
  FROM weeks WINDOW w AS (PARTITION BY meter_key, bit ORDER BY day)
), numbered AS (
  SELECT *, sum(starts) OVER (PARTITION BY meter_key, bit ORDER BY day) AS episode FROM marked
)
SELECT meter_key, bit, started_us, ended_us, evidence FROM runs
UNION ALL
SELECT meter_key, bit, (min(day) - 6)::BIGINT * 86400000000, (max(day) + 1)::BIGINT * 86400000000,
  min(ratio)::DECIMAL(38, 12)::DECIMAL(18, 6)
FROM numbered GROUP BY meter_key, bit, episode;

-- Spans of a meter that no two faults overlap within, so that a row meets at most one.
CREATE TEMP TABLE spans AS
WITH edges AS (
  SELECT meter_key, started_us AS edge_us FROM episodes UNION SELECT meter_key, ended_us FROM episodes
), cut AS (
  SELECT meter_key, edge_us AS from_us, lead(edge_us) OVER (PARTITION BY meter_key ORDER BY edge_us) AS to_us FROM edges
)
SELECT c.meter_key, c.from_us, c.to_us, bit_or(e.bit) AS faults
FROM cut c JOIN episodes e ON e.meter_key = c.meter_key AND e.started_us <= c.from_us AND e.ended_us >= c.to_us
GROUP BY ALL;
