"""One tenant, as written in `config/tenants/<id>.yaml`."""

from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from finops_constructs.attribution.cost_tags import MAX_VALUE_LENGTH
from finops_constructs.config.names import (
    MAX_ALIASES,
    MAX_KEY_USERS,
    NOT_A_FLAG,
    AccountId,
    Alias,
    Email,
    Flag,
    Region,
    RoleArn,
    TenantId,
    UserArn,
)
from finops_constructs.config.patterns import (
    BEDROCK_ARN_PATTERN,
    BUDGET_NAME_PATTERN,
    PROFILE_ARN_PATTERN,
    PROFILE_DESCRIPTION_PATTERN,
    RULE_PATTERN,
    SLACK_CHANNEL_PATTERN,
    SLACK_WORKSPACE_PATTERN,
    UUID_PATTERN,
)
from finops_constructs.config.regulation import Regulation
from finops_constructs.enforcement.modes import Guard, Mode, OnTimeout
from finops_constructs.prices.overlay import TokenRates

DEFAULT_HARD_CAP_PERCENTAGE: Final = 120

Percentage = Annotated[int, Field(ge=1, le=1000, strict=True)]
Usd = Annotated[Decimal, Field(gt=0, decimal_places=2, allow_inf_nan=False), NOT_A_FLAG]
# The switch looks every five minutes, so nothing shorter means anything.
Minutes = Annotated[int, Field(ge=5, le=24 * 60, strict=True)]
# In the schema for editors only: find_tag_faults checks both, and says more.
TagValue = Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": MAX_VALUE_LENGTH})]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Owner(_Section):
    """Who answers for the tenant's spend."""

    team: Annotated[str, Field(min_length=1, max_length=100)]
    """The team's name."""
    email: Email
    """Where its alerts go, always."""
    cost_centre: Annotated[str, Field(min_length=1, max_length=64)]
    """Where its spend is booked."""


class TenantCostTags(_Section):
    """The cost allocation tags, `bedrock:tool`, `bedrock:project`, `bedrock:environment`."""

    tool: TagValue
    """`bedrock:tool`: the product that spends."""
    project: TagValue
    """`bedrock:project`: the project it is spent for."""
    environment: TagValue
    """`bedrock:environment`: the stage, such as `prod`."""
    extra: TagValue | None = None
    """Value of the organisation's own dimension; given if and only if `platform.yaml` names one."""


class Budget(_Section):
    """The tenant's one monthly budget, over all its models."""

    monthly_limit_usd: Usd
    """USD per calendar month (UTC)."""
    alert_percentages: Annotated[list[Percentage], Field(min_length=1, max_length=7)] = [75, 90]
    """Actual spend, in percent of the limit, at which people are told."""
    stop_percentage: Percentage = 100
    """Spend, in percent of the limit, at which the tenant is stopped (in `mode: enforce`)."""
    hard_cap_percentage: Percentage = DEFAULT_HARD_CAP_PERCENTAGE
    """Spend, in percent of the limit, at which `mode: approve` stops without an answer."""
    forecast_alert: Flag = True
    """Tell people when the month is forecast to pass the limit."""
    adopt_budget: Annotated[str, Field(pattern=BUDGET_NAME_PATTERN)] | None = None
    """Name of an existing AWS budget to use instead of defining one."""


class Caps(_Section):
    """Limits on shorter times than the month; a stop by one of them stays until it is resumed."""

    hourly_usd: Usd | None = None
    """USD an hour of each model alias; default: the monthly limit / 24, the month in a day."""
    daily_usd: Usd | None = None
    """USD a day (UTC) of all models together; default: no daily cap."""


class Approval(_Section):
    """How `mode: approve` asks before it stops the tenant."""

    timeout_minutes: Minutes = 60
    """How long an answer may take."""
    on_timeout: OnTimeout = OnTimeout.STOP
    """Without an answer: stop the tenant, or go on up to the hard cap."""


class Model(_Section):
    """One model alias: where calls go and how they are priced."""

    model: Annotated[
        str,
        Field(min_length=1, max_length=300, examples=["eu.anthropic.claude-sonnet-5-5"]),
    ]
    """Foundation model or system inference profile, by id or ARN."""
    profile_arn: Annotated[
        str | None,
        Field(pattern=PROFILE_ARN_PATTERN),
    ] = None
    """An existing application inference profile of `model` to adopt instead of defining one."""
    description: Annotated[
        str | None,
        Field(pattern=PROFILE_DESCRIPTION_PATTERN, max_length=200),
    ] = None
    """Description of the profile. Another one makes another profile, under another name: so an
    alias goes back to a model whose replaced profile is still there."""
    price: TokenRates | None = None
    """The tenant's own rates; default: the price list."""
    metered: Flag = True
    """False: spend of this model is not estimated, and is reported as unmetered."""
    hourly_cap_usd: Usd | None = None
    """USD an hour at which this alias is stopped; default: the tenant's `caps.hourly_usd`."""


