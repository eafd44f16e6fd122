from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.audit.retention import (
    IRREVERSIBLE,
    PRESETS,
    EarlierRetention,
    LockMode,
    Retention,
)

DECIDED: dict[str, Any] = {
    "mode": LockMode.COMPLIANCE,
    "owner": "Head of Records",
    "declared_on": date(2026, 11, 24),
    "irreversible": IRREVERSIBLE,
}


def test_the_default_is_a_policy_choice_and_says_so():
    kept = Retention()
    assert (kept.days, kept.mode) == (400, "GOVERNANCE")
    assert "policy choice, not a legal requirement" in kept.statement


def test_presets_count_leap_days_and_name_their_source():
    days = {name: preset.days for name, preset in PRESETS.items()}
    assert days == {"ai-act-floor": 184, "five-years": 1827, "seven-years": 2557, "ten-years": 3653}
    assert Retention.preset("five-years").basis == PRESETS["five-years"].source


@given(st.integers(-10, 183))
def test_fails_when_it_is_below_the_floor(days):
    with pytest.raises(ValueError, match=r"days: must be 184 .* to 36500, got"):
        Retention(days=days)


@given(st.integers(184, 5000), st.integers(1, 5000))
def test_nothing_shorter_than_before_is_accepted(days, before):
    earlier = (EarlierRetention(days=before),)
    if days < before:
        with pytest.raises(ValueError, match=f"{days} is shorter than the {before} declared"):
            Retention(days=days, earlier=earlier)
    else:
        assert Retention(days=days, earlier=earlier).days == days


def test_compliance_is_taken_at_its_word():
    assert Retention(**DECIDED).mode is LockMode.COMPLIANCE


@pytest.mark.parametrize("missing", ["owner", "declared_on", "irreversible"])
def test_fails_when_compliance_lacks_who_when_or_the_sentence(missing):
    with pytest.raises(ValueError, match=missing):
        Retention(**{**DECIDED, missing: None})


def test_fails_when_compliance_is_taken_back():
    with pytest.raises(ValueError, match="GOVERNANCE is weaker than the COMPLIANCE"):
        Retention(earlier=(EarlierRetention(days=400, mode=LockMode.COMPLIANCE),))


def test_all_faults_are_told_at_once_and_an_unknown_preset_names_the_known():
    with pytest.raises(ValueError, match=r"days.*basis.*owner"):
        Retention(days=1, basis=" ", mode=LockMode.COMPLIANCE)
    with pytest.raises(ValueError, match="one of ai-act-floor, five-years"):
        Retention.preset("forever")


def test_a_report_never_claims_what_only_a_lawyer_may():
    for kept in (Retention(), Retention(**DECIDED), *(Retention.preset(p) for p in PRESETS)):
        said = kept.statement.lower()
        assert not any(word in said for word in ("compliant", "certified", "guarantee"))
