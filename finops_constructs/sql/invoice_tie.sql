-- question: Do our figures add up to the invoices, to the cent?
-- grain: one row a month and invoice
-- source: bill_daily, bedrock_costs, invoices (the amounts on the invoices, recorded by finance)
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   invoice_id: varchar - '(not invoiced yet)' while AWS has issued none
--   invoicing_entity: varchar
--   line_items: bigint
--   cost_usd: decimal(38,10) - USD of all lines of the bill on this invoice
--   rounded_cost_usd: decimal(38,2) - USD in whole cents, as an invoice states it
--   bedrock_cost_usd: decimal(38,10) - USD of it that is Bedrock's: the sum of showback
--   rest_cost_usd: decimal(38,10) - USD of it that is not
--   invoiced_usd: decimal(38,2) - USD on the invoice; NULL where finance recorded none
--   difference_usd: decimal(38,2) - USD, invoice less bill; NULL where finance recorded none
--   note: varchar - 'ties', 'does not tie', 'no invoice amount recorded' or 'not invoiced yet'
--   status: varchar - open | provisional | final
--   data_through: timestamp - UTC
--   cost_basis: varchar

WITH whole AS (
  SELECT
    billing_period, invoice_id,
    max(invoicing_entity) AS invoicing_entity,
    sum(line_items) AS line_items,
    sum(cost_usd) AS cost_usd,
    max(data_through) AS bill_through
  FROM bill_daily
  GROUP BY 1, 2
),
bedrock AS (
  SELECT billing_period, invoice_id, sum(cost_usd) AS bedrock_cost_usd
  FROM bedrock_costs
  GROUP BY 1, 2
),
periods AS (
  SELECT billing_period, max(status) AS status, max(data_through) AS data_through
  FROM bedrock_costs
  GROUP BY 1
),
recorded AS (
  SELECT invoice_id, sum(amount_usd) AS invoiced_usd FROM invoices GROUP BY 1
),
tied AS (
  SELECT
    w.billing_period,
    w.invoice_id,
    w.invoicing_entity,
    w.line_items,
    w.cost_usd,
    round(w.cost_usd, 2) AS rounded_cost_usd,
    COALESCE(b.bedrock_cost_usd, CAST(0 AS decimal(38,10))) AS bedrock_cost_usd,
    r.invoiced_usd,
    COALESCE(p.status, 'provisional') AS status,
    COALESCE(p.data_through, w.bill_through) AS data_through
  FROM whole AS w
  LEFT JOIN bedrock AS b
    ON b.billing_period = w.billing_period
    AND COALESCE(b.invoice_id, '') = COALESCE(w.invoice_id, '')
  LEFT JOIN recorded AS r ON r.invoice_id = w.invoice_id
  LEFT JOIN periods AS p ON p.billing_period = w.billing_period
)
SELECT
  billing_period,
  COALESCE(invoice_id, '(not invoiced yet)') AS invoice_id,
  invoicing_entity,
  CAST(line_items AS bigint) AS line_items,
  cost_usd,
  CAST(rounded_cost_usd AS decimal(38,2)) AS rounded_cost_usd,
  bedrock_cost_usd,
  CAST(cost_usd - bedrock_cost_usd AS decimal(38,10)) AS rest_cost_usd,
  CAST(invoiced_usd AS decimal(38,2)) AS invoiced_usd,
  CAST(invoiced_usd - rounded_cost_usd AS decimal(38,2)) AS difference_usd,
  CASE
    WHEN invoice_id IS NULL THEN 'not invoiced yet'
    WHEN invoiced_usd IS NULL THEN 'no invoice amount recorded'
    WHEN invoiced_usd = rounded_cost_usd THEN 'ties'
    ELSE 'does not tie'
  END AS note,
  status,
  data_through,
  'unblended, all kinds of charge' AS cost_basis
FROM tied
