-- question: What did Bedrock bill each day, by whom, for what?
-- grain: one row a day, tags, account, resource route, model, token kind, principal, kind of charge
-- source: cur (CUR 2.0). Facts about spellings: aws-facts section 4.2. Never filtered by product
--   code alone: Marketplace models have codes of their own.
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   usage_date: date - UTC
--   account_id: varchar - the account that used it
--   account_name: varchar
--   region: varchar
--   invoice_id: varchar - NULL until AWS has invoiced
--   billing_entity: varchar - AWS or AWS Marketplace
--   tenant: varchar - tag finops:tenant, else bedrock:tool; NULL where neither is on the line
--   tool: varchar - tag bedrock:tool
--   project: varchar - tag bedrock:project
--   environment: varchar - tag bedrock:environment
--   cost_centre_tag: varchar - tag bedrock:cost-centre, or the organisation's own fourth key
--   profile_arn: varchar - the application inference profile called; NULL where none was
--   route: varchar - profile | system profile | mantle | direct; NULL where the line is no call
--   endpoint: varchar - runtime | mantle
--   provider: varchar
--   model: varchar - as AWS names it
--   token_kind: varchar - input | output | cache_read | cache_write_5m | cache_write_1h | none
--   feature: varchar - inference | batch inference | guardrails | other
--   service_tier: varchar - standard | batch | flex | priority
--   reach: varchar - global | geo | standard (in the Region, or a geographic profile)
--   iam_principal: varchar - role or user, without the session's name
--   charge_kind: varchar - usage | credit | refund | tax | fee | discount | other
--   currency_code: varchar
--   line_items: bigint - lines of the bill
--   tokens: bigint - tokens, whatever unit they were billed in; NULL where none are billed
--   usage_amount: decimal(38,10) - in the bill's own unit
--   cost_usd: decimal(38,10) - USD, unblended
--   data_through: timestamp - end of the latest hour, UTC

