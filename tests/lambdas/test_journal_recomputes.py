"""Whatever persons say and however time passes, the journal alone gives the present state."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from commands.identity import Actor
from commands.refusal import RefusedError
from commands.request import parse_request
from kill_switch.clock import Clock
from kill_switch.hints import Hint
from kill_switch.reconciled import SOURCE, parse_reconciled, with_estimates
from kill_switch.settings import Settings
from kill_switch.switch import Switch
from shared.corrections import correction_of, is_correction
from shared.journal import of_state, recompute
from shared.json_values import plain
from shared.ledger import alias_key, read_alias_items
from shared.registry import load_registry
from shared.registry_cache import RegistryCache
from shared.state_table import PLATFORM
from shared.utc_months import month_end
from tests.lambdas.commands_under_test import commands_service
from tests.lambdas.fake_aws import InlineExecutor
from tests.lambdas.invocations import policy_entry, profile_entry
from tests.lambdas.memory_aws import MemoryAccount
from tests.lambdas.model_world import (
    ALIASES,
    KIM,
    PLACE,
    REGION,
    policy_of,
    profile_of,
)

TENANT = "writer"
BURST = f"finops-burst-{REGION}-{TENANT}-smart"

scopes = st.sampled_from([{}, {"alias": "smart"}])
amounts = st.integers(-30, 30).filter(bool).map(lambda usd: {"usd": str(usd)})
steps = st.lists(
    st.one_of(
        st.tuples(st.just("spend"), st.integers(1, 60)),
        st.tuples(st.just("pass"), st.integers(1, 600)),
        st.tuples(st.just("bill"), st.integers(0, 4)),
        st.sampled_from([("month-end", 0), ("burst", 0), ("calm", 0), ("run", 0)]),
        st.tuples(st.just("suspend"), scopes),
        st.tuples(st.just("resume"), scopes),
        st.tuples(st.just("override"), st.just({"minutes": 60, "up_to_usd": "80"})),
        st.tuples(st.just("approve"), st.sampled_from([{}, {"reject": True}])),
        st.tuples(st.just("pause"), st.just({"minutes": 90})),
        st.tuples(st.just("end-pause"), st.just({})),
        st.tuples(st.just("pause-all"), st.just({"minutes": 30})),
        st.tuples(st.just("end-pause-all"), st.just({})),
        st.tuples(st.just("adjust"), amounts),
        st.tuples(st.just("reprice"), st.lists(amounts, min_size=1, max_size=3)),
    ),
    max_size=25,
)


class World:
    """One tenant of $50 a month and a daily cap, people, and time."""

    def __init__(self, mode):
        self.services = MemoryAccount()
        self.now = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
        self.seconds = 0.0
        for alias in ALIASES:
            entry = profile_entry(TENANT, alias)
            entry["burst_alarm_name"] = f"finops-burst-{REGION}-{TENANT}-{alias}"
            self.services.put(f"/finops/{TENANT}/profiles/{alias}", entry)
            self.services.bedrock.create(profile_of(TENANT, alias))
        policy = policy_entry(TENANT, monthly_limit_usd="50", mode=mode, daily_cap_usd="45")
        policy["suspension_policy_arn"] = policy_of(TENANT)
        self.services.put(f"/finops/{TENANT}/policy", policy)
        role = f"arn:aws:iam::{PLACE.account}:role/app"
        self.services.put(f"/finops/{TENANT}/callers/app", {"role_arn": role})
        self.commands = commands_service(self)
        self.switch = Switch(
            settings=Settings(
                ledger_table="finops-ledger",
                state_table="finops-state",
                wake_queue_url="wake",
                platform_topic_arn="platform",
                registry_ttl_seconds=60,
                place=PLACE,
            ),
            client=self.services,
            registry=RegistryCache(
                lambda: load_registry(self.services("ssm")),
                seconds=lambda: self.seconds,
                ttl_seconds=60,
            ),
            clock=Clock(now=lambda: self.now, seconds=lambda: self.seconds, sleep=self.sleep),
            executor=InlineExecutor(),
        )

    def do(self, what, how):
        if what == "spend":
            key = alias_key(TENANT, "smart", self.now.date())
            item = self.services.ledger.items.setdefault((key["pk"], key["sk"]), dict(key))
            hour = f"h{self.now.hour:02}"
            item[hour] = item.get(hour, 0) + how * 1_000_000
        elif what == "pass":
            self.later(timedelta(minutes=how))
        elif what == "month-end":
            self.later(month_end(self.now) + timedelta(minutes=10) - self.now)
        elif what == "bill":
            self.bill(how)
        elif what in {"burst", "calm"}:
            self.services.alarms = {BURST: self.now} if what == "burst" else {}
        elif what != "run":
            self.order(what, how)
        self.later(timedelta(seconds=1))
        self.switch.run(Hint(everybody=True), seconds_left=200)

    def bill(self, usd):
        """The lake tells this month's days, each billed alike."""
        days = {f"{self.now:%Y-%m}-{day:02}": str(usd) for day in range(1, self.now.day)}
        detail = {
            "tenant": TENANT,
            "period": f"{self.now:%Y-%m}",
            "billed_usd": str(usd * len(days)),
            "as_of": self.now.isoformat(),
            "days": days,
        }
        _, record = parse_reconciled(detail, self.now)
        items = read_alias_items(self.services("dynamodb"), "finops-ledger", TENANT, self.now)
        self.switch.table.store_billed(TENANT, SOURCE, with_estimates(record, items))

    def order(self, what, how):
        body = {"command": what.removesuffix("-all"), "reason": "because"}
        body |= {"amounts": how} if what == "reprice" else how
        body |= {"all": True} if what.endswith("-all") else {"tenant": TENANT}
        try:
            self.commands.answer(parse_request({"body": json.dumps(body)}), Actor(KIM))
        except RefusedError:
            return

    def sleep(self, seconds):
        self.seconds += seconds

    def later(self, step):
        self.now += step
        self.seconds += step.total_seconds()

    def journal(self, partition):
        return [
            json.loads(item["doc"]["S"])
            for (pk, sk), item in sorted(self.services.state.items.items())
            if pk == partition and sk.startswith("JOURNAL#")
        ]

    def words(self, partition):
        kinds = ("ORDER", "RESUME", "APPROVAL", "OVERRIDE", "PAUSE")
        return {
            sk: json.loads(item["doc"]["S"])
            for (pk, sk), item in self.services.state.items.items()
            if pk == partition and sk.startswith(kinds)
        }

    def corrections(self):
        return [
            plain(correction_of(item))
            for (pk, sk), item in self.services.ledger.items.items()
            if pk == TENANT and is_correction(sk.split("#", 2)[2])
        ]

    def state(self):
        item = self.services.state.items.get((TENANT, "STATE"))
        return None if item is None else json.loads(item["doc"]["S"])


@given(st.sampled_from(["enforce", "approve", "shadow"]), steps)
@settings(max_examples=60)
def test_the_journal_alone_gives_the_present_state(mode, sequence):
    world = World(mode)
    for what, how in sequence:
        world.do(what, how)
    found = recompute(world.journal(TENANT))
    state = world.state()
    if state is not None:
        stored = of_state(state)
        assert found.decided == stored.decided
        assert found.profiles == stored.profiles
        assert (found.attached, found.failures) == (stored.attached, stored.failures)
    assert found.words == world.words(TENANT)
    assert found.corrections == world.corrections()
    assert recompute(world.journal(PLATFORM)).words == world.words(PLATFORM)
