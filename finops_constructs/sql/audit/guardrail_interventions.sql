-- question: How often did a guardrail intervene, as far as the log tells?
-- grain: one row a day, tenant and alias
-- source: calls of the write-once log; only records that came with content tell
-- history: no
-- columns:
--   day: varchar - UTC, YYYY-MM-DD
--   tenant: varchar
--   alias: varchar - '(none)' for calls through no registered profile
--   calls: bigint
--   calls_that_tell: bigint - with content: none Bedrock does not log what a guardrail did
--   interventions: bigint

SELECT
  day,
  tenant,
  COALESCE(finops.alias, '(none)') AS alias,
  count(*) AS calls,
  count(finops.guardrail) AS calls_that_tell,
  count(CASE WHEN finops.guardrail = 'intervened' THEN 1 END) AS interventions
FROM calls
GROUP BY day, tenant, COALESCE(finops.alias, '(none)')
