"""What is proposed for one application, with what could not be decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftModel:
    """One alias.

    Attributes:
        alias: Its name.
        model: The model or system profile; None: it could not be told.
        profile_arn: The profile to adopt; None: one is made.
        note: What a person should know; empty: nothing.
    """

    alias: str
    model: str | None
    profile_arn: str | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCaller:
    """One caller role.

    Attributes:
        role_arn: The role.
        shared_with: Ids of the other drafts it calls for.
        note: Why a stop would not reach it; empty: it would.
    """

    role_arn: str
    shared_with: Sequence[str] = ()
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Draft:
    """The proposal for one application.

    Attributes:
        id: The tenant's id.
        name: What it is called.
        account: Its account.
        region: Its Region.
        tags: Dimension (`tool`, `project`, `environment`) -> value; one is left out if it is
            missing or cannot be used.
        tag_faults: Dimension -> why its value cannot be used.
        models: The aliases.
        callers: The caller roles.
        key_users: ARNs of IAM users that call.
        limit_usd: The monthly limit; None: no budget tells it.
        adopt_budget: The budget that tells it; None: there is none, or more than one.
        notes: What else a person should know.
    """

    id: str
    name: str
    account: str
    region: str
    tags: dict[str, str] = field(default_factory=dict)
    tag_faults: dict[str, str] = field(default_factory=dict)
    models: list[DraftModel] = field(default_factory=list)
    callers: list[DraftCaller] = field(default_factory=list)
    key_users: list[str] = field(default_factory=list)
    limit_usd: str | None = None
    adopt_budget: str | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def undecided(self) -> list[str]:
        """Keys that a person must fill in."""
        return [
            "owner.team",
            "owner.email",
            "owner.cost_centre",
            *(f"cost_tags.{d}" for d in ("tool", "project", "environment") if d not in self.tags),
            *([] if self.limit_usd else ["budget.monthly_limit_usd"]),
            *(f"models.{each.alias}.model" for each in self.models if each.model is None),
        ]
