-- question: How far was the fast estimate from the bill?
-- grain: one row a month and tenant
-- source: bedrock_costs, estimates (the spend meter's ledger). Metered usage only: the meter knows
--   of no tax or credit. An open month is compared up to its last complete billed day, so that an
--   estimate that runs ahead of the bill is not called drift. Where a meter began within the month
--   fewer days are estimated than billed, and the note says so.
-- history: no
-- needs: tenant tag
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar
--   estimated_usd: decimal(38,10) - USD; NULL where nothing was estimated
--   cost_usd: decimal(38,10) - USD billed
--   drift_usd: decimal(38,10) - USD, estimate less bill; NULL where nothing was estimated
--   drift_ratio: double - drift / billed; NULL where nothing was estimated
--   correction_factor: double - billed / estimated: what to multiply an estimate by
--   billed_days: bigint - days with a bill
--   estimated_days: bigint - days with an estimate
--   compared_through: date - first day not compared
--   note: varchar - 'compared', or what is missing
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH periods AS (
  SELECT
    billing_period,
    max(status) AS status,
    max(data_through) AS data_through,
    CASE
      WHEN max(status) <> 'open'
        THEN CAST(CAST(billing_period || '-01' AS date) + INTERVAL '1' MONTH AS date)
      -- A line of a whole day ends at midnight to come.
      WHEN CAST(max(data_through) AS date) > max(t.as_of) THEN max(t.as_of)
      ELSE CAST(max(data_through) AS date)
    END AS compared_through
  FROM bedrock_costs
  CROSS JOIN as_of AS t
  GROUP BY 1
),
billed AS (
  SELECT
    b.billing_period,
    b.tenant,
    sum(b.cost_usd) AS cost_usd,
    count(DISTINCT b.usage_date) AS billed_days
  FROM bedrock_costs AS b
  JOIN periods AS p ON p.billing_period = b.billing_period AND b.usage_date < p.compared_through
  WHERE b.charge_kind = 'usage' AND b.tenant IS NOT NULL
  GROUP BY 1, 2
),
estimated AS (
  SELECT
    p.billing_period,
    e.tenant,
    sum(e.estimated_usd) AS estimated_usd,
    count(DISTINCT e.usage_date) AS estimated_days
  FROM estimates AS e
  JOIN periods AS p
    ON e.usage_date >= CAST(p.billing_period || '-01' AS date)
    AND e.usage_date < CAST(CAST(p.billing_period || '-01' AS date) + INTERVAL '1' MONTH AS date)
    AND e.usage_date < p.compared_through
  GROUP BY 1, 2
),
compared AS (
  SELECT
    COALESCE(b.billing_period, e.billing_period) AS billing_period,
    COALESCE(b.tenant, e.tenant) AS tenant,
    e.estimated_usd,
    b.cost_usd,
    COALESCE(b.billed_days, 0) AS billed_days,
    COALESCE(e.estimated_days, 0) AS estimated_days
  FROM billed AS b
  FULL OUTER JOIN estimated AS e ON e.billing_period = b.billing_period AND e.tenant = b.tenant
)
SELECT
  c.billing_period,
  c.tenant,
  CAST(c.estimated_usd AS decimal(38,10)) AS estimated_usd,
  COALESCE(c.cost_usd, CAST(0 AS decimal(38,10))) AS cost_usd,
  CAST(c.estimated_usd - COALESCE(c.cost_usd, CAST(0 AS decimal(38,10))) AS decimal(38,10)) AS drift_usd,
  (CAST(c.estimated_usd AS double) - CAST(c.cost_usd AS double)) / NULLIF(CAST(c.cost_usd AS double), 0) AS drift_ratio,
  CAST(c.cost_usd AS double) / NULLIF(CAST(c.estimated_usd AS double), 0) AS correction_factor,
  c.billed_days,
  c.estimated_days,
  p.compared_through,
  CASE
    WHEN c.estimated_usd IS NULL THEN 'no estimates recorded'
    WHEN c.cost_usd IS NULL THEN 'not billed'
    WHEN c.estimated_days < c.billed_days THEN 'fewer days estimated than billed'
    ELSE 'compared'
  END AS note,
  p.status,
  p.data_through,
  'estimate against unblended usage' AS cost_basis
FROM compared AS c
JOIN periods AS p ON p.billing_period = c.billing_period
