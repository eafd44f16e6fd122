import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.operations.progress import Progress, progress
from finops_constructs.operations.status_answer import parse_status
from tests.operations.fake_platform import LIMIT, ORDERED, order, status

STATES = ["active", "held", "resuming", "suspending", "applied", "confirmed"]
OVERRIDE = {"reason": "close", "actor": "jo"}
ORDERS = [
    {"command": "suspend"},
    {"command": "suspend", "alias": "smart"},
    {"command": "resume"},
    {"command": "resume", "alias": "smart"},
    {"command": "override"},
    {"command": "approve", "reject": False},
    {"command": "approve", "reject": True},
]


def _progress(given_order, *, decided=1.0, **changes):
    return progress(given_order, parse_status(status(decided=decided, **changes)))


def test_a_stop_is_reached_only_when_every_alias_was_read_back():
    both = {"fast": "applied", "smart": "applied"}
    assert _progress(order(), aliases=both) == Progress(stage="applied", done=True, reached=True)
    half = _progress(order(), aliases=both | {"fast": "suspending"})
    assert half == Progress(stage="suspending")
    assert _progress(order(), aliases=both | {"smart": "confirmed"}).stage == "applied"


def test_a_tenant_wide_stop_and_resume_wait_for_the_roles_policy_too():
    tagged = {"fast": "applied", "smart": "applied"}
    assert _progress(order(), state="suspending", aliases=tagged) == Progress(stage="suspending")
    untagged = {"fast": "active", "smart": "active"}
    resuming = _progress(order("resume"), state="resuming", aliases=untagged)
    assert resuming == Progress(stage="resuming")


def test_a_stop_of_one_alias_does_not_look_at_the_others():
    states = {"fast": "active", "smart": "applied"}
    assert _progress(order(alias="smart"), aliases=states).reached
    assert not _progress(order(alias="fast"), aliases=states).reached


def test_a_profile_stopped_since_earlier_proves_nothing_before_the_switch_has_looked():
    assert _progress(order(), decided=-1, state="applied") == Progress(stage="accepted")
    assert _progress(order("resume"), decided=-1, state="active") == Progress(stage="accepted")


def test_what_is_on_its_way_is_shown_before_the_switch_has_finished():
    assert _progress(order(), decided=-1, state="suspending").stage == "suspending"
    assert _progress(order("resume"), decided=-1, state="resuming").stage == "resuming"


def test_an_alias_the_platform_does_not_list_yet_is_waited_for():
    found = _progress(order(alias="drill-1a2b3c4d"), state="active")
    assert (found.stage, found.done) == ("accepted", False)


def test_a_resume_that_something_else_still_stops_is_over_and_says_why():
    found = _progress(order("resume"), state="applied", why=[LIMIT])
    assert (found.done, found.reached) == (True, False)
    assert found.detail == f"monthly-limit: {LIMIT['text']}"


def test_a_resume_of_one_alias_names_only_its_own_reasons():
    other = LIMIT | {"scope": "fast", "code": "burst"}
    found = _progress(order("resume", alias="smart"), state="applied", why=[ORDERED, other])
    assert found.detail == f"ordered: {ORDERED['text']}"


def test_a_held_tenant_was_not_resumed():
    assert _progress(order("resume"), state="held") == Progress(stage="held", done=True)


def test_an_override_is_reached_when_all_is_active_again():
    assert _progress(order("override"), state="active", override=OVERRIDE).reached
    assert not _progress(order("override"), state="resuming", override=OVERRIDE).done


def test_a_rejected_stop_is_reached_while_active_and_an_approved_one_while_stopped():
    assert _progress(order("approve", reject=True), state="active").reached
    assert _progress(order("approve", reject=True), state="applied").done
    assert _progress(order("approve", reject=False), state="applied").reached
    assert not _progress(order("approve", reject=False), state="active").done


def test_canaries_of_drills_are_no_part_of_a_tenant_wide_order():
    aliases = {"smart": "applied", "drill-1a2b3c4d": "active"}
    assert _progress(order(), aliases=aliases).reached


def test_a_platform_that_does_not_say_when_it_looked_is_believed_only_when_the_goal_is_met():
    silent = parse_status(status(state="applied") | {"decided_at": None})
    assert progress(order(), silent).reached
    assert progress(order("resume"), silent) == Progress(stage="applied")


@given(
    given=st.sampled_from(ORDERS),
    states=st.lists(st.sampled_from(STATES), min_size=2, max_size=2),
    decided=st.sampled_from([-1.0, 1.0]),
)
def test_nothing_is_claimed_that_was_not_read_back(given, states, decided):
    request = dict(given)
    about = order(request.pop("command"), alias=request.pop("alias", None), **request)
    found = _progress(about, decided=decided, aliases={"fast": states[0], "smart": states[1]})
    if about.alias is not None:
        states = states[1:]
    stops = given["command"] == "suspend" or given.get("reject") is False
    wanted = {"applied", "confirmed"} if stops else {"active"}
    assert found.reached == (decided > 0 and set(states) <= wanted)
    assert found.done or not found.reached


@pytest.mark.parametrize("request_", ORDERS)
def test_a_tenant_without_profiles_goes_by_its_own_state(request_):
    request = dict(request_)
    about = order(request.pop("command"), **{k: v for k, v in request.items() if k != "alias"})
    assert _progress(about, state="applied", aliases={}).stage == "applied"
