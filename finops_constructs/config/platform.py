"""What holds for every tenant, as written in `config/platform.yaml`."""

from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from finops_constructs.config.audit_log import AuditLog
from finops_constructs.config.cost_data import Billing, Reporting
from finops_constructs.config.names import NOT_A_FLAG, AccountId, Flag, Region
from finops_constructs.config.patterns import (
    KEY_ARN_PATTERN,
    LAYER_ARN_PATTERN,
    NAME_PREFIX_PATTERN,
    POLICY_NAME_PATTERN,
    QUALIFIER_PATTERN,
    ROLE_PATH_PATTERN,
    SECURITY_GROUP_PATTERN,
    SUBNET_PATTERN,
    TAG_TEXT_PATTERN,
)
from finops_constructs.config.tenant import Acknowledgement, AlertChannels
from finops_constructs.prices.overlay import PriceOverlay

# What CloudWatch Logs allows (PutRetentionPolicy) up to the six months the ledger never needs.
LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]

# AWS::Budgets::Budget allows no more (cfn-lint schema 2cab89233b2339d0).
MAX_LIMIT_USD: Final = 1_000_000_000


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Attribution(_Section):
    """How spend is found on the bill."""

    extra_tag_key: Annotated[
        str | None, Field(max_length=128, examples=["bedrock:cost-centre"])
    ] = None
    """The organisation's own fourth cost dimension; every tenant then gives `cost_tags.extra`."""
    broad_values: list[str] = []
    """More tag values too broad to allocate by, beside the built-in list."""
    allowed_broad_values: list[str] = []
    """Values of the built-in list that are precise enough here."""
    profile_quota: Annotated[int, Field(ge=1, strict=True)] = 1000
    """Application inference profiles per account and Region: Service Quotas has yours, the default
    is unverified."""
    replaced_idle_days: Annotated[int, Field(ge=1, le=90, strict=True)] = 7
    """Days without a call after which a profile is removed that another model has replaced."""


class Budgets(_Section):
    """Limits on budgets."""

    max_monthly_limit_usd: Annotated[Decimal, Field(gt=0, le=MAX_LIMIT_USD), NOT_A_FLAG] = Decimal(
        1_000_000
    )
    """A tenant's monthly limit above this is refused as a typing error."""
    tag_key_prefix: Literal["", "user:"] = ""
    """Prefix of tag keys in budget filters; AWS's documents leave it open (see docs/adr)."""


class CacheMetricNames(_Section):
    """CloudWatch names of the cache token metrics; AWS's own pages disagree."""

    read: Annotated[str, Field(min_length=1, max_length=255)] = "CacheReadInputTokenCount"
    """Metric of tokens read from the prompt cache."""
    write: Annotated[str, Field(min_length=1, max_length=255)] = "CacheWriteInputTokenCount"
    """Metric of tokens written to the prompt cache."""


class Metering(_Section):
    """How calls are logged for the spend meter: without prompts and answers."""

    log_retention_days: LogRetentionDays = 30
    """How long the log records of calls are kept; the ledger keeps their sums."""
    overwrite_invocation_logging: Flag = False
    """Replace a logging configuration that somebody else made; it is restored on deletion.
    Default: the deployment fails and names it."""


class Prices(_Section):
    """Prices that differ from the shipped list."""

    overlay: list[PriceOverlay] = []
    """Negotiated or missing prices; the first that matches wins over the list."""


class Vpc(_Section):
    """Where functions run."""

    subnet_ids: Annotated[list[Annotated[str, Field(pattern=SUBNET_PATTERN)]], Field(min_length=1)]
    """Subnets, with a way to the AWS endpoints."""
    security_group_ids: Annotated[
        list[Annotated[str, Field(pattern=SECURITY_GROUP_PATTERN)]], Field(min_length=1)
    ]
    """Security groups that let HTTPS out."""


class LandingZoneEnvironment(_Section):
    """What one account and Region brings along."""

    account: AccountId
    region: Region
    kms_key_arn: Annotated[
        str | None,
        Field(pattern=KEY_ARN_PATTERN),
    ] = None
    """An existing key to use instead of defining one."""
    vpc: Vpc | None = None
    """Network for the functions. Default: none, as they call AWS endpoints only."""


class LandingZone(_Section):
    """What the organisation demands of every role and function."""

    permissions_boundary: Annotated[
        str | None,
        Field(pattern=POLICY_NAME_PATTERN, max_length=200, examples=["bank-boundary"]),
    ] = None
    """Name (with its path, if any) of the managed policy that bounds every role."""
    role_path: Annotated[str, Field(pattern=ROLE_PATH_PATTERN, max_length=512)] = "/finops/"
    """Path of every role; the guard never touches roles under `/finops/`."""
    name_prefix: Annotated[str, Field(pattern=NAME_PREFIX_PATTERN)] = ""
    """Prefix of every role and function name, ending in a hyphen."""
    cdk_qualifier: Annotated[str, Field(pattern=QUALIFIER_PATTERN)] = "hnb659fds"
    """Qualifier of the CDK bootstrap stack."""
    mandatory_tags: Annotated[
        dict[
            Annotated[str, Field(pattern=TAG_TEXT_PATTERN, min_length=1, max_length=128)],
            Annotated[str, Field(pattern=TAG_TEXT_PATTERN, max_length=256)],
        ],
        Field(max_length=30),
    ] = {}
    """Tags on everything that takes tags."""
    environments: list[LandingZoneEnvironment] = []
    """What single accounts and Regions bring along."""


class Functions(_Section):
    """How Lambda functions are built."""

    powertools_layer_arn: Annotated[
        str | None,
        Field(pattern=LAYER_ARN_PATTERN),
    ] = None
    """Layer with Powertools for AWS Lambda; `{region}` stands for its Region. Default: AWS's."""


class PlatformConfig(_Section):
    """Settings of the whole organisation."""

    schema_version: Literal[1] = 1
    """Version of this format."""
    organization: Annotated[str, Field(min_length=1, max_length=100)]
    """Name of the organisation, for reports."""
    attribution: Attribution = Attribution()
    """How spend is found on the bill."""
    budgets: Budgets = Budgets()
    """Limits on budgets."""
    alerts: AlertChannels = AlertChannels()
    """Where the platform team's own alerts go."""
    prices: Prices = Prices()
    """Prices that differ from the shipped list."""
    cache_metrics: CacheMetricNames = CacheMetricNames()
    """CloudWatch names of the cache token metrics."""
    metering: Metering = Metering()
    """How calls are logged for the spend meter."""
    audit_log: AuditLog | None = None
    """How the write-once log of calls is kept. Default: there is none."""
    cost_account: AccountId | None = None
    """The account of the cost lake, which reconciles the bill and reports it to the kill switches.
    Default: the payer account, if `billing` is given, else each platform's own."""
    billing: Billing | None = None
    """The bill's exports and the cost lake. Default: neither is defined."""
    reporting: Reporting = Reporting()
    """How cost is reported."""
    functions: Functions = Functions()
    """How Lambda functions are built."""
    landing_zone: LandingZone = LandingZone()
    """What the organisation demands of every role and function."""
    acknowledge: list[Acknowledgement] = []
    """Findings of the checks that are accepted everywhere."""

    @property
    def lake_account(self) -> str | None:
        """The account of the cost lake, whose bills the kill switches believe; None: none is."""
        return self.cost_account or (self.billing.payer_account if self.billing else None)
