-- question: What is each tenant charged, with its part of what belongs to nobody?
-- grain: one row a month, tenant and place in the books
-- source: bedrock_costs. Rule: cost without a tenant (untagged calls, tax, guardrails and credits
--   without tags) is spread over the tenants by their own metered usage. Parts are differences of
--   running totals, so that they add up to the last digit, and charges in whole cents to the cent.
--   A tenant that moved in the month is charged at both places, by day; a line without a cost centre
--   goes where the tenant's others go.
-- history: no
-- needs: tenant tag
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar - '(unallocated)' if no tenant used anything
--   cost_centre: varchar
--   gl_code: varchar
--   entity: varchar
--   owner: varchar
--   own_cost_usd: decimal(38,10) - USD that the bill puts on the tenant
--   shared_cost_usd: decimal(38,10) - USD, its part of the rest
--   cost_usd: decimal(38,10) - USD, both
--   charge_usd: decimal(38,2) - USD in whole cents
--   share_of_usage: double - by which the shared cost is spread
--   allocation_rule: varchar
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH booked AS (
  SELECT
    billing_period, tenant, cost_centre, gl_code, entity, owner, status, data_through, cost_basis,
    sum(cost_usd) AS own_cost_usd,
    sum(CASE WHEN charge_kind = 'usage' THEN cost_usd ELSE 0 END) AS usage_cost_usd
  FROM bedrock_costs
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
),
filled AS (
  SELECT
    billing_period, tenant, gl_code, entity, owner, status, data_through, cost_basis, own_cost_usd, usage_cost_usd,
    COALESCE(cost_centre, max(cost_centre) OVER (PARTITION BY billing_period, tenant)) AS centre
  FROM booked
),
own AS (
  SELECT
    billing_period, tenant, centre AS cost_centre, gl_code, entity, owner, status, data_through, cost_basis,
    sum(own_cost_usd) AS own_cost_usd,
    sum(usage_cost_usd) AS usage_cost_usd
  FROM filled
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
),
shared AS (
  SELECT
    billing_period,
    sum(CASE WHEN tenant IS NULL THEN own_cost_usd ELSE 0 END) AS shared_cost_usd,
    sum(CASE WHEN tenant IS NOT NULL THEN usage_cost_usd ELSE 0 END) AS tenants_usage_usd
  FROM own
  GROUP BY 1
),
ranked AS (
  SELECT
    o.billing_period,
    COALESCE(o.tenant, '(unallocated)') AS tenant,
    o.cost_centre, o.gl_code, o.entity, o.owner,
    CASE WHEN o.tenant IS NULL THEN 0 ELSE o.own_cost_usd END AS own_cost_usd,
    o.usage_cost_usd,
    s.shared_cost_usd,
    s.tenants_usage_usd,
    sum(o.usage_cost_usd) OVER (PARTITION BY o.billing_period ORDER BY o.tenant, o.cost_centre, o.gl_code, o.entity, o.owner ROWS UNBOUNDED PRECEDING) AS running_usage_usd,
    row_number() OVER (PARTITION BY o.billing_period ORDER BY o.tenant, o.cost_centre, o.gl_code, o.entity, o.owner) AS place,
    count(*) OVER (PARTITION BY o.billing_period) AS places,
    o.status, o.data_through, o.cost_basis
  FROM own AS o
  JOIN shared AS s ON s.billing_period = o.billing_period
  WHERE o.tenant IS NOT NULL OR s.tenants_usage_usd = 0
),
running AS (
  SELECT
    ranked.*,
    CASE
      WHEN place = places THEN CAST(shared_cost_usd AS decimal(38,10))
      ELSE CAST(
        CAST(shared_cost_usd AS double) * CAST(running_usage_usd AS double)
        / NULLIF(CAST(tenants_usage_usd AS double), 0) AS decimal(38,10))
    END AS running_shared_usd,
    sum(own_cost_usd) OVER (PARTITION BY billing_period ORDER BY place ROWS UNBOUNDED PRECEDING) AS running_own_usd
  FROM ranked
),
parts AS (
  SELECT
    running.*,
    COALESCE(running_shared_usd, 0)
      - COALESCE(lag(running_shared_usd) OVER (PARTITION BY billing_period ORDER BY place), 0) AS part_usd,
    round(running_own_usd + COALESCE(running_shared_usd, 0), 2) AS running_charge_usd
  FROM running
)
SELECT
  p.billing_period,
  p.tenant,
  p.cost_centre,
  p.gl_code,
  p.entity,
  p.owner,
  CAST(p.own_cost_usd AS decimal(38,10)) AS own_cost_usd,
  CAST(p.part_usd AS decimal(38,10)) AS shared_cost_usd,
  CAST(p.own_cost_usd + p.part_usd AS decimal(38,10)) AS cost_usd,
  CAST(p.running_charge_usd - COALESCE(lag(p.running_charge_usd) OVER (PARTITION BY p.billing_period ORDER BY p.place), 0) AS decimal(38,2)) AS charge_usd,
  CAST(p.usage_cost_usd AS double) / NULLIF(CAST(p.tenants_usage_usd AS double), 0) AS share_of_usage,
  'cost without a tenant, by metered usage' AS allocation_rule,
  p.status,
  p.data_through,
  p.cost_basis
FROM parts AS p
