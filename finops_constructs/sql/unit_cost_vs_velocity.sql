-- question: Does a unit of work get cheaper while the team gets faster?
-- grain: one row a month, tenant and unit of work
-- source: bedrock_costs, outcomes
-- history: no (a chart asks for several months)
-- needs: tenant tag
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar
--   unit_of_work: varchar - NULL where no outcomes are recorded
--   units: decimal(38,4) - NULL where no outcomes are recorded
--   velocity: decimal(38,4) - as recorded, such as issues closed; NULL where none is
--   velocity_unit: varchar
--   cost_usd: decimal(38,10) - USD, all that the bill puts on the tenant
--   usd_per_unit: double - USD for one unit of work; NULL where no outcomes are recorded
--   usd_per_velocity: double - USD for one unit of velocity; NULL where none is recorded
--   note: varchar - 'no outcomes recorded', 'no velocity recorded', or 'recorded'
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH work AS (
  SELECT
    CAST(year(outcome_date) AS varchar) || '-' || lpad(CAST(month(outcome_date) AS varchar), 2, '0') AS billing_period,
    tenant,
    unit_of_work,
    sum(units) AS units,
    sum(velocity) AS velocity,
    max(velocity_unit) AS velocity_unit
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
  t.billing_period,
  t.tenant,
  w.unit_of_work,
  CAST(w.units AS decimal(38,4)) AS units,
  CAST(w.velocity AS decimal(38,4)) AS velocity,
  w.velocity_unit,
  t.cost_usd,
  CAST(t.cost_usd AS double) / NULLIF(CAST(w.units AS double), 0) AS usd_per_unit,
  CAST(t.cost_usd AS double) / NULLIF(CAST(w.velocity AS double), 0) AS usd_per_velocity,
  CASE
    WHEN w.tenant IS NULL THEN 'no outcomes recorded'
    WHEN w.velocity IS NULL THEN 'no velocity recorded'
    ELSE 'recorded'
  END AS note,
  t.status,
  t.data_through,
  t.cost_basis
FROM tenants AS t
LEFT JOIN work AS w ON w.billing_period = t.billing_period AND w.tenant = t.tenant
