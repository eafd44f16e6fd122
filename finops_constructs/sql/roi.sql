-- question: Was it worth it: what did a dollar bring back?
-- grain: one row a month and tenant
-- source: bedrock_costs, outcomes. Value is hours saved times the hourly rate recorded with them.
--   Nothing is computed from outcomes that are not there.
-- history: no
-- needs: tenant tag
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar
--   cost_usd: decimal(38,10) - USD, all that the bill puts on the tenant
--   hours_saved: decimal(38,4) - hours; NULL where no outcomes are recorded
--   value_usd: decimal(38,8) - USD; NULL where no outcomes are recorded
--   net_value_usd: decimal(38,10) - USD, value less cost; NULL where no outcomes are recorded
--   value_per_usd: double - USD of value for one USD spent; NULL where no outcomes are recorded
--   hours_per_usd: double - hours saved for one USD spent; NULL where no outcomes are recorded
--   source: varchar - measured | survey | estimate | mixed
--   sample_size: bigint - of the smallest survey or measurement
--   note: varchar - 'no outcomes recorded', or how far to trust it
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH results AS (
  SELECT
    CAST(year(outcome_date) AS varchar) || '-' || lpad(CAST(month(outcome_date) AS varchar), 2, '0') AS billing_period,
    tenant,
    sum(hours_saved) AS hours_saved,
    sum(CAST(hours_saved * hourly_rate_usd AS decimal(38,8))) AS value_usd,
    CASE WHEN min(source) = max(source) THEN max(source) ELSE 'mixed' END AS source,
    min(sample_size) AS sample_size
  FROM outcomes
  WHERE hours_saved IS NOT NULL AND hourly_rate_usd IS NOT NULL
  GROUP BY 1, 2
),
tenants AS (
  SELECT billing_period, tenant, status, data_through, cost_basis, sum(cost_usd) AS cost_usd
  FROM bedrock_costs
  WHERE tenant IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5
)
SELECT
  t.billing_period,
  t.tenant,
  t.cost_usd,
  CAST(r.hours_saved AS decimal(38,4)) AS hours_saved,
  CAST(r.value_usd AS decimal(38,8)) AS value_usd,
  CAST(CAST(r.value_usd AS decimal(38,10)) - t.cost_usd AS decimal(38,10)) AS net_value_usd,
  CAST(r.value_usd AS double) / NULLIF(CAST(t.cost_usd AS double), 0) AS value_per_usd,
  CAST(r.hours_saved AS double) / NULLIF(CAST(t.cost_usd AS double), 0) AS hours_per_usd,
  r.source,
  r.sample_size,
  CASE
    WHEN r.tenant IS NULL THEN 'no outcomes recorded'
    WHEN r.source = 'measured' THEN 'measured'
    WHEN r.source = 'survey' THEN 'people were asked'
    WHEN r.source = 'estimate' THEN 'an estimate'
    ELSE 'of several sources'
  END AS note,
  t.status,
  t.data_through,
  t.cost_basis
FROM tenants AS t
LEFT JOIN results AS r ON r.billing_period = t.billing_period AND r.tenant = t.tenant
