-- question: Where will the month end, and how good is that guess?
-- grain: one row a month and tenant, and one for '(all)'
-- source: bedrock_costs, metered usage. Method: what is billed up to the last complete day, plus for
--   each remaining weekday and weekend day the mean of such days among the 28 days before, times a
--   trend: the step from the first to the second half of those 28 days, carried on in full, by half
--   or not at all, whichever erred least on earlier months. Band of 80 %: 1.2816 standard deviations
--   of the days, or what the same method erred in four of five earlier months, whichever is wider.
--   Back-test: each earlier complete month, as if only the same number of its days were known (15,
--   if the asked month is complete), with trend and band chosen from the months before it only.
-- history: yes
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar - '(all)' is guessed by itself: the tenants' guesses need not add up to it
--   known_days: bigint - complete days billed
--   days_in_month: bigint
--   cost_usd: decimal(38,10) - USD billed in the complete days
--   forecast_cost_usd: decimal(38,10) - USD at the month's end; the bill once it is complete
--   low_cost_usd: decimal(38,10) - USD, lower end of the band
--   high_cost_usd: decimal(38,10) - USD, upper end of the band
--   trend: double - how much of the step is carried on: 0, 0.5 or 1
--   method: varchar
--   backtest_day: bigint - how many days the back-test knew
--   backtest_months: bigint - earlier months tried; 0 where there is no history
--   backtest_error: double - mean of |forecast - bill| / bill; NULL without history
--   backtest_in_band: bigint - how many of those months ended inside their band
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH daily AS (
  SELECT COALESCE(tenant, '(untagged)') AS tenant, usage_date, sum(cost_usd) AS day_usd
  FROM bedrock_costs
  WHERE charge_kind = 'usage'
  GROUP BY 1, 2
),
scopes AS (
  SELECT tenant, usage_date, day_usd FROM daily
  UNION ALL
  SELECT '(all)' AS tenant, usage_date, sum(day_usd) AS day_usd FROM daily GROUP BY 1, 2
),
periods AS (
  SELECT
    billing_period, status, data_through, month_start, days_in_month,
    CASE WHEN status <> 'open' OR billed_days > days_in_month THEN days_in_month ELSE billed_days END AS known_days
  FROM (
    SELECT
      billing_period,
      max(status) AS status,
      max(data_through) AS data_through,
      CAST(billing_period || '-01' AS date) AS month_start,
      date_diff('day', CAST(billing_period || '-01' AS date), CAST(CAST(billing_period || '-01' AS date) + INTERVAL '1' MONTH AS date)) AS days_in_month,
      date_diff('day', CAST(billing_period || '-01' AS date), CAST(max(data_through) AS date)) AS billed_days
    FROM bedrock_costs
    GROUP BY billing_period
  ) AS measured
),
first_day AS (
  SELECT min(usage_date) AS first_date FROM daily
),
-- Each asked month with itself and with the earlier months it is tested on. Days are counted from
-- a Monday, so that the remainder by 7 tells weekends.
trials AS (
  SELECT
    p.billing_period AS asked,
    q.billing_period AS tried,
    q.month_start,
    q.days_in_month,
    CASE
      WHEN q.billing_period = p.billing_period THEN p.known_days
      WHEN p.known_days >= p.days_in_month THEN 15
      WHEN p.known_days > q.days_in_month THEN q.days_in_month
      ELSE p.known_days
    END AS known_days,
    date_diff('day', DATE '2000-01-03', q.month_start) AS start_number,
    date_diff('day', DATE '2000-01-03', f.first_date) AS first_number
  FROM periods AS p
  JOIN periods AS q ON q.month_start <= p.month_start
  CROSS JOIN first_day AS f
  WHERE q.billing_period = p.billing_period OR q.known_days >= q.days_in_month
),
windows AS (
  SELECT
    trials.*,
    start_number + known_days AS cut_number,
    start_number + days_in_month AS end_number,
    CASE WHEN first_number > start_number + known_days - 28 THEN first_number ELSE start_number + known_days - 28 END AS window_number
  FROM trials
),
-- Weekdays before day n: five for each whole week, and up to five of the rest.
counted AS (
  SELECT
    windows.*,
    CAST(floor(CAST(window_number AS double) / 7) AS bigint) * 5 + CASE WHEN window_number % 7 > 5 THEN 5 ELSE window_number % 7 END AS weekdays_to_window,
    CAST(floor(CAST(cut_number AS double) / 7) AS bigint) * 5 + CASE WHEN cut_number % 7 > 5 THEN 5 ELSE cut_number % 7 END AS weekdays_to_cut,
    CAST(floor(CAST(end_number AS double) / 7) AS bigint) * 5 + CASE WHEN end_number % 7 > 5 THEN 5 ELSE end_number % 7 END AS weekdays_to_end
  FROM windows
),
placed AS (
  SELECT
    c.*,
    s.tenant,
    s.day_usd,
    CAST(s.day_usd AS double) AS day_value,
    date_diff('day', DATE '2000-01-03', s.usage_date) AS day_number,
    CASE WHEN date_diff('day', DATE '2000-01-03', s.usage_date) % 7 < 5 THEN 1 ELSE 0 END AS is_weekday
  FROM counted AS c
  JOIN scopes AS s
    ON date_diff('day', DATE '2000-01-03', s.usage_date) >= c.start_number - 28
    AND date_diff('day', DATE '2000-01-03', s.usage_date) < c.end_number
),
summed AS (
  SELECT
    asked, tried, tenant, known_days, days_in_month,
    sum(CASE WHEN day_number >= start_number AND day_number < cut_number THEN day_usd ELSE 0 END) AS known_usd,
    sum(CASE WHEN day_number >= start_number THEN day_usd ELSE 0 END) AS whole_usd,
    CAST(sum(CASE WHEN day_number >= window_number AND day_number < cut_number AND is_weekday = 1 THEN day_usd ELSE 0 END) AS double) AS weekday_sum,
    CAST(sum(CASE WHEN day_number >= window_number AND day_number < cut_number AND is_weekday = 0 THEN day_usd ELSE 0 END) AS double) AS weekend_sum,
    CAST(sum(CASE WHEN day_number >= cut_number - 14 AND day_number < cut_number THEN day_usd ELSE 0 END) AS double) AS newer_sum,
    CAST(sum(CASE WHEN day_number >= cut_number - 28 AND day_number < cut_number - 14 THEN day_usd ELSE 0 END) AS double) AS older_sum,
    CAST(max(CASE WHEN first_number <= cut_number - 28 THEN 1 ELSE 0 END) AS double) AS is_full_window,
    sum(CASE WHEN day_number >= window_number AND day_number < cut_number AND is_weekday = 1 THEN day_value * day_value ELSE CAST(0 AS double) END) AS weekday_squares,
    sum(CASE WHEN day_number >= window_number AND day_number < cut_number AND is_weekday = 0 THEN day_value * day_value ELSE CAST(0 AS double) END) AS weekend_squares,
    CAST(max(weekdays_to_cut - weekdays_to_window) AS double) AS weekdays,
    CAST(max((cut_number - window_number) - (weekdays_to_cut - weekdays_to_window)) AS double) AS weekend_days,
    CAST(max(weekdays_to_end - weekdays_to_cut) AS double) AS weekdays_left,
    CAST(max((end_number - cut_number) - (weekdays_to_end - weekdays_to_cut)) AS double) AS weekend_days_left
  FROM placed
  GROUP BY asked, tried, tenant, known_days, days_in_month
),
means AS (
  SELECT
    summed.*,
    COALESCE(weekday_sum / NULLIF(weekdays, 0), weekend_sum / NULLIF(weekend_days, 0), CAST(0 AS double)) AS weekday_mean,
    COALESCE(weekend_sum / NULLIF(weekend_days, 0), weekday_sum / NULLIF(weekdays, 0), CAST(0 AS double)) AS weekend_mean
  FROM summed
),
spreads AS (
  SELECT
    means.*,
    weekdays_left * weekday_mean + weekend_days_left * weekend_mean AS rest_value,
    COALESCE((weekday_squares - weekdays * weekday_mean * weekday_mean) / NULLIF(weekdays - 1, 0), CAST(0 AS double)) AS weekday_variance,
    COALESCE((weekend_squares - weekend_days * weekend_mean * weekend_mean) / NULLIF(weekend_days - 1, 0), CAST(0 AS double)) AS weekend_variance
  FROM means
),
bands AS (
  SELECT
    spreads.*,
    1.2816E0 * sqrt(
      CASE WHEN weekday_variance > 0 THEN weekdays_left * weekday_variance ELSE CAST(0 AS double) END
      + CASE WHEN weekend_variance > 0 THEN weekend_days_left * weekend_variance ELSE CAST(0 AS double) END
    ) AS half_band
  FROM spreads
),
-- The step between the halves is that of 14 days; the rest of the month lies 14 days and half its own
-- length after the middle of the 28. A step is never believed to more than double or halve the rest.
stepped AS (
  SELECT
    bands.*,
    is_full_window * (newer_sum - older_sum) / NULLIF((newer_sum + older_sum) * 7, 0)
      * (14 + (weekdays_left + weekend_days_left) / 2) AS step
  FROM bands
),
dampings AS (
  SELECT CAST(damping AS double) AS damping
  FROM (VALUES (0.0E0), (0.5E0), (1.0E0)) AS d (damping)
),
candidates AS (
  SELECT
    s.asked, s.tried, s.tenant, s.known_days, s.days_in_month, s.known_usd, s.whole_usd, s.half_band,
    d.damping,
    s.rest_value * CASE
      WHEN s.step IS NULL THEN CAST(1 AS double)
      WHEN s.step * d.damping > 1 THEN CAST(2 AS double)
      WHEN s.step * d.damping < -0.5E0 THEN 0.5E0
      ELSE 1 + s.step * d.damping
    END AS rest_value,
    CASE WHEN s.tried <> s.asked AND s.weekdays + s.weekend_days >= 7 AND s.whole_usd > 0 THEN 1 ELSE 0 END AS is_test
  FROM stepped AS s
  CROSS JOIN dampings AS d
),
missed AS (
  SELECT
    candidates.*,
    CAST(known_usd AS double) + rest_value AS end_value,
    abs(CAST(whole_usd AS double) - CAST(known_usd AS double) - rest_value) / NULLIF(CAST(whole_usd AS double), 0) AS error,
    abs(CAST(whole_usd AS double) - CAST(known_usd AS double) - rest_value) / NULLIF(rest_value, 0) AS rest_error
  FROM candidates
),
-- Each candidate with what it erred on the tested months before: nothing is chosen by what it is
-- tested on.
judged AS (
  SELECT
    m.asked, m.tried, m.tenant, m.damping,
    count(b.error) AS tests_before,
    avg(b.error) AS error_before
  FROM missed AS m
  LEFT JOIN missed AS b
    ON b.asked = m.asked AND b.tenant = m.tenant AND b.damping = m.damping
    AND b.tried < m.tried AND b.is_test = 1
  GROUP BY 1, 2, 3, 4
),
ranked AS (
  SELECT
    judged.*,
    row_number() OVER (
      PARTITION BY asked, tried, tenant
      ORDER BY CASE WHEN tests_before >= 2 THEN error_before ELSE abs(damping - 0.5E0) END, damping
    ) AS place
  FROM judged
),
chosen AS (
  SELECT m.*, r.tests_before
  FROM missed AS m
  JOIN ranked AS r
    ON r.asked = m.asked AND r.tried = m.tried AND r.tenant = m.tenant AND r.damping = m.damping
  WHERE r.place = 1
),
misses_before AS (
  SELECT
    c.asked, c.tried, c.tenant, c.tests_before, b.rest_error,
    row_number() OVER (PARTITION BY c.asked, c.tried, c.tenant ORDER BY b.rest_error, b.tried) AS place
  FROM chosen AS c
  JOIN missed AS b
    ON b.asked = c.asked AND b.tenant = c.tenant AND b.damping = c.damping
    AND b.tried < c.tried AND b.is_test = 1 AND b.rest_error IS NOT NULL
),
-- Four of five: the smallest error that n + 1 months, this one among them, exceed one time in five.
-- Fewer than four months cannot tell: the largest and half as much again.
usual_misses AS (
  SELECT
    asked, tried, tenant,
    CASE
      WHEN max(tests_before) < 4 THEN 1.5E0 * max(rest_error)
      ELSE max(CASE WHEN CAST(place AS double) <= floor(0.8E0 * CAST(tests_before + 1 AS double) + 0.999E0) THEN rest_error END)
    END AS usual_miss
  FROM misses_before
  GROUP BY 1, 2, 3
),
banded AS (
  SELECT
    c.*,
    CASE WHEN c.rest_value * u.usual_miss > c.half_band THEN c.rest_value * u.usual_miss ELSE c.half_band END AS half_width
  FROM chosen AS c
  LEFT JOIN usual_misses AS u ON u.asked = c.asked AND u.tried = c.tried AND u.tenant = c.tenant
),
guesses AS (
  SELECT
    asked, tried, tenant, known_days, days_in_month, known_usd, whole_usd, damping, is_test, error,
    CAST(known_usd + CAST(rest_value AS decimal(38,10)) AS decimal(38,10)) AS forecast_usd,
    CAST(known_usd + CAST(CASE WHEN rest_value > half_width THEN rest_value - half_width ELSE CAST(0 AS double) END AS decimal(38,10)) AS decimal(38,10)) AS low_usd,
    CAST(known_usd + CAST(rest_value + half_width AS decimal(38,10)) AS decimal(38,10)) AS high_usd
  FROM banded
),
tests AS (
  SELECT
    asked,
    tenant,
    max(known_days) AS backtest_day,
    count(*) AS backtest_months,
    avg(error) AS backtest_error,
    count(CASE WHEN whole_usd >= low_usd AND whole_usd <= high_usd THEN 1 END) AS backtest_in_band
  FROM guesses
  WHERE is_test = 1
  GROUP BY 1, 2
)
SELECT
  g.asked AS billing_period,
  g.tenant,
  g.known_days,
  g.days_in_month,
  g.known_usd AS cost_usd,
  g.forecast_usd AS forecast_cost_usd,
  g.low_usd AS low_cost_usd,
  g.high_usd AS high_cost_usd,
  g.damping AS trend,
  'billed days + mean of weekdays and weekend days of the last 28 days, with tested trend' AS method,
  CAST(t.backtest_day AS bigint) AS backtest_day,
  COALESCE(t.backtest_months, 0) AS backtest_months,
  t.backtest_error,
  COALESCE(t.backtest_in_band, 0) AS backtest_in_band,
  p.status,
  p.data_through,
  'unblended, usage' AS cost_basis
FROM guesses AS g
JOIN periods AS p ON p.billing_period = g.asked
LEFT JOIN tests AS t ON t.asked = g.asked AND t.tenant = g.tenant
WHERE g.tried = g.asked
