"""One tenant, as written in `config/tenants/<id>.yaml`."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from finops_constructs.config.names import (
    MAX_ALIASES,
    AccountId,
    Alias,
    Email,
    Region,
    RoleArn,
    TenantId,
)
from finops_constructs.enforcement.modes import Guard, Mode
from finops_constructs.prices.overlay import TokenRates

Percentage = Annotated[int, Field(ge=1, le=1000)]
TagValue = Annotated[str, Field(max_length=256)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Owner(_Section):
    """Who answers for the tenant's spend."""

    team: Annotated[str, Field(min_length=1, max_length=100)]
    email: Email
    cost_centre: Annotated[str, Field(min_length=1, max_length=64)]


class TenantCostTags(_Section):
    """The cost allocation tags, `bedrock:tool`, `bedrock:project`, `bedrock:environment`."""

    tool: TagValue
    project: TagValue
    environment: TagValue
    extra: TagValue | None = None
    """Value of the dimension the organisation names in `platform.yaml` (`attribution.extra_tag_key`)."""


class Budget(_Section):
    """The tenant's one monthly budget, over all its models."""

    monthly_limit_usd: Annotated[Decimal, Field(gt=0, allow_inf_nan=False, decimal_places=2)]
    """USD per calendar month (UTC)."""
    alert_percentages: Annotated[list[Percentage], Field(min_length=1, max_length=7)] = [75, 90]
    """Actual spend, in percent of the limit, at which people are told."""
    stop_percentage: Percentage = 100
    """Spend, in percent of the limit, at which the tenant is stopped (in `mode: enforce`)."""
    forecast_alert: bool = True
    """Tell people when the month is forecast to pass the limit."""
    adopt_budget: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """Name of an existing AWS budget to use instead of defining one."""


class Model(_Section):
    """One model alias: where calls go and how they are priced."""

    model: str
    """Foundation model or system inference profile, by id or ARN."""
    profile_arn: Annotated[
        str | None,
        Field(
            pattern=r"^arn:aws[a-z-]*:bedrock:[a-z0-9-]+:[0-9]{12}:application-inference-profile/[a-z0-9-]+$"
        ),
    ] = None
    """An existing application inference profile of `model` to adopt instead of defining one."""
    price: TokenRates | None = None
    """The tenant's own rates; default: the price list."""
    metered: bool = True
    """False: spend of this model is not estimated, and is reported as unmetered."""


class Caller(_Section):
    """An existing IAM role that calls the tenant's models."""

    role_arn: RoleArn
    shared_with: list[TenantId] = []
    """The other tenants this role also calls; they must declare it too."""


class SlackChannel(_Section):
    """A Slack channel; the workspace must be authorised once by hand in the AWS console."""

    workspace_id: Annotated[str, Field(pattern=r"^T[0-9A-Z]{4,}$", examples=["T0EXAMPLE"])]
    channel_id: Annotated[str, Field(pattern=r"^[CG][0-9A-Z]{4,}$", examples=["C0EXAMPLE"])]


class TeamsChannel(_Section):
    """A Microsoft Teams channel; the team must be authorised once by hand in the AWS console."""

    tenant_id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    team_id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    channel_id: Annotated[str, Field(min_length=1, max_length=256)]


class AlertChannels(_Section):
    """Where alerts go, beside the owner's e-mail address."""

    emails: Annotated[list[Email], Field(max_length=10)] = []
    slack: list[SlackChannel] = []
    teams: list[TeamsChannel] = []


class Allowances(_Section):
    """What the standing deny lets the tenant's callers do nevertheless."""

    mantle: bool = False
    """Call models through the `bedrock-mantle` endpoint, which profiles and budgets do not see."""
    api_keys: bool = False
    """Use Bedrock API keys."""
    batch_jobs: bool = False
    """Create batch inference jobs (`CreateModelInvocationJob`)."""
    models: list[Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:bedrock:.+$")]] = []
    """ARNs of provisioned, custom or imported models that may be invoked."""


class Acknowledgement(_Section):
    """A synth-time finding accepted for this tenant, with its reason."""

    rule: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9-]+::[A-Za-z0-9.-]+$", examples=["finops::data-residency"])
    ]
    reason: Annotated[str, Field(min_length=10, max_length=500)]


class TenantConfig(_Section):
    """A tenant: a set of models with one owner, one set of cost tags and one budget."""

    schema_version: Literal[1] = 1
    id: TenantId
    display_name: Annotated[str, Field(min_length=1, max_length=100)]
    owner: Owner
    account: AccountId
    region: Region
    cost_tags: TenantCostTags
    budget: Budget
    models: Annotated[dict[Alias, Model], Field(min_length=1, max_length=MAX_ALIASES)]
    """Alias -> model."""
    callers: list[Caller] = []
    alerts: AlertChannels = AlertChannels()
    mode: Mode = Mode.SHADOW
    """What happens at the limit."""
    guard: Guard = Guard.OBSERVE
    """Whether the callers carry the standing deny."""
    allow: Allowances = Allowances()
    acknowledge: list[Acknowledgement] = []
