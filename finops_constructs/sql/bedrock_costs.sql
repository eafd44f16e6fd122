-- question: What did Bedrock bill, whose is it in the books, and is the month closed?
-- grain: as bedrock_daily
-- source: bedrock_daily, dimensions, as_of. A reorganisation does not rewrite history: a day's
--   cost goes to the cost centre that was valid on that day.
-- history: no
-- columns:
--   billing_period: varchar - the month, YYYY-MM
--   usage_date: date - UTC
--   account_id: varchar
--   account_name: varchar
--   region: varchar
--   invoice_id: varchar - NULL until AWS has invoiced
--   billing_entity: varchar - AWS or AWS Marketplace
--   tenant: varchar - NULL where nothing on the bill says whose it is
--   tool: varchar
--   project: varchar
--   environment: varchar
--   cost_centre: varchar - from dimensions, else from the tag
--   gl_code: varchar - from dimensions
--   entity: varchar - from dimensions
--   owner: varchar - from dimensions
--   profile_arn: varchar
--   route: varchar - profile | system profile | mantle | direct; NULL where the line is no call
--   endpoint: varchar - runtime | mantle
--   provider: varchar
--   model: varchar
--   token_kind: varchar - input | output | cache_read | cache_write_5m | cache_write_1h | none
--   feature: varchar - inference | batch inference | guardrails | other
--   service_tier: varchar - standard | batch | flex | priority
--   reach: varchar - global | geo | standard
--   iam_principal: varchar - role or user, without the session's name
--   charge_kind: varchar - usage | credit | refund | tax | fee | discount | other
--   line_items: bigint
--   tokens: bigint - NULL where no tokens are billed
--   usage_amount: decimal(38,10) - in the bill's own unit
--   cost_usd: decimal(38,10) - USD, unblended
--   status: varchar - open | provisional (may be restated for 15 days, or not invoiced) | final
--   data_through: timestamp - end of the latest hour with Bedrock data in the month, UTC
--   cost_basis: varchar - what cost_usd means

WITH valid_dimensions AS (
  SELECT
    tenant,
    valid_from,
    lead(valid_from) OVER (PARTITION BY tenant ORDER BY valid_from) AS next_from,
    cost_centre, gl_code, entity, owner
  FROM (
    -- Two rows for one day would count cost twice.
    SELECT
      tenant, valid_from,
      max(cost_centre) AS cost_centre, max(gl_code) AS gl_code, max(entity) AS entity, max(owner) AS owner
    FROM dimensions
    GROUP BY 1, 2
  ) AS one_a_day
)
SELECT
  d.billing_period,
  d.usage_date,
  d.account_id,
  d.account_name,
  d.region,
  d.invoice_id,
  d.billing_entity,
  d.tenant,
  d.tool,
  d.project,
  d.environment,
  COALESCE(v.cost_centre, d.cost_centre_tag) AS cost_centre,
  v.gl_code,
  v.entity,
  v.owner,
  d.profile_arn,
  d.route,
  d.endpoint,
  d.provider,
  d.model,
  d.token_kind,
  d.feature,
  d.service_tier,
  d.reach,
  d.iam_principal,
  d.charge_kind,
  d.line_items,
  d.tokens,
  d.usage_amount,
  d.cost_usd,
  CASE
    WHEN t.as_of < CAST(CAST(d.billing_period || '-01' AS date) + INTERVAL '1' MONTH AS date) THEN 'open'
    WHEN t.as_of < CAST(CAST(d.billing_period || '-01' AS date) + INTERVAL '1' MONTH + INTERVAL '15' DAY AS date) THEN 'provisional'
    WHEN count(CASE WHEN d.invoice_id IS NULL AND d.cost_usd <> 0 THEN 1 END) OVER (PARTITION BY d.billing_period) > 0 THEN 'provisional'
    ELSE 'final'
  END AS status,
  max(d.data_through) OVER (PARTITION BY d.billing_period) AS data_through,
  'unblended' AS cost_basis
FROM bedrock_daily AS d
CROSS JOIN as_of AS t
LEFT JOIN valid_dimensions AS v
  ON v.tenant = d.tenant
  AND v.valid_from <= d.usage_date
  AND (v.next_from IS NULL OR v.next_from > d.usage_date)
