-- question: Which models were called, by whom, and with how many tokens?
-- grain: one row a day, tenant, alias and model
-- source: calls of the write-once log
-- history: no
-- columns:
--   day: varchar - UTC, YYYY-MM-DD
--   tenant: varchar
--   alias: varchar - '(none)' for calls through no registered profile
--   model_id: varchar - as it was called
--   calls: bigint
--   failed_calls: bigint
--   input_tokens: bigint
--   cache_read_tokens: bigint
--   cache_write_tokens: bigint
--   output_tokens: bigint

SELECT
  day,
  tenant,
  COALESCE(finops.alias, '(none)') AS alias,
  model_id,
  count(*) AS calls,
  count(error_code) AS failed_calls,
  CAST(COALESCE(sum(input.inputtokencount), 0) AS bigint) AS input_tokens,
  CAST(COALESCE(sum(input.cachereadinputtokencount), 0) AS bigint) AS cache_read_tokens,
  CAST(COALESCE(sum(input.cachewriteinputtokencount), 0) AS bigint) AS cache_write_tokens,
  CAST(COALESCE(sum(output.outputtokencount), 0) AS bigint) AS output_tokens
FROM calls
GROUP BY day, tenant, COALESCE(finops.alias, '(none)'), model_id
