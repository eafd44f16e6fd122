"""Whether records can be altered before their time, and how long that is."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.template import Resource
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.finding import ABSENT, Finding, equals, text_of

# Six calendar months are 181 to 184 days.
FLOOR_DAYS: Final = 184
_DAYS_OF_A_YEAR: Final = Decimal("365.25")
_RETENTION: Final = "ObjectLockConfiguration.Rule.DefaultRetention"


def retention(bucket: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge the period for which the lock holds every new version."""
    days, years = text_of(bucket, f"{_RETENTION}.Days"), text_of(bucket, f"{_RETENTION}.Years")
    name = "Years" if days == ABSENT and years != ABSENT else "Days"
    shown = years if name == "Years" else days
    amount = _days(shown, name)
    holds = amount is not None and amount >= FLOOR_DAYS
    met = "met" if holds else "not met"
    yield Finding(
        property=f"{_RETENTION}.{name}",
        value=shown,
        verdict=Verdict.SUPPORTS if holds else Verdict.NOT_EVIDENCED,
        note=f"Floor of six months (Articles 19(1), 26(6)), taken as {FLOOR_DAYS} days: {met}",
        amount=amount,
    )


def immutable(bucket: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge versioning, lock and mode: COMPLIANCE binds everybody, GOVERNANCE not all."""
    yield equals(bucket, "VersioningConfiguration.Status", "Enabled")
    yield equals(bucket, "ObjectLockEnabled", "true")
    mode = text_of(bucket, f"{_RETENTION}.Mode")
    verdicts = {"COMPLIANCE": Verdict.SUPPORTS, "GOVERNANCE": Verdict.PARTIALLY_SUPPORTS}
    yield Finding(
        property=f"{_RETENTION}.Mode",
        value=mode,
        verdict=verdicts.get(mode, Verdict.NOT_EVIDENCED),
        note=""
        if mode == "COMPLIANCE"
        else "whoever may bypass governance retention can delete; "
        "COMPLIANCE binds everybody, root included",
    )


def _days(text: str, unit: str) -> Decimal | None:
    if not text.isdecimal():
        return None
    return Decimal(text) if unit == "Days" else (Decimal(text) * _DAYS_OF_A_YEAR).to_integral()
