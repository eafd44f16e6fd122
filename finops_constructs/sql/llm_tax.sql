-- question: What part of the whole AWS bill are Bedrock and what it needs?
-- grain: one row a month and component
-- source: bedrock_costs, bill_daily. Usage and fees only: credits, refunds and tax would hide the
--   share. Guardrails are part of Bedrock's own bill; logging and this library are not.
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   component: varchar - inference | guardrails | other bedrock | logging | library | all of these
--   cost_usd: decimal(38,10) - USD
--   whole_bill_cost_usd: decimal(38,10) - USD of usage and fees of all services
--   share_of_bill: double
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH parts AS (
  SELECT
    billing_period,
    CASE
      WHEN feature = 'guardrails' THEN 'guardrails'
      WHEN feature = 'other' THEN 'other bedrock'
      ELSE 'inference'
    END AS component,
    sum(cost_usd) AS cost_usd
  FROM bedrock_costs
  WHERE charge_kind IN ('usage', 'fee')
  GROUP BY 1, 2
  UNION ALL
  SELECT billing_period, support AS component, sum(cost_usd) AS cost_usd
  FROM bill_daily
  WHERE charge_kind IN ('usage', 'fee') AND support IS NOT NULL
  GROUP BY 1, 2
),
whole AS (
  SELECT billing_period, sum(cost_usd) AS whole_bill_cost_usd, max(data_through) AS bill_through
  FROM bill_daily
  WHERE charge_kind IN ('usage', 'fee')
  GROUP BY 1
),
periods AS (
  SELECT billing_period, max(status) AS status, max(data_through) AS data_through
  FROM bedrock_costs
  GROUP BY 1
),
components AS (
  SELECT billing_period, component, cost_usd FROM parts
  UNION ALL
  SELECT billing_period, 'all of these' AS component, sum(cost_usd) AS cost_usd FROM parts GROUP BY 1
)
SELECT
  c.billing_period,
  c.component,
  CAST(c.cost_usd AS decimal(38,10)) AS cost_usd,
  w.whole_bill_cost_usd,
  CAST(c.cost_usd AS double) / NULLIF(CAST(w.whole_bill_cost_usd AS double), 0) AS share_of_bill,
  COALESCE(p.status, 'provisional') AS status,
  COALESCE(p.data_through, w.bill_through) AS data_through,
  'unblended, usage and fees' AS cost_basis
FROM components AS c
JOIN whole AS w ON w.billing_period = c.billing_period
LEFT JOIN periods AS p ON p.billing_period = c.billing_period
