-- question: What do a million tokens cost, and what does one unit of work cost?
-- grain: one row a month, model and token kind; and one a month, tenant and unit of work
-- source: bedrock_costs, outcomes. Without outcomes there is no unit of work and no number.
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   measure: varchar - 'tokens' | 'work'
--   tenant: varchar - NULL in rows of tokens
--   model: varchar - NULL in rows of work
--   token_kind: varchar - NULL in rows of work
--   unit: varchar - '1M tokens', or the unit of work
--   units: decimal(38,4) - how many; NULL where no outcomes are recorded
--   cost_usd: decimal(38,10) - USD: metered usage of the tokens, all cost of the tenant
--   usd_per_unit: double - USD for one unit; NULL where no outcomes are recorded
--   note: varchar - 'no outcomes recorded', or how the outcomes are known
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH work AS (
  SELECT
    CAST(year(outcome_date) AS varchar) || '-' || lpad(CAST(month(outcome_date) AS varchar), 2, '0') AS billing_period,
    tenant,
    unit_of_work,
    sum(units) AS units,
    CASE WHEN min(source) = max(source) THEN max(source) ELSE 'mixed' END AS source
  FROM outcomes
  GROUP BY 1, 2, 3
),
tenants AS (
  SELECT billing_period, tenant, status, data_through, cost_basis, sum(cost_usd) AS cost_usd
  FROM bedrock_costs
  WHERE tenant IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5
)
SELECT
  billing_period,
  'tokens' AS measure,
  CAST(NULL AS varchar) AS tenant,
  model,
  token_kind,
  '1M tokens' AS unit,
  CAST(CAST(sum(tokens) AS decimal(38,6)) * CAST(0.000001 AS decimal(7,6)) AS decimal(38,4)) AS units,
  sum(cost_usd) AS cost_usd,
  CAST(sum(cost_usd) AS double) * 1000000 / NULLIF(CAST(sum(tokens) AS double), 0) AS usd_per_unit,
  'metered' AS note,
  status,
  data_through,
  cost_basis
FROM bedrock_costs
WHERE charge_kind = 'usage' AND token_kind <> 'none'
GROUP BY billing_period, model, token_kind, status, data_through, cost_basis
UNION ALL
SELECT
  t.billing_period,
  'work' AS measure,
  t.tenant,
  CAST(NULL AS varchar) AS model,
  CAST(NULL AS varchar) AS token_kind,
  w.unit_of_work AS unit,
  CAST(w.units AS decimal(38,4)) AS units,
  t.cost_usd,
  CAST(t.cost_usd AS double) / NULLIF(CAST(w.units AS double), 0) AS usd_per_unit,
  COALESCE(w.source, 'no outcomes recorded') AS note,
  t.status,
  t.data_through,
  t.cost_basis
FROM tenants AS t
LEFT JOIN work AS w ON w.billing_period = t.billing_period AND w.tenant = t.tenant
