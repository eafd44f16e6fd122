-- question: Why did the cost change since last month?
-- grain: one row a month, tenant and effect; last month + the effects = this month, exactly
-- source: bedrock_costs. Keys are model and token kind. Price: this month's tokens at their new less
--   their old price. Volume: last month's cost grown by all tokens. Mix: what the shift between keys
--   adds. New and gone: keys of one month only. Other: everything that is not metered tokens.
-- history: yes
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar - '(untagged)' where nothing on the bill says whose it is
--   step: bigint - order of the effects, 1 to 8
--   effect: varchar - last month | price | volume | mix | new | gone | other | this month
--   cost_usd: decimal(38,10) - USD
--   note: varchar - 'the month is not complete' where this month's days are compared with a whole one
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH months AS (
  SELECT
    billing_period,
    CAST(billing_period || '-01' AS date) AS month_start,
    max(status) AS status,
    max(data_through) AS data_through
  FROM bedrock_costs
  GROUP BY billing_period
),
comparisons AS (
  SELECT m.billing_period, e.billing_period AS before_period, m.status, m.data_through
  FROM months AS m
  JOIN months AS e ON CAST(e.month_start + INTERVAL '1' MONTH AS date) = m.month_start
),
keyed AS (
  SELECT
    billing_period,
    COALESCE(tenant, '(untagged)') AS tenant,
    CASE WHEN charge_kind = 'usage' AND token_kind <> 'none' AND tokens > 0 THEN COALESCE(model, '') || '/' || token_kind ELSE '' END AS key,
    sum(cost_usd) AS cost_usd,
    sum(tokens) AS tokens
  FROM bedrock_costs
  GROUP BY 1, 2, 3
),
sides AS (
  SELECT
    c.billing_period, k.tenant, k.key,
    sum(CASE WHEN k.billing_period = c.before_period THEN k.cost_usd ELSE 0 END) AS cost_before,
    sum(CASE WHEN k.billing_period = c.billing_period THEN k.cost_usd ELSE 0 END) AS cost_now,
    sum(CASE WHEN k.billing_period = c.before_period THEN k.tokens END) AS tokens_before,
    sum(CASE WHEN k.billing_period = c.billing_period THEN k.tokens END) AS tokens_now
  FROM comparisons AS c
  JOIN keyed AS k ON k.billing_period = c.billing_period OR k.billing_period = c.before_period
  GROUP BY 1, 2, 3
),
kinds AS (
  SELECT
    sides.*,
    CASE
      WHEN key = '' THEN 'other'
      WHEN tokens_before IS NULL THEN 'new'
      WHEN tokens_now IS NULL THEN 'gone'
      ELSE 'both'
    END AS kind,
    CAST(CAST(cost_before AS double) * CAST(tokens_now AS double) / NULLIF(CAST(tokens_before AS double), 0) AS decimal(38,10)) AS at_old_price
  FROM sides
),
tenants AS (
  SELECT
    billing_period,
    tenant,
    sum(cost_before) AS cost_before,
    sum(cost_now) AS cost_now,
    sum(CASE WHEN kind = 'new' THEN cost_now ELSE 0 END) AS new_usd,
    sum(CASE WHEN kind = 'gone' THEN 0 - cost_before ELSE 0 END) AS gone_usd,
    sum(CASE WHEN kind = 'other' THEN cost_now - cost_before ELSE 0 END) AS other_usd,
    sum(CASE WHEN kind = 'both' THEN cost_before ELSE 0 END) AS kept_before,
    sum(CASE WHEN kind = 'both' THEN cost_now ELSE 0 END) AS kept_now,
    sum(CASE WHEN kind = 'both' THEN at_old_price ELSE 0 END) AS kept_at_old_price,
    sum(CASE WHEN kind = 'both' THEN tokens_before ELSE 0 END) AS kept_tokens_before,
    sum(CASE WHEN kind = 'both' THEN tokens_now ELSE 0 END) AS kept_tokens_now
  FROM kinds
  GROUP BY 1, 2
),
grown AS (
  SELECT
    tenants.*,
    COALESCE(
      CAST(CAST(kept_before AS double) * CAST(kept_tokens_now AS double) / NULLIF(CAST(kept_tokens_before AS double), 0) AS decimal(38,10)),
      CAST(kept_before AS decimal(38,10))
    ) AS kept_grown
  FROM tenants
),
effects AS (
  SELECT billing_period, tenant, 1 AS step, 'last month' AS effect, CAST(cost_before AS decimal(38,10)) AS cost_usd FROM grown
  UNION ALL
  SELECT billing_period, tenant, 2 AS step, 'price' AS effect, CAST(kept_now - kept_at_old_price AS decimal(38,10)) AS cost_usd FROM grown
  UNION ALL
  SELECT billing_period, tenant, 3 AS step, 'volume' AS effect, CAST(kept_grown - kept_before AS decimal(38,10)) AS cost_usd FROM grown
  UNION ALL
  SELECT billing_period, tenant, 4 AS step, 'mix' AS effect, CAST(kept_at_old_price - kept_grown AS decimal(38,10)) AS cost_usd FROM grown
  UNION ALL
  SELECT billing_period, tenant, 5 AS step, 'new' AS effect, CAST(new_usd AS decimal(38,10)) AS cost_usd FROM grown
  UNION ALL
  SELECT billing_period, tenant, 6 AS step, 'gone' AS effect, CAST(gone_usd AS decimal(38,10)) AS cost_usd FROM grown
  UNION ALL
  SELECT billing_period, tenant, 7 AS step, 'other' AS effect, CAST(other_usd AS decimal(38,10)) AS cost_usd FROM grown
  UNION ALL
  SELECT billing_period, tenant, 8 AS step, 'this month' AS effect, CAST(cost_now AS decimal(38,10)) AS cost_usd FROM grown
)
SELECT
  e.billing_period,
  e.tenant,
  CAST(e.step AS bigint) AS step,
  e.effect,
  e.cost_usd,
  CASE WHEN c.status = 'open' THEN 'the month is not complete' END AS note,
  c.status,
  c.data_through,
  'unblended' AS cost_basis
FROM effects AS e
JOIN comparisons AS c ON c.billing_period = e.billing_period
