from dataclasses import replace

import pytest

from shared.reported_state import alias_state, tenant_state
from shared.tenant_state import ProfileState, TenantState
from tests.lambdas.kill_switch.test_work import entry
from tests.lambdas.shared.decision_inputs import NOW

ENTRY = entry("smart")


def profile(tag, **more):
    return ProfileState(arn=ENTRY.profile_arn, tag=tag, **more)


def state(desired, seen=None, **more):
    return TenantState(desired={"smart": desired}, profiles={"smart": seen} if seen else {}, **more)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (state("active"), "active"),
        (state("active", changed_at=NOW), "resuming"),
        (state("active", profile("active"), changed_at=NOW), "active"),
        (state("active", profile("suspended")), "resuming"),
        (state("suspended"), "suspending"),
        (state("suspended", profile("active")), "suspending"),
        (state("suspended", profile("suspended", applied_at=NOW)), "applied"),
        (
            state("suspended", profile("suspended", applied_at=NOW, confirmed_at=NOW)),
            "confirmed",
        ),
        (state("suspended", replace(profile("suspended"), arn="arn:of:the:old:one")), "suspending"),
    ],
)
def test_an_alias_is_what_was_read_back_of_the_profile_it_has_now(given, said):
    assert alias_state(given, "smart", ENTRY) == said


def test_an_alias_is_stopped_only_when_the_profiles_it_led_to_before_are():
    stopped = profile("suspended", applied_at=NOW, confirmed_at=NOW)

    def said(desired, old):
        seen = {"smart": stopped if desired == "suspended" else profile("active"), "smart/x": old}
        whole = TenantState(desired={"smart": desired}, profiles=seen, changed_at=NOW)
        return alias_state(whole, "smart", ENTRY)

    old = ProfileState(arn="arn:old")
    assert said("suspended", old) == "suspending"
    assert said("suspended", replace(old, tag="active")) == "suspending"
    assert said("suspended", replace(old, tag="suspended", applied_at=NOW)) == "applied"
    assert said("suspended", replace(stopped, arn="arn:old")) == "confirmed"
    assert said("active", replace(old, tag="suspended")) == "resuming"
    assert said("active", replace(old, tag="active")) == "active"


def test_a_tenant_is_applied_only_with_every_tag_and_every_editable_role():
    stopped = profile("suspended", applied_at=NOW)
    profiles = {"smart": ENTRY, "fast": entry("fast")}
    whole = TenantState(
        desired={"smart": "suspended", "fast": "suspended"},
        tenant_wide=True,
        profiles={"smart": stopped, "fast": replace(stopped, arn=profiles["fast"].profile_arn)},
        attached=("app",),
    )
    assert tenant_state(whole, profiles, ["app"]) == "applied"
    assert tenant_state(whole, profiles, ["app", "batch"]) == "suspending"
    assert tenant_state(replace(whole, attached=None), profiles, ["app"]) == "suspending"
    assert tenant_state(replace(whole, profiles={}), profiles, ["app"]) == "suspending"
    confirmed = {a: replace(s, confirmed_at=NOW) for a, s in whole.profiles.items()}
    assert tenant_state(replace(whole, profiles=confirmed), profiles, ["app"]) == "confirmed"


def test_one_stopped_alias_leaves_the_tenant_active_and_all_of_them_do_not():
    seen = {"smart": profile("suspended", applied_at=NOW)}
    one = TenantState(desired={"smart": "suspended", "fast": "active"}, profiles=seen)
    assert tenant_state(one, {"smart": ENTRY, "fast": entry("fast")}, []) == "active"
    assert tenant_state(one, {"smart": ENTRY}, []) == "applied"


def test_a_canary_does_not_count():
    seen = {"smart": profile("suspended", applied_at=NOW)}
    canary = replace(ENTRY, canary=True)
    one = TenantState(desired={"smart": "suspended"}, profiles=seen)
    assert tenant_state(one, {"smart": canary}, []) == "active"


def test_a_policy_still_attached_is_resuming():
    lifted = TenantState(desired={"smart": "active"}, attached=("app",))
    assert tenant_state(lifted, {"smart": ENTRY}, ["app"]) == "resuming"
