-- question: Which role, and who behind it, called what, how often?
-- grain: one row a day, tenant, role, person and model
-- source: calls of the write-once log
-- history: no
-- columns:
--   day: varchar - UTC, YYYY-MM-DD
--   tenant: varchar
--   role: varchar - '(none)' for a user or where the record does not say
--   person: varchar - the pseudonym of the session or user; '(none)' if there is none
--   model_id: varchar - as it was called: a profile's ARN as a rule
--   calls: bigint
--   failed_calls: bigint
--   input_tokens: bigint
--   output_tokens: bigint
--   first_call: varchar - UTC
--   last_call: varchar - UTC

SELECT
  day,
  tenant,
  COALESCE(finops.role, '(none)') AS role,
  COALESCE(finops.person, '(none)') AS person,
  model_id,
  count(*) AS calls,
  count(error_code) AS failed_calls,
  CAST(COALESCE(sum(input.inputtokencount), 0) AS bigint) AS input_tokens,
  CAST(COALESCE(sum(output.outputtokencount), 0) AS bigint) AS output_tokens,
  min(called_at) AS first_call,
  max(called_at) AS last_call
FROM calls
GROUP BY
  day, tenant, COALESCE(finops.role, '(none)'), COALESCE(finops.person, '(none)'), model_id
