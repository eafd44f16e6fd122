-- question: Which spend belongs to nobody, and who caused it?
-- grain: one row a month, account, principal, route, model and kind of charge
-- source: bedrock_costs, lines without a tenant
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   account_id: varchar - the culprit's account
--   account_name: varchar
--   iam_principal: varchar - the culprit; NULL where AWS names none
--   route: varchar - how it called; NULL where the line is no call
--   model: varchar
--   feature: varchar
--   charge_kind: varchar
--   tokens: bigint
--   cost_usd: decimal(38,10) - USD
--   share_of_bedrock: double - of the month's Bedrock cost
--   remedy: varchar - what to do
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH totals AS (
  SELECT billing_period, sum(cost_usd) AS bedrock_cost_usd
  FROM bedrock_costs
  GROUP BY 1
)
SELECT
  b.billing_period,
  b.account_id,
  b.account_name,
  b.iam_principal,
  b.route,
  b.model,
  b.feature,
  b.charge_kind,
  CAST(sum(b.tokens) AS bigint) AS tokens,
  sum(b.cost_usd) AS cost_usd,
  CAST(sum(b.cost_usd) AS double) / NULLIF(CAST(max(t.bedrock_cost_usd) AS double), 0) AS share_of_bedrock,
  CASE
    WHEN b.charge_kind <> 'usage' THEN 'none: AWS puts no tags on this; it is spread over the tenants'
    WHEN b.route = 'mantle' THEN 'give the project tags, or deny mantle to this principal'
    WHEN b.route = 'profile' THEN 'tag the profile, and activate the tag'
    WHEN b.route IS NULL THEN 'tag the resource, and activate the tag'
    ELSE 'call through a tagged application inference profile'
  END AS remedy,
  b.status,
  b.data_through,
  b.cost_basis
FROM bedrock_costs AS b
JOIN totals AS t ON t.billing_period = b.billing_period
WHERE b.tenant IS NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, b.status, b.data_through, b.cost_basis
