-- question: Which models does the money go to, and what does a million tokens of each cost?
-- grain: one row a month, tenant and model
-- source: bedrock_costs, metered tokens
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar - '(untagged)' where nothing on the bill says whose it is
--   provider: varchar
--   model: varchar
--   tokens: bigint - of all kinds
--   cost_usd: decimal(38,10) - USD
--   share_of_tenant: double - of the tenant's cost of tokens
--   share_of_bedrock: double - of the month's cost of tokens
--   usd_per_1m_tokens: double - USD, all kinds of token together
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

SELECT
  billing_period,
  COALESCE(tenant, '(untagged)') AS tenant,
  provider,
  model,
  CAST(sum(tokens) AS bigint) AS tokens,
  sum(cost_usd) AS cost_usd,
  CAST(sum(cost_usd) AS double)
    / NULLIF(CAST(sum(sum(cost_usd)) OVER (PARTITION BY billing_period, tenant) AS double), 0) AS share_of_tenant,
  CAST(sum(cost_usd) AS double)
    / NULLIF(CAST(sum(sum(cost_usd)) OVER (PARTITION BY billing_period) AS double), 0) AS share_of_bedrock,
  CAST(sum(cost_usd) AS double) * 1000000 / NULLIF(CAST(sum(tokens) AS double), 0) AS usd_per_1m_tokens,
  status,
  data_through,
  'unblended, usage' AS cost_basis
FROM bedrock_costs
WHERE charge_kind = 'usage' AND token_kind <> 'none'
GROUP BY billing_period, tenant, provider, model, status, data_through