class Caller(_Section):
    """An existing IAM role that calls the tenant's models."""

    role_arn: RoleArn
    """The role; it must be of the tenant's account."""
    shared_with: list[TenantId] = []
    """The other tenants this role also calls; they must declare it too."""


class SlackChannel(_Section):
    """A Slack channel; the workspace must be authorised once by hand in the AWS console."""

    workspace_id: Annotated[str, Field(pattern=SLACK_WORKSPACE_PATTERN, examples=["T0EXAMPLE"])]
    """Id of the workspace, from its web address."""
    channel_id: Annotated[str, Field(pattern=SLACK_CHANNEL_PATTERN, examples=["C0EXAMPLE"])]
    """Id of the channel, at the end of its details."""


class TeamsChannel(_Section):
    """A Microsoft Teams channel; the team must be authorised once by hand in the AWS console."""

    tenant_id: Annotated[str, Field(pattern=UUID_PATTERN)]
    """Id of the Microsoft Entra tenant."""
    team_id: Annotated[str, Field(pattern=UUID_PATTERN)]
    """Id of the team, `groupId` in a link to it."""
    channel_id: Annotated[str, Field(min_length=1, max_length=256)]
    """Id of the channel, from a link to it."""


class AlertChannels(_Section):
    """Where alerts go, beside the owner's e-mail address."""

    emails: Annotated[list[Email], Field(max_length=10)] = []
    """E-mail addresses; each confirms its subscription once."""
    slack: list[SlackChannel] = []
    """Slack channels."""
    teams: list[TeamsChannel] = []
    """Microsoft Teams channels."""


class Allowances(_Section):
    """What the standing deny lets the tenant's callers do nevertheless."""

    mantle: Flag = False
    """Call models through the `bedrock-mantle` endpoint, which profiles and budgets do not see."""
    api_keys: Flag = False
    """Use Bedrock API keys."""
    batch_jobs: Flag = False
    """Create batch inference jobs (`CreateModelInvocationJob`)."""
    models: list[Annotated[str, Field(pattern=BEDROCK_ARN_PATTERN)]] = []
    """ARNs of provisioned, custom or imported models that may be invoked."""


class Acknowledgement(_Section):
    """A synth-time finding accepted for this tenant, with its reason."""

    rule: Annotated[str, Field(pattern=RULE_PATTERN, examples=["finops::data-residency"])]
    """The rule, as the finding names it."""
    reason: Annotated[str, Field(min_length=10, max_length=500)]
    """Why it is accepted: auditors read it."""


class TenantConfig(_Section):
    """A tenant: a set of models with one owner, one set of cost tags and one budget."""

    schema_version: Literal[1] = 1
    """Version of this format."""
    id: TenantId
    display_name: Annotated[str, Field(min_length=1, max_length=100)]
    """What people call it; may change at any time."""
    owner: Owner
    """Who answers for the spend."""
    account: AccountId
    region: Region
    cost_tags: TenantCostTags
    """The tags that find the spend on the bill."""
    budget: Budget
    """The monthly limit, and who hears of it when."""
    caps: Caps = Caps()
    """Limits on an hour and a day."""
    models: Annotated[dict[Alias, Model], Field(min_length=1, max_length=MAX_ALIASES)]
    """Alias -> model."""
    callers: list[Caller] = []
    """The existing roles that call the models, all of the tenant's account."""
    api_key_users: Annotated[list[UserArn], Field(max_length=MAX_KEY_USERS)] = []
    """IAM users whose Bedrock API keys are deactivated while the tenant is stopped."""
    alerts: AlertChannels = AlertChannels()
    """Who hears of alerts beside the owner."""
    mode: Mode = Mode.SHADOW
    """What happens at the limit."""
    approval: Approval = Approval()
    """How `mode: approve` asks."""
    cool_down_minutes: Minutes | None = None
    """When a stop by a cap ends by itself, at most once a day; default: only a person resumes."""
    guard: Guard = Guard.OBSERVE
    """Whether the callers carry the standing deny."""
    allow: Allowances = Allowances()
    """Exceptions from the standing deny."""
    acknowledge: list[Acknowledgement] = []
    """Findings of the checks that are accepted for this tenant."""
    regulation: Regulation = Regulation()
    """What is declared about the tenant and the law, for `finops evidence`."""
