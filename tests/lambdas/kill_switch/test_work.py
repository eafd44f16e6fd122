"""Whatever the registry says, a tenant's work touches that tenant's own things only."""

from collections import deque
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kill_switch.calls import Call, Result
from kill_switch.work import TenantWork
from shared.decision_types import SUSPENDED
from shared.registry import Caller, ProfileEntry
from shared.tenant_state import TenantState
from tests.lambdas.platform_under_test import PLACE, policy_arn, profile_arn, role_arn
from tests.lambdas.shared.decision_inputs import NOW

ALIASES = ("a", "b", "c")
ROLES = ("app", "batch", "shared")
states = st.sampled_from(["active", "suspended"])
OLD = "a/old1"
LEFT_BEHIND = "gone/old2"


def entry(alias, arn=""):
    arn = arn or profile_arn("writer", alias)
    return ProfileEntry(
        tenant="writer",
        alias=alias,
        base_model_id="m",
        model_source="m",
        region="eu-west-1",
        profile_arn=arn,
        profile_id=arn.rpartition("/")[2],
        metered=True,
        rates=None,
        price_source="",
        price_as_of=None,
        hourly_cap_usd=None,
        burst_alarm_name=None,
    )


class World:
    """Tags and attachments, some calls of which fail."""

    def __init__(self, tags, attached, failing):
        self.tags, self.attached, self.failing = dict(tags), set(attached), failing
        self.made: list[Call] = []

    def make(self, call):
        self.made.append(call)
        if (call.kind, call.target) in self.failing:
            return Result(failure=("throttled", "slow down"))
        if call.kind == "read-tag":
            return Result(tag=self.tags[call.target])
        if call.kind == "read-roles":
            return Result(roles=tuple(self.attached))
        if call.kind in {"tag", "untag"}:
            self.tags[call.target] = "suspended" if call.kind == "tag" else ""
        elif call.kind == "attach":
            self.attached.add(call.target)
        else:
            self.attached.discard(call.target)
        return Result()

    def run(self, work):
        queue = deque(work.first_calls())
        while queue:
            call = queue.popleft()
            queue.extend(work.after(call, self.make(call)))
        return work.outcome()


worlds = st.builds(
    World,
    tags=st.fixed_dictionaries({a: st.sampled_from(["", "suspended"]) for a in ALIASES}),
    attached=st.sets(st.sampled_from(ROLES)),
    failing=st.just(frozenset()),
)
faulty_worlds = st.builds(
    World,
    tags=st.fixed_dictionaries({a: st.sampled_from(["", "suspended"]) for a in ALIASES}),
    attached=st.sets(st.sampled_from(ROLES)),
    failing=st.frozensets(
        st.tuples(
            st.sampled_from(["tag", "untag", "read-tag", "attach", "detach", "read-roles"]),
            st.sampled_from([*ALIASES, *ROLES, ""]),
        )
    ),
)
decided = st.builds(
    TenantState,
    desired=st.fixed_dictionaries(dict.fromkeys(ALIASES, states)),
    tenant_wide=st.booleans(),
    attached=st.none() | st.sets(st.sampled_from(ROLES)).map(lambda roles: tuple(sorted(roles))),
    changed_at=st.none() | st.just(NOW),
)


def work_of(state, **changes):
    base = TenantWork(
        tenant="writer",
        state=state,
        profiles={alias: entry(alias) for alias in ALIASES},
        claimed=(),
        callers=tuple(
            Caller(tenant="writer", role_arn=role_arn(role), shared_with=()) for role in ROLES
        ),
        policy_arn=policy_arn("writer"),
        place=PLACE,
        now=NOW,
        check=True,
    )
    return replace(base, **changes)


def settled(state, world):
    desired = {alias: tag == "suspended" for alias, tag in world.tags.items()}
    return desired == {a: state.desired[a] == "suspended" for a in ALIASES} and (
        set(ROLES) <= world.attached if state.tenant_wide else not world.attached
    )


@given(decided, worlds)
def test_without_faults_one_turn_brings_about_what_is_desired_and_claims_just_that(state, world):
    outcome = world.run(work_of(state))
    assert settled(state, world)
    assert {a: s.tag for a, s in outcome.profiles.items()} == dict(state.desired)
    assert outcome.attached == tuple(sorted(world.attached))
    assert outcome.failures == {}
    assert outcome.checked_at == NOW


