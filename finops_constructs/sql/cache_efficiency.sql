-- question: Does prompt caching pay?
-- grain: one row a month, tenant and model with cache traffic or input
-- source: bedrock_costs. A token read from the cache saves the input rate less the read rate, one
--   written costs the write rate less the input rate. The input rate is the month's own average for
--   the model in the same tier and reach, from the bill; without one nothing is said.
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar - '(untagged)' where nothing on the bill says whose it is
--   model: varchar
--   input_tokens: bigint - neither read from nor written to a cache
--   cache_read_tokens: bigint
--   cache_write_tokens: bigint
--   hit_ratio: double - read / (input + read + written)
--   cost_usd: decimal(38,10) - USD of input, cache reads and writes
--   saved_by_reads_usd: decimal(38,10) - USD; NULL where there is no input rate
--   lost_by_writes_usd: decimal(38,10) - USD; NULL where there is no input rate
--   net_saved_usd: decimal(38,10) - USD; negative where caching costs more than it saves
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH prompts AS (
  SELECT
    billing_period, tenant, model, service_tier, reach, token_kind, status, data_through,
    sum(tokens) AS tokens,
    sum(cost_usd) AS cost_usd
  FROM bedrock_costs
  WHERE charge_kind = 'usage' AND token_kind IN ('input', 'cache_read', 'cache_write_5m', 'cache_write_1h')
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
),
rates AS (
  SELECT
    billing_period, model, service_tier, reach,
    CAST(sum(cost_usd) AS double) / NULLIF(CAST(sum(tokens) AS double), 0) AS usd_per_token
  FROM prompts
  WHERE token_kind = 'input'
  GROUP BY 1, 2, 3, 4
),
priced AS (
  SELECT
    p.*,
    CAST(CAST(p.tokens AS double) * r.usd_per_token AS decimal(38,10)) AS as_input_usd
  FROM prompts AS p
  LEFT JOIN rates AS r
    ON r.billing_period = p.billing_period AND r.model = p.model
    AND r.service_tier = p.service_tier AND r.reach = p.reach
)
SELECT
  billing_period,
  COALESCE(tenant, '(untagged)') AS tenant,
  model,
  CAST(sum(CASE WHEN token_kind = 'input' THEN tokens ELSE 0 END) AS bigint) AS input_tokens,
  CAST(sum(CASE WHEN token_kind = 'cache_read' THEN tokens ELSE 0 END) AS bigint) AS cache_read_tokens,
  CAST(sum(CASE WHEN token_kind IN ('cache_write_5m', 'cache_write_1h') THEN tokens ELSE 0 END) AS bigint) AS cache_write_tokens,
  CAST(sum(CASE WHEN token_kind = 'cache_read' THEN tokens ELSE 0 END) AS double)
    / NULLIF(CAST(sum(tokens) AS double), 0) AS hit_ratio,
  sum(cost_usd) AS cost_usd,
  sum(CASE WHEN token_kind = 'cache_read' THEN as_input_usd - cost_usd END) AS saved_by_reads_usd,
  sum(CASE WHEN token_kind IN ('cache_write_5m', 'cache_write_1h') THEN cost_usd - as_input_usd END) AS lost_by_writes_usd,
  CAST(sum(CASE WHEN token_kind <> 'input' THEN as_input_usd - cost_usd END) AS decimal(38,10)) AS net_saved_usd,
  status,
  data_through,
  'unblended, usage' AS cost_basis
FROM priced
GROUP BY billing_period, tenant, model, status, data_through
