-- question: Is each tenant within its budget, against last month and to the month's end?
-- grain: one row a month and tenant, and one for '(all)'
-- source: forecast, budgets, bedrock_costs. A budget holds from its first day until the next one.
-- history: yes
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar - '(all)' is the sum; its budget is the sum of all budgets
--   budget_usd: decimal(38,2) - USD a month; NULL where none is recorded
--   cost_usd: decimal(38,10) - USD of metered usage so far
--   forecast_cost_usd: decimal(38,10) - USD at the month's end
--   low_cost_usd: decimal(38,10) - USD, lower end of the forecast's band
--   high_cost_usd: decimal(38,10) - USD, upper end of the forecast's band
--   last_month_cost_usd: decimal(38,10) - USD of the whole month before; NULL where there is none
--   variance_usd: decimal(38,10) - USD, forecast less budget
--   variance_ratio: double - variance / budget
--   used_ratio: double - cost so far / budget
--   change_ratio: double - forecast / last month - 1
--   note: varchar - no budget recorded | over | will go over | may go over | within
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH used AS (
  SELECT billing_period, COALESCE(tenant, '(untagged)') AS tenant, sum(cost_usd) AS cost_usd
  FROM bedrock_costs
  WHERE charge_kind = 'usage'
  GROUP BY 1, 2
),
actual AS (
  SELECT billing_period, tenant, cost_usd FROM used
  UNION ALL
  SELECT billing_period, '(all)' AS tenant, sum(cost_usd) AS cost_usd FROM used GROUP BY 1, 2
),
months AS (
  SELECT
    billing_period,
    CAST(billing_period || '-01' AS date) AS month_start,
    CAST(CAST(billing_period || '-01' AS date) + INTERVAL '1' MONTH AS date) AS next_start,
    max(status) AS status,
    max(data_through) AS data_through
  FROM bedrock_costs
  GROUP BY billing_period
),
valid_budgets AS (
  SELECT billing_period, tenant, monthly_limit_usd
  FROM (
    SELECT
      m.billing_period, b.tenant, b.monthly_limit_usd,
      row_number() OVER (PARTITION BY m.billing_period, b.tenant ORDER BY b.valid_from DESC, b.monthly_limit_usd) AS newest
    FROM months AS m
    JOIN budgets AS b ON b.valid_from < m.next_start
  ) AS ranked
  WHERE newest = 1
),
limits AS (
  SELECT billing_period, tenant, monthly_limit_usd AS budget_usd FROM valid_budgets
  UNION ALL
  SELECT billing_period, '(all)' AS tenant, sum(monthly_limit_usd) AS budget_usd FROM valid_budgets GROUP BY 1, 2
),
rows_wanted AS (
  SELECT billing_period, tenant FROM actual
  UNION
  SELECT billing_period, tenant FROM limits
),
joined AS (
  SELECT
    r.billing_period,
    r.tenant,
    l.budget_usd,
    COALESCE(a.cost_usd, CAST(0 AS decimal(38,10))) AS cost_usd,
    COALESCE(f.forecast_cost_usd, a.cost_usd, CAST(0 AS decimal(38,10))) AS forecast_cost_usd,
    COALESCE(f.low_cost_usd, a.cost_usd, CAST(0 AS decimal(38,10))) AS low_cost_usd,
    COALESCE(f.high_cost_usd, a.cost_usd, CAST(0 AS decimal(38,10))) AS high_cost_usd,
    b.cost_usd AS last_month_cost_usd,
    m.status,
    m.data_through
  FROM rows_wanted AS r
  JOIN months AS m ON m.billing_period = r.billing_period
  LEFT JOIN limits AS l ON l.billing_period = r.billing_period AND l.tenant = r.tenant
  LEFT JOIN actual AS a ON a.billing_period = r.billing_period AND a.tenant = r.tenant
  LEFT JOIN forecast AS f ON f.billing_period = r.billing_period AND f.tenant = r.tenant
  LEFT JOIN months AS e ON e.next_start = m.month_start
  LEFT JOIN actual AS b ON b.billing_period = e.billing_period AND b.tenant = r.tenant
)
SELECT
  billing_period,
  tenant,
  CAST(budget_usd AS decimal(38,2)) AS budget_usd,
  cost_usd,
  forecast_cost_usd,
  low_cost_usd,
  high_cost_usd,
  last_month_cost_usd,
  CAST(forecast_cost_usd - budget_usd AS decimal(38,10)) AS variance_usd,
  CAST(forecast_cost_usd - budget_usd AS double) / NULLIF(CAST(budget_usd AS double), 0) AS variance_ratio,
  CAST(cost_usd AS double) / NULLIF(CAST(budget_usd AS double), 0) AS used_ratio,
  CAST(forecast_cost_usd AS double) / NULLIF(CAST(last_month_cost_usd AS double), 0) - 1 AS change_ratio,
  CASE
    WHEN budget_usd IS NULL THEN 'no budget recorded'
    WHEN cost_usd > budget_usd THEN 'over'
    WHEN forecast_cost_usd > budget_usd THEN 'will go over'
    WHEN high_cost_usd > budget_usd THEN 'may go over'
    ELSE 'within'
  END AS note,
  status,
  data_through,
  'unblended, usage' AS cost_basis
FROM joined
