-- question: What did all of AWS bill each day, and which part of it supports Bedrock?
-- grain: one row a day, account, invoice, kind of charge and kind of support
-- source: cur (CUR 2.0). Support is told by resource names: log groups and buckets that hold
--   Bedrock's invocation logs, and what this library deploys (finops-*, /finops/*).
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   usage_date: date - UTC
--   account_id: varchar
--   invoice_id: varchar - NULL until AWS has invoiced
--   invoicing_entity: varchar - who invoices
--   bill_type: varchar - Anniversary | Purchase | Refund
--   charge_kind: varchar - usage | credit | refund | tax | fee | discount | other
--   support: varchar - logging | library; NULL where the line does not support Bedrock
--   line_items: bigint - lines of the bill
--   cost_usd: decimal(38,10) - USD, unblended
--   data_through: timestamp - end of the latest hour, UTC

WITH lines AS (
  SELECT
    billing_period,
    CAST(line_item_usage_start_date AS date) AS usage_date,
    line_item_usage_account_id AS account_id,
    NULLIF(bill_invoice_id, '') AS invoice_id,
    bill_invoicing_entity AS invoicing_entity,
    bill_bill_type AS bill_type,
    line_item_line_item_type AS line_item_type,
    line_item_product_code AS product_code,
    line_item_resource_id AS resource_id,
    CAST(line_item_unblended_cost AS decimal(28,10)) AS line_cost_usd,
    line_item_usage_end_date AS ends_at,
    1 AS line_items
  FROM cur
),
grouped AS (
  SELECT
    billing_period, usage_date, account_id, invoice_id, invoicing_entity, bill_type, line_item_type,
    CASE
      WHEN product_code LIKE 'AmazonBedrock%' THEN CAST(NULL AS varchar)
      WHEN product_code IN ('AmazonCloudWatch', 'AmazonS3') AND lower(resource_id) LIKE '%bedrock%' THEN 'logging'
      WHEN resource_id LIKE '%finops-%' OR resource_id LIKE '%/finops/%' THEN 'library'
    END AS support,
    sum(line_items) AS line_items,
    sum(line_cost_usd) AS cost_usd,
    max(ends_at) AS data_through
  FROM lines
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
)
SELECT
  billing_period,
  usage_date,
  account_id,
  invoice_id,
  invoicing_entity,
  bill_type,
  CASE
    WHEN line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage') THEN 'usage'
    WHEN line_item_type = 'Credit' THEN 'credit'
    WHEN line_item_type = 'Refund' THEN 'refund'
    WHEN line_item_type = 'Tax' THEN 'tax'
    WHEN line_item_type LIKE '%Fee' THEN 'fee'
    WHEN line_item_type LIKE '%Discount%' OR line_item_type = 'SavingsPlanNegation' THEN 'discount'
    ELSE 'other'
  END AS charge_kind,
  support,
  CAST(sum(line_items) AS bigint) AS line_items,
  sum(cost_usd) AS cost_usd,
  max(data_through) AS data_through
FROM grouped
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
