-- question: Which calls went past the application inference profiles, and who made them?
-- grain: one row a month, account, principal, route, Region and model
-- source: bedrock_costs, usage of tokens whose resource is no application inference profile
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   account_id: varchar - the culprit's account
--   account_name: varchar
--   iam_principal: varchar - the culprit; NULL where AWS names none
--   route: varchar - system profile | mantle | direct
--   region: varchar
--   model: varchar
--   tenant: varchar - if the line carries a tag in spite of it
--   tokens: bigint
--   cost_usd: decimal(38,10) - USD
--   share_of_calls: double - of the month's cost of calls
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH totals AS (
  SELECT billing_period, sum(cost_usd) AS calls_cost_usd
  FROM bedrock_costs
  WHERE route IS NOT NULL
  GROUP BY 1
)
SELECT
  b.billing_period,
  b.account_id,
  b.account_name,
  b.iam_principal,
  b.route,
  b.region,
  b.model,
  b.tenant,
  CAST(sum(b.tokens) AS bigint) AS tokens,
  sum(b.cost_usd) AS cost_usd,
  CAST(sum(b.cost_usd) AS double) / NULLIF(CAST(max(t.calls_cost_usd) AS double), 0) AS share_of_calls,
  b.status,
  b.data_through,
  b.cost_basis
FROM bedrock_costs AS b
JOIN totals AS t ON t.billing_period = b.billing_period
WHERE b.route <> 'profile'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, b.status, b.data_through, b.cost_basis
