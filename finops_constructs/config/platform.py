"""What holds for every tenant, as written in `config/platform.yaml`."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from finops_constructs.config.names import AccountId, Region
from finops_constructs.config.tenant import Acknowledgement, AlertChannels
from finops_constructs.prices.overlay import PriceOverlay


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
    profile_quota: Annotated[int, Field(ge=1)] = 1000
    """Application inference profiles per account and Region (Service Quotas has yours; unverified default)."""


class Budgets(_Section):
    """Limits on budgets."""

    max_monthly_limit_usd: Annotated[Decimal, Field(gt=0, le=1_000_000_000)] = Decimal(1_000_000)
    """A tenant's monthly limit above this is refused as a typing error."""
    tag_key_prefix: Literal["", "user:"] = ""
    """Prefix of tag keys in budget filters; AWS's documents leave it open (see docs/adr)."""


class CacheMetricNames(_Section):
    """CloudWatch names of the cache token metrics; AWS's own pages disagree."""

    read: str = "CacheReadInputTokenCount"
    write: str = "CacheWriteInputTokenCount"


class Prices(_Section):
    """Prices that differ from the shipped list."""

    overlay: list[PriceOverlay] = []
    """Negotiated or missing prices; the first that matches wins over the list."""


class Vpc(_Section):
    """Where functions run."""

    subnet_ids: Annotated[
        list[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]+$")]], Field(min_length=1)
    ]
    security_group_ids: Annotated[
        list[Annotated[str, Field(pattern=r"^sg-[0-9a-f]+$")]], Field(min_length=1)
    ]


class LandingZoneEnvironment(_Section):
    """What one account and Region brings along."""

    account: AccountId
    region: Region
    kms_key_arn: Annotated[
        str | None,
        Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-zA-Z-]+$"),
    ] = None
    """An existing key to use instead of defining one."""
    vpc: Vpc | None = None


class LandingZone(_Section):
    """What the organisation demands of every role and function."""

    permissions_boundary: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z0-9_+=,.@/-]+$", max_length=200, examples=["bank-boundary"]),
    ] = None
    """Name (with its path, if any) of the managed policy that bounds every role."""
    role_path: Annotated[str, Field(pattern=r"^/([\x21-\x7e]+/)?$", max_length=512)] = "/finops/"
    """Path of every role; the guard never touches roles under `/finops/`."""
    name_prefix: Annotated[str, Field(pattern=r"^([a-z][a-z0-9-]{0,10}-)?$")] = ""
    """Prefix of every role and function name, ending in a hyphen."""
    cdk_qualifier: Annotated[str, Field(pattern=r"^[a-z0-9]{1,10}$")] = "hnb659fds"
    """Qualifier of the CDK bootstrap stack."""
    mandatory_tags: dict[
        Annotated[str, Field(min_length=1, max_length=128)], Annotated[str, Field(max_length=256)]
    ] = {}
    """Tags on everything that takes tags."""
    environments: list[LandingZoneEnvironment] = []


class Functions(_Section):
    """How Lambda functions are built."""

    powertools_layer_arn: Annotated[
        str | None,
        Field(pattern=r"^arn:aws[a-z-]*:lambda:(\{region\}|[a-z0-9-]+):[0-9]{12}:layer:.+:[0-9]+$"),
    ] = None
    """Layer with Powertools for AWS Lambda; `{region}` stands for the Region. Default: AWS's public layer."""


class PlatformConfig(_Section):
    """Settings of the whole organisation."""

    schema_version: Literal[1] = 1
    organization: Annotated[str, Field(min_length=1, max_length=100)]
    attribution: Attribution = Attribution()
    budgets: Budgets = Budgets()
    alerts: AlertChannels = AlertChannels()
    """Where the platform team's own alerts go."""
    prices: Prices = Prices()
    cache_metrics: CacheMetricNames = CacheMetricNames()
    functions: Functions = Functions()
    landing_zone: LandingZone = LandingZone()
    acknowledge: list[Acknowledgement] = []
