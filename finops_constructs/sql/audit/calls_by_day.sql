-- question: How much was called on each day, and by how many roles and people?
-- grain: one row a day and tenant
-- source: calls of the write-once log
-- history: no
-- columns:
--   day: varchar - UTC, YYYY-MM-DD
--   tenant: varchar
--   calls: bigint
--   failed_calls: bigint
--   roles: bigint - different ones
--   people: bigint - different pseudonyms
--   first_call: varchar - UTC
--   last_call: varchar - UTC

SELECT
  day,
  tenant,
  count(*) AS calls,
  count(error_code) AS failed_calls,
  count(DISTINCT finops.role) AS roles,
  count(DISTINCT finops.person) AS people,
  min(called_at) AS first_call,
  max(called_at) AS last_call
FROM calls
GROUP BY day, tenant
