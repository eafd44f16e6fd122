"""`audit_log` of `config/platform.yaml`: how the write-once log is kept."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from finops_constructs.audit.retention import MOST_DAYS, LockMode
from finops_constructs.config.names import AccountId, Flag
from finops_constructs.config.patterns import PRINCIPAL_ARN_PATTERN, ROLE_ARN_PATTERN

PresetName = Literal["ai-act-floor", "five-years", "seven-years", "ten-years"]
_RoleArn = Annotated[str, Field(pattern=ROLE_ARN_PATTERN)]
_MOST_CONTENT_DAYS: Final = 90


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class EarlierRetention(_Section):
    """A retention that was declared before."""

    days: Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)]
    """Its days."""
    mode: LockMode = LockMode.GOVERNANCE
    """Its mode."""


class Retention(_Section):
    """How long every version is kept, who decided it, and on what basis."""

    mode: LockMode = LockMode.GOVERNANCE
    """GOVERNANCE, or COMPLIANCE, which nobody can undo."""
    days: Annotated[int | None, Field(ge=1, le=MOST_DAYS, strict=True)] = None
    """Days; at least 184. Default: the preset's, else 400, a policy choice."""
    preset: PresetName | None = None
    """A usual period instead of days."""
    basis: Annotated[str | None, Field(min_length=10, max_length=500)] = None
    """Why so long, in words. Default: the preset's source, else that it is a policy choice."""
    owner: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    """Who decided it; COMPLIANCE needs somebody."""
    declared_on: date | None = None
    """When; COMPLIANCE needs a date."""
    irreversible: Annotated[str | None, Field(max_length=100)] = None
    """For COMPLIANCE, word by word: nobody, root included, can undo this."""
    earlier: list[EarlierRetention] = []
    """What was declared before: nothing shorter or weaker is accepted."""


class AuditLog(_Section):
    """How the write-once log is kept."""

    retention: Retention = Retention()
    """How long, who decided it, and on what basis."""
    archive_account: AccountId | None = None
    """The account of the locked buckets. Default: each platform's own."""
    content: Literal["none", "full"] = "none"
    """Whether Bedrock logs prompts and answers; they are personal data and never locked."""
    content_days: Annotated[int, Field(ge=1, le=_MOST_CONTENT_DAYS, strict=True)] = 7
    """How long content is kept in its own bucket."""
    sign: Flag = False
    """Sign every manifest with an asymmetric key ($1 a month)."""
    cold_after_days: Annotated[int, Field(ge=30, le=MOST_DAYS, strict=True)] = 90
    """When objects move to colder storage."""
    names_days: Annotated[int | None, Field(ge=1, le=MOST_DAYS, strict=True)] = None
    """How long a name is known by its pseudonym. Default: as long as the log is kept."""
    request_metadata: list[Annotated[str, Field(min_length=1, max_length=256)]] = []
    """Keys of the requests' metadata whose values are locked as they are; others' are replaced."""
    access_trail: Flag = True
    """A trail of who looks up names and reads the log. False where another has these events."""
    readers: list[_RoleArn] = []
    """Roles of other accounts than the locked bucket's that may read it."""
    legal_hold_roles: list[_RoleArn] = []
    """Who alone may set and lift legal holds. Default: whoever IAM allows to."""
    auditors: list[Annotated[str, Field(pattern=PRINCIPAL_ARN_PATTERN)]] = []
    """Roles and users, of any account, that may take the read-only auditor role. Default: there is
    no such role."""
