-- question: Which spend is tagged, but too broadly to be traced to a feature?
-- grain: one row a month, tag key, value, account and principal
-- source: bedrock_costs, broad_values. A line with two broad tags is in two rows: `counted_cost_usd`
--   holds its cost once, under the first of tool, project.
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tag_key: varchar - bedrock:tool | bedrock:project
--   tag_value: varchar - the broad value
--   tenant: varchar
--   account_id: varchar
--   account_name: varchar
--   iam_principal: varchar - who used it
--   cost_usd: decimal(38,10) - USD
--   counted_cost_usd: decimal(38,10) - USD, once a line: adds up to all broadly tagged spend
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH broad AS (
  SELECT DISTINCT lower(trim(value)) AS value FROM broad_values
),
marked AS (
  SELECT b.*, t.value AS broad_tool, p.value AS broad_project
  FROM bedrock_costs AS b
  LEFT JOIN broad AS t ON t.value = lower(b.tool)
  LEFT JOIN broad AS p ON p.value = lower(b.project)
)
SELECT
  billing_period, 'bedrock:tool' AS tag_key, tool AS tag_value, tenant, account_id, account_name, iam_principal,
  sum(cost_usd) AS cost_usd,
  sum(cost_usd) AS counted_cost_usd,
  status, data_through, cost_basis
FROM marked
WHERE broad_tool IS NOT NULL
GROUP BY billing_period, tool, tenant, account_id, account_name, iam_principal, status, data_through, cost_basis
UNION ALL
SELECT
  billing_period, 'bedrock:project' AS tag_key, project AS tag_value, tenant, account_id, account_name, iam_principal,
  sum(cost_usd) AS cost_usd,
  sum(CASE WHEN broad_tool IS NULL THEN cost_usd ELSE 0 END) AS counted_cost_usd,
  status, data_through, cost_basis
FROM marked
WHERE broad_project IS NOT NULL
GROUP BY billing_period, project, tenant, account_id, account_name, iam_principal, status, data_through, cost_basis