WITH bedrock_lines AS (
  SELECT
    billing_period,
    CAST(line_item_usage_start_date AS date) AS usage_date,
    line_item_usage_account_id AS account_id,
    line_item_usage_account_name AS account_name,
    product_region_code AS region,
    bill_invoice_id AS invoice_id,
    bill_billing_entity AS billing_entity,
    COALESCE(element_at(resource_tags, 'user_finops_tenant'), element_at(resource_tags, 'user:finops:tenant')) AS tenant_tag,
    COALESCE(element_at(resource_tags, 'user_bedrock_tool'), element_at(resource_tags, 'user:bedrock:tool')) AS tool_tag,
    COALESCE(element_at(resource_tags, 'user_bedrock_project'), element_at(resource_tags, 'user:bedrock:project')) AS project_tag,
    COALESCE(element_at(resource_tags, 'user_bedrock_environment'), element_at(resource_tags, 'user:bedrock:environment')) AS environment_tag,
    COALESCE(element_at(resource_tags, 'user_bedrock_cost_centre'), element_at(resource_tags, 'user:bedrock:cost-centre')) AS extra_tag,
    line_item_resource_id AS resource_id,
    line_item_iam_principal AS principal,
    line_item_usage_type AS usage_type,
    line_item_line_item_type AS line_item_type,
    pricing_unit AS unit,
    line_item_currency_code AS currency_code,
    element_at(product, 'provider') AS product_provider,
    element_at(product, 'model') AS product_model,
    element_at(product, 'product_name') AS product_name,
    element_at(product, 'feature') AS product_feature,
    CAST(line_item_usage_amount AS decimal(28,10)) AS amount,
    CAST(line_item_unblended_cost AS decimal(28,10)) AS line_cost_usd,
    line_item_usage_end_date AS ends_at,
    1 AS line_items
  FROM cur
  WHERE product_product_family = 'Amazon Bedrock'
    OR line_item_product_code LIKE 'AmazonBedrock%'
    OR element_at(product, 'product_name') LIKE '%Bedrock%'
),
-- Grouped before it is interpreted: text is taken apart a few thousand times, not millions.
grouped AS (
  SELECT
    billing_period, usage_date, account_id, account_name, region, invoice_id, billing_entity,
    tenant_tag, tool_tag, project_tag, environment_tag, extra_tag, resource_id,
    CASE
      WHEN principal LIKE '%:assumed-role/%' THEN split_part(principal, '/', 1) || '/' || split_part(principal, '/', 2)
      ELSE principal
    END AS iam_principal,
    usage_type, line_item_type, unit, currency_code,
    product_provider, product_model, product_name, product_feature,
    sum(line_items) AS line_items,
    sum(amount) AS usage_amount,
    sum(line_cost_usd) AS cost_usd,
    max(ends_at) AS data_through
  FROM bedrock_lines
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22
),
lowered AS (
  SELECT grouped.*, lower(usage_type) AS usage_kind, lower(unit) AS unit_kind, lower(product_feature) AS feature_kind
  FROM grouped
),
named AS (
  SELECT
    lowered.*,
    -- In LIKE, _ stands for any one character: AWS writes cache_read, cache-read and cacheread.
    CASE
      WHEN usage_kind LIKE '%cachewrite1h%' OR usage_kind LIKE '%cache_write_tokens_1h%' THEN 'cache_write_1h'
      WHEN usage_kind LIKE '%cachewrite%' OR usage_kind LIKE '%cache_write%' THEN 'cache_write_5m'
      WHEN usage_kind LIKE '%cacheread%' OR usage_kind LIKE '%cache_read%' OR usage_kind LIKE '%cached_input%' THEN 'cache_read'
      WHEN usage_kind LIKE '%outputtoken%' OR usage_kind LIKE '%output_token%' THEN 'output'
      WHEN usage_kind LIKE '%inputtoken%' OR usage_kind LIKE '%input_token%' THEN 'input'
      ELSE 'none'
    END AS token_kind,
    CASE
      WHEN line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage') THEN 'usage'
      WHEN line_item_type = 'Credit' THEN 'credit'
      WHEN line_item_type = 'Refund' THEN 'refund'
      WHEN line_item_type = 'Tax' THEN 'tax'
      WHEN line_item_type LIKE '%Fee' THEN 'fee'
      WHEN line_item_type LIKE '%Discount%' OR line_item_type = 'SavingsPlanNegation' THEN 'discount'
      ELSE 'other'
    END AS charge_kind,
    COALESCE(
      product_model,
      CASE WHEN product_name LIKE '% (Amazon Bedrock Edition)' THEN split_part(product_name, ' (Amazon Bedrock Edition)', 1) END,
      NULLIF(regexp_extract(usage_type, '^[A-Z0-9]+-(.+?)-(?:text-|mantle-)*(?:input|output|cache)', 1), '')
    ) AS model_name
  FROM lowered
),
-- Lines from before July 2026 name first-party models in the usage type only, and otherwise.
models AS (
  SELECT
    named.*,
    CASE
      WHEN model_name LIKE 'Nova%' AND model_name NOT LIKE 'Nova %' THEN 'Nova ' || substr(model_name, 5)
      WHEN model_name LIKE 'openai.%' THEN substr(model_name, 8)
      ELSE model_name
    END AS model
  FROM named
)
SELECT
  billing_period,
  usage_date,
  account_id,
  account_name,
  region,
  NULLIF(invoice_id, '') AS invoice_id,
  billing_entity,
  COALESCE(NULLIF(trim(tenant_tag), ''), NULLIF(trim(tool_tag), '')) AS tenant,
  NULLIF(trim(tool_tag), '') AS tool,
  NULLIF(trim(project_tag), '') AS project,
  NULLIF(trim(environment_tag), '') AS environment,
  NULLIF(trim(extra_tag), '') AS cost_centre_tag,
  CASE WHEN resource_id LIKE '%:application-inference-profile/%' THEN resource_id END AS profile_arn,
  CASE
    WHEN charge_kind <> 'usage' OR token_kind = 'none' THEN CAST(NULL AS varchar)
    WHEN resource_id LIKE '%:application-inference-profile/%' THEN 'profile'
    WHEN usage_kind LIKE '%mantle%' THEN 'mantle'
    WHEN resource_id LIKE '%:inference-profile/%' THEN 'system profile'
    ELSE 'direct'
  END AS route,
  CASE WHEN usage_kind LIKE '%mantle%' THEN 'mantle' ELSE 'runtime' END AS endpoint,
  COALESCE(
    product_provider,
    CASE
      WHEN model LIKE 'Claude%' THEN 'Anthropic'
      WHEN model LIKE 'Nova%' OR model LIKE 'Titan%' THEN 'Amazon'
      WHEN model LIKE 'gpt-%' THEN 'OpenAI'
    END
  ) AS provider,
  model,
  token_kind,
  CASE
    WHEN usage_kind LIKE '%guardrail%' THEN 'guardrails'
    WHEN usage_kind LIKE '%batch%' OR feature_kind LIKE '%batch%' THEN 'batch inference'
    WHEN token_kind <> 'none' THEN 'inference'
    ELSE 'other'
  END AS feature,
  CASE
    WHEN usage_kind LIKE '%batch%' THEN 'batch'
    WHEN usage_kind LIKE '%flex%' THEN 'flex'
    WHEN usage_kind LIKE '%priority%' THEN 'priority'
    ELSE 'standard'
  END AS service_tier,
  CASE
    WHEN usage_kind LIKE '%_global%' THEN 'global'
    WHEN usage_kind LIKE '%_geo%' THEN 'geo'
    ELSE 'standard'
  END AS reach,
  iam_principal,
  charge_kind,
  currency_code,
  CAST(sum(line_items) AS bigint) AS line_items,
  CAST(sum(
    CASE
      WHEN token_kind = 'none' OR charge_kind <> 'usage' THEN CAST(NULL AS decimal(38,10))
      WHEN unit_kind LIKE '%1m tokens%' THEN usage_amount * 1000000
      WHEN unit_kind LIKE '%1k tokens%' THEN usage_amount * 1000
      WHEN unit_kind = 'tokens' THEN usage_amount
      WHEN billing_entity = 'AWS Marketplace' THEN usage_amount * 1000000
      ELSE usage_amount * 1000
    END
  ) AS bigint) AS tokens,
  sum(usage_amount) AS usage_amount,
  sum(cost_usd) AS cost_usd,
  max(data_through) AS data_through
FROM models
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24
