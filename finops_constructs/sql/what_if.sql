-- question: What would be saved by moving a part of a model's traffic to another model?
-- grain: one row a month, tenant, model, other model and percentage moved
-- source: bedrock_costs, prices (list prices of a bare model id, without a profile's surcharge).
--   Both models are priced from the list, by the same tokens; kinds of cache token that the other
--   model does not have are priced as its input. It takes for granted that the other model needs as
--   many tokens and does the work: measure that first. Other models are those in use that month.
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar - '(untagged)' where nothing on the bill says whose it is
--   model: varchar - the model whose traffic is moved
--   other_model: varchar - the model it is moved to
--   moved_percent: bigint - percent of every kind of token
--   tokens: bigint - moved
--   cost_usd: decimal(38,10) - USD billed for the traffic that would be moved
--   list_cost_usd: decimal(38,10) - USD, the same traffic at the model's list price
--   other_list_cost_usd: decimal(38,10) - USD, the same traffic at the other model's list price
--   saved_usd: decimal(38,10) - USD by list price; negative where the other model is dearer
--   list_error: double - list cost / billed cost - 1: how far list prices are from this bill
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH listed AS (
  SELECT
    model_name,
    max(input_usd_per_1m) AS input_rate,
    max(output_usd_per_1m) AS output_rate,
    COALESCE(max(cache_read_usd_per_1m), max(input_usd_per_1m)) AS cache_read_rate,
    COALESCE(max(cache_write_5m_usd_per_1m), max(input_usd_per_1m)) AS cache_write_5m_rate,
    COALESCE(max(cache_write_1h_usd_per_1m), max(input_usd_per_1m)) AS cache_write_1h_rate
  FROM prices
  WHERE scope = 'regional' AND region IS NULL AND input_usd_per_1m IS NOT NULL
  GROUP BY 1
),
traffic AS (
  SELECT
    billing_period, tenant, model, status, data_through,
    sum(tokens) AS tokens,
    sum(CASE WHEN token_kind = 'input' THEN tokens ELSE 0 END) AS input_tokens,
    sum(CASE WHEN token_kind = 'output' THEN tokens ELSE 0 END) AS output_tokens,
    sum(CASE WHEN token_kind = 'cache_read' THEN tokens ELSE 0 END) AS cache_read_tokens,
    sum(CASE WHEN token_kind = 'cache_write_5m' THEN tokens ELSE 0 END) AS cache_write_5m_tokens,
    sum(CASE WHEN token_kind = 'cache_write_1h' THEN tokens ELSE 0 END) AS cache_write_1h_tokens,
    sum(cost_usd) AS cost_usd
  FROM bedrock_costs
  WHERE charge_kind = 'usage' AND token_kind <> 'none' AND service_tier = 'standard'
  GROUP BY 1, 2, 3, 4, 5
),
in_use AS (
  SELECT DISTINCT billing_period, model FROM traffic
),
pairs AS (
  SELECT
    t.*,
    l.model_name AS listed_model,
    o.model AS other_model,
    CAST(t.input_tokens AS decimal(24,0)) * CAST(l.input_rate AS decimal(14,6))
      + CAST(t.output_tokens AS decimal(24,0)) * CAST(l.output_rate AS decimal(14,6))
      + CAST(t.cache_read_tokens AS decimal(24,0)) * CAST(l.cache_read_rate AS decimal(14,6))
      + CAST(t.cache_write_5m_tokens AS decimal(24,0)) * CAST(l.cache_write_5m_rate AS decimal(14,6))
      + CAST(t.cache_write_1h_tokens AS decimal(24,0)) * CAST(l.cache_write_1h_rate AS decimal(14,6)) AS list_micro_usd,
    CAST(t.input_tokens AS decimal(24,0)) * CAST(r.input_rate AS decimal(14,6))
      + CAST(t.output_tokens AS decimal(24,0)) * CAST(r.output_rate AS decimal(14,6))
      + CAST(t.cache_read_tokens AS decimal(24,0)) * CAST(r.cache_read_rate AS decimal(14,6))
      + CAST(t.cache_write_5m_tokens AS decimal(24,0)) * CAST(r.cache_write_5m_rate AS decimal(14,6))
      + CAST(t.cache_write_1h_tokens AS decimal(24,0)) * CAST(r.cache_write_1h_rate AS decimal(14,6)) AS other_micro_usd
  FROM traffic AS t
  JOIN in_use AS o ON o.billing_period = t.billing_period AND o.model <> t.model
  JOIN listed AS l ON l.model_name = t.model
  JOIN listed AS r ON r.model_name = o.model
),
moves AS (
  SELECT CAST(percent AS bigint) AS percent
  FROM (VALUES (10), (25), (50), (100)) AS m (percent)
),
moved AS (
  SELECT
    p.billing_period, p.tenant, p.model, p.other_model, p.status, p.data_through, m.percent,
    CAST(p.tokens AS decimal(24,0)) * m.percent AS token_percents,
    CAST(CAST(p.cost_usd AS double) * CAST(m.percent AS double) / 100 AS decimal(38,10)) AS cost_usd,
    CAST(CAST(p.list_micro_usd AS double) * CAST(m.percent AS double) / 100000000 AS decimal(38,10)) AS list_cost_usd,
    CAST(CAST(p.other_micro_usd AS double) * CAST(m.percent AS double) / 100000000 AS decimal(38,10)) AS other_list_cost_usd
  FROM pairs AS p
  CROSS JOIN moves AS m
)
SELECT
  billing_period,
  COALESCE(tenant, '(untagged)') AS tenant,
  model,
  other_model,
  percent AS moved_percent,
  CAST(round(CAST(token_percents AS double) / 100) AS bigint) AS tokens,
  cost_usd,
  list_cost_usd,
  other_list_cost_usd,
  CAST(list_cost_usd - other_list_cost_usd AS decimal(38,10)) AS saved_usd,
  CAST(list_cost_usd AS double) / NULLIF(CAST(cost_usd AS double), 0) - 1 AS list_error,
  status,
  data_through,
  'list price of the bare model, standard tier' AS cost_basis
FROM moved