@given(decided, faulty_worlds)
def test_with_faults_nothing_is_claimed_that_is_not_so_and_all_is_well_after_them(state, world):
    outcome = world.run(work_of(state))
    for alias, seen in outcome.profiles.items():
        if seen.tag is not None and ("read-tag", alias) not in world.failing:
            assert seen.tag == ("suspended" if world.tags[alias] else "active")
    if not settled(state, world):
        assert outcome.failures
    world.failing = frozenset()
    after = replace(outcome, failures={})
    world.run(work_of(after))
    assert settled(state, world)


@given(
    decided,
    worlds,
    st.fixed_dictionaries(
        {
            alias: st.sampled_from(
                [
                    profile_arn("writer", alias),
                    profile_arn("writer", alias).replace("eu-west-1", "eu-west-2"),
                    profile_arn("writer", alias).replace("123456789012", "999999999999"),
                    "arn:aws:bedrock:eu-west-1::foundation-model/m",
                    "arn:aws:s3:::bucket",
                ]
            )
            for alias in ALIASES
        }
    ),
    st.sampled_from(
        [
            policy_arn("writer"),
            policy_arn("reader"),
            policy_arn("writer").replace("/eu-west-1/", "/eu-west-2/"),
            "arn:aws:iam::aws:policy/AdministratorAccess",
        ]
    ),
    st.lists(
        st.sampled_from(
            [
                role_arn("app"),
                role_arn("own", "/finops/eu-west-1/"),
                role_arn("sso", "/aws-reserved/sso.amazonaws.com/"),
                role_arn("linked", "/aws-service-role/x/"),
                role_arn("app").replace("123456789012", "999999999999"),
            ]
        ),
        unique=True,
    ),
)
def test_nothing_out_of_reach_is_ever_touched(state, world, arns, policy, roles):
    work = work_of(
        state,
        profiles={alias: entry(alias, arn) for alias, arn in arns.items()},
        policy_arn=policy,
        callers=tuple(Caller(tenant="writer", role_arn=r, shared_with=()) for r in roles),
    )
    world.run(work)
    for call in world.made:
        if call.kind in {"tag", "untag", "read-tag"}:
            assert call.arn == profile_arn("writer", call.target)
        else:
            assert call.arn == policy_arn("writer")
        if call.kind == "attach":
            assert call.target == "app"


def former(key):
    alias, _, profile_id = key.partition("/")
    return replace(entry(alias, profile_arn("writer", profile_id)), replaced_at=NOW)


def work_with_replaced(state):
    profiles = {alias: entry(alias) for alias in ALIASES}
    return work_of(state, profiles=profiles | {key: former(key) for key in (OLD, LEFT_BEHIND)})


def world_with_replaced():
    return World(dict.fromkeys([*ALIASES, OLD, LEFT_BEHIND], ""), (), frozenset())


def test_a_replaced_profile_is_called_by_its_alias_and_id():
    assert former(OLD).key == "a/writerold1"
    assert entry("a").key == "a"


@given(decided)
def test_what_an_alias_led_to_before_is_stopped_and_released_with_it(state):
    world = world_with_replaced()
    outcome = world.run(work_with_replaced(state))
    assert world.tags[OLD] == world.tags["a"]
    assert (world.tags[LEFT_BEHIND] == "suspended") is state.tenant_wide
    assert {key: seen.tag for key, seen in outcome.profiles.items()} == {
        key: tag or "active" for key, tag in world.tags.items()
    }
    assert outcome.failures == {}


def test_a_replaced_profile_that_is_gone_is_no_failure():
    class Gone(World):
        def make(self, call):
            if call.target == OLD:
                return Result(failure=("gone", "no such profile"))
            return super().make(call)

    world = Gone(dict.fromkeys([*ALIASES, OLD, LEFT_BEHIND], ""), (), frozenset())
    stopped = TenantState(desired=dict.fromkeys(ALIASES, SUSPENDED), tenant_wide=True)
    outcome = world.run(work_with_replaced(stopped))
    assert not [target for target in outcome.failures if OLD in target]
