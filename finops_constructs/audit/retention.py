"""How long the log is kept, who decided it, and on what basis. Imports no aws_cdk.

The figures rest on the texts quoted in docs/audit-log.md: the AI Act names one period only, "at
least six months" (Articles 19(1) and 26(6)); everything longer follows from other law or policy.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Final

FLOOR_DAYS: Final = 184
"""Six calendar months are 181 to 184 days."""
DEFAULT_DAYS: Final = 400
MOST_DAYS: Final = 36_500
"""What S3 allows as default retention (100 years)."""
IRREVERSIBLE: Final = "nobody, root included, can undo this"


class LockMode(StrEnum):
    """How versions are locked (S3 Object Lock)."""

    GOVERNANCE = "GOVERNANCE"
    """Deletable early by whoever may bypass it; the bucket policy allows nobody to."""
    COMPLIANCE = "COMPLIANCE"
    """Deletable early by nobody, the account's root included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A usual period.

    Attributes:
        days: Its days, leap days included.
        source: Where the period comes from.
    """

    days: int
    source: str


PRESETS: Final[Mapping[str, Preset]] = {
    "ai-act-floor": Preset(
        days=FLOOR_DAYS,
        source="Regulation (EU) 2024/1689, Articles 19(1) and 26(6): at least six months",
    ),
    "five-years": Preset(
        days=1827,
        source="five years: MiFID II Article 16(7), FCA SYSC 9.1, for the records they are about",
    ),
    "seven-years": Preset(
        days=2557,
        source="seven years: MiFID II Article 16(7), where the competent authority requests it",
    ),
    "ten-years": Preset(
        days=3653,
        source="ten years: the period of Regulation (EU) 2024/1689, Article 18(1), which is about "
        "documentation, not logs",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRetention:
    """What was declared before; nothing shorter or weaker may follow."""

    days: int
    mode: LockMode = LockMode.GOVERNANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """A declared retention.

    Example:
        Retention(days=1827, mode=LockMode.COMPLIANCE, basis="SYSC 9.1 for MiFID business",
                  owner="Head of Records", declared_on=date(2026, 11, 26),
                  irreversible="nobody, root included, can undo this")

    Attributes:
        days: For how long every version is kept. Default: 400.
        mode: How it is locked. Default: GOVERNANCE.
        basis: Why so long, in words. Default: that it is a policy choice.
        owner: Who decided it. Default: nobody is named; COMPLIANCE requires somebody.
        declared_on: When. Default: not known; COMPLIANCE requires a date.
        irreversible: For COMPLIANCE the sentence `IRREVERSIBLE`, word by word. Default: none.
        earlier: What was declared before. Default: nothing.

    Raises:
        ValueError: If a value is not allowed; all faults are named at once.
    """

    days: int = DEFAULT_DAYS
    mode: LockMode = LockMode.GOVERNANCE
    basis: str = "policy choice, not a legal requirement"
    owner: str | None = None
    declared_on: date | None = None
    irreversible: str | None = None
    earlier: Sequence[EarlierRetention] = ()

    def __post_init__(self) -> None:
        """Refuse what is not allowed."""
        faults = [f"{name}: {problem}" for name, problem in retention_faults(self)]
        if faults:
            raise ValueError("retention: " + "; ".join(faults))

    @classmethod
    def preset(cls, name: str, **declared: object) -> "Retention":
        """Return a usual period.

        Args:
            name: One of `PRESETS`.
            **declared: The other attributes; `basis` defaults to the preset's source.

        Raises:
            ValueError: If there is no such preset, or a value is not allowed.
        """
        if name not in PRESETS:
            raise ValueError(f"retention: preset {name!r} is not one of {', '.join(PRESETS)}")
        usual = PRESETS[name]
        return cls(**{"days": usual.days, "basis": usual.source, **declared})  # type: ignore[arg-type] # checked there

    @classmethod
    def unchecked(cls, **attributes: object) -> "Retention":
        """Return one that may have faults, for `retention_faults` to tell.

        Args:
            **attributes: The attributes.
        """
        made = object.__new__(cls)
        for each in fields(cls):
            object.__setattr__(made, each.name, attributes.get(each.name, each.default))
        return made

    @property
    def statement(self) -> str:
        """What a report may say of it."""
        by = f" by {self.owner}" if self.owner else ""
        on = f" on {self.declared_on.isoformat()}" if self.declared_on else ""
        met = "met" if self.days >= FLOOR_DAYS else "not met"
        return (
            f"Configured retention {self.days} days, mode {self.mode}. Floor of six months "
            f"(Articles 19(1), 26(6)): {met}. For financial institutions under Union financial "
            "services law the Act sets no separate period; they keep logs as part of the "
            f"documentation under that law. Declared{by}{on}, basis: {self.basis}"
        )


def retention_faults(retention: Retention) -> Iterator[tuple[str, str]]:
    """Yield what is not allowed of a retention, as (attribute, problem)."""
    if not FLOOR_DAYS <= retention.days <= MOST_DAYS:
        allowed = f"{FLOOR_DAYS} (six calendar months, as Articles 19(1) and 26(6)) to {MOST_DAYS}"
        yield "days", f"must be {allowed}, got {retention.days}"
    if not retention.basis.strip():
        yield "basis", "must say in words why the log is kept so long"
    if retention.mode is LockMode.COMPLIANCE:
        yield from _compliance_faults(retention)
    for each in retention.earlier:
        if retention.days < each.days:
            yield "days", f"{retention.days} is shorter than the {each.days} declared before"
        if each.mode is LockMode.COMPLIANCE and retention.mode is LockMode.GOVERNANCE:
            yield "mode", "GOVERNANCE is weaker than the COMPLIANCE declared before"


def _compliance_faults(retention: Retention) -> Iterator[tuple[str, str]]:
    if not retention.owner:
        yield "owner", "COMPLIANCE needs somebody who has decided it"
    if retention.declared_on is None:
        yield "declared_on", "COMPLIANCE needs the date on which it was decided"
    if retention.irreversible != IRREVERSIBLE:
        yield (
            "irreversible",
            f"COMPLIANCE needs the sentence {IRREVERSIBLE!r}, got {retention.irreversible!r}",
        )
