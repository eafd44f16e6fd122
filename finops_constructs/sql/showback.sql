-- question: What did each team's AI cost?
-- grain: one row a month, tenant, tool, project, environment, cost centre and account
-- source: bedrock_costs; every line of the bill is in exactly one row
-- history: no
-- needs: tenant tag
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   tenant: varchar - '(untagged)' where nothing on the bill says whose it is
--   tool: varchar
--   project: varchar
--   environment: varchar
--   cost_centre: varchar
--   gl_code: varchar
--   entity: varchar
--   owner: varchar
--   account_id: varchar
--   account_name: varchar
--   tokens: bigint
--   usage_cost_usd: decimal(38,10) - USD of metered usage
--   credit_cost_usd: decimal(38,10) - USD, negative
--   refund_cost_usd: decimal(38,10) - USD, negative
--   tax_cost_usd: decimal(38,10) - USD
--   other_cost_usd: decimal(38,10) - USD of fees, discounts and the rest
--   cost_usd: decimal(38,10) - USD, the five before added up
--   share_of_bedrock: double - of the month's Bedrock cost
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

SELECT
  billing_period,
  COALESCE(tenant, '(untagged)') AS tenant,
  tool,
  project,
  environment,
  cost_centre,
  gl_code,
  entity,
  owner,
  account_id,
  account_name,
  CAST(sum(tokens) AS bigint) AS tokens,
  sum(CASE WHEN charge_kind = 'usage' THEN cost_usd ELSE 0 END) AS usage_cost_usd,
  sum(CASE WHEN charge_kind = 'credit' THEN cost_usd ELSE 0 END) AS credit_cost_usd,
  sum(CASE WHEN charge_kind = 'refund' THEN cost_usd ELSE 0 END) AS refund_cost_usd,
  sum(CASE WHEN charge_kind = 'tax' THEN cost_usd ELSE 0 END) AS tax_cost_usd,
  sum(CASE WHEN charge_kind NOT IN ('usage', 'credit', 'refund', 'tax') THEN cost_usd ELSE 0 END) AS other_cost_usd,
  sum(cost_usd) AS cost_usd,
  CAST(sum(cost_usd) AS double)
    / NULLIF(CAST(sum(sum(cost_usd)) OVER (PARTITION BY billing_period) AS double), 0) AS share_of_bedrock,
  status,
  data_through,
  cost_basis
FROM bedrock_costs
GROUP BY billing_period, tenant, tool, project, environment, cost_centre, gl_code, entity, owner, account_id, account_name, status, data_through, cost_basis
