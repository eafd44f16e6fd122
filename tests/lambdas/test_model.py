"""Meter and kill switch against a reference, while everything that can go wrong does.

Events are doubled, reordered, late or lost; functions die between any two steps; AWS throttles or
does what it is told without answering; clocks differ; people suspend and resume. The reference is
a sum of integers and a list of reasons. What must hold all the time: money is counted at most once,
and nobody is stopped who never gave a reason. What must hold once the faults end: every record is
counted exactly once, and exactly who is to be stopped is.
"""

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from kill_switch.hints import Hint, hint_of
from shared.decision_types import Order, Resume
from shared.registry import load_registry
from tests.lambdas.invocations import delivery, event, record
from tests.lambdas.model_world import (
    ALIASES,
    KIM,
    LIMIT_USD,
    TAG,
    TENANTS,
    ModelWorld,
    policy_of,
    profile_of,
    roles_of,
)

tenants = st.sampled_from(TENANTS)
aliases = st.sampled_from(ALIASES)
scopes = st.sampled_from([None, *ALIASES])


class Platform(ModelWorld):
    # What happens in the world.

    @rule(tenant=tenants, alias=aliases, tokens=st.integers(1, 200_000), more=st.booleans())
    def call_a_model(self, tenant, alias, tokens, more):
        number = next(self.numbers)
        micro_usd = 3 * 1000 + 15 * tokens
        made = record(
            f"{tenant}{alias}",
            tokens_in=1000,
            tokens_out=tokens,
            timestamp=self.now.isoformat().replace("+00:00", "Z"),
        )
        month = self.now.strftime("%Y-%m")
        if not self.waiting:
            self.oldest_waiting = self.now
        costs = [(tenant, month, micro_usd)]
        records = [event(number, made)]
        if more:
            other = "chat" if tenant == "writer" else "writer"
            second = record(
                f"{other}{alias}",
                tokens_in=1000,
                tokens_out=10,
                timestamp=self.now.isoformat().replace("+00:00", "Z"),
            )
            records.append(event(next(self.numbers), second))
            costs.append((other, month, 3 * 1000 + 150))
        self.waiting.append((delivery(records), costs))

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 99), dies_in=st.integers(0, 12), again=st.booleans())
    def deliver_log_records(self, which, dies_in, again):
        """In any order; a delivery that fails stays and comes again, one that succeeds may too."""
        index = which % len(self.waiting)
        data, costs = self.waiting[index]
        self.dies_in = dies_in
        for tenant, month, micro_usd in costs:
            if data not in self.delivered:
                self.counted_at_most[tenant, month] += micro_usd
        self.delivered.append(data)
        self.note_reasons()
        if self.do(lambda: self.meter.deliver(data)) and not again:
            for tenant, month, micro_usd in costs:
                self.spent[tenant, month] += micro_usd
            del self.waiting[index]
            if not self.waiting:
                self.oldest_waiting = None

    @precondition(lambda self: self.account.wakes)
    @rule(
        which=st.integers(0, 99),
        dies_in=st.integers(0, 60),
        fate=st.sampled_from(["handled", "lost", "handled twice"]),
    )
    def a_message_wakes_the_switch(self, which, dies_in, fate):
        body = self.account.wakes.pop(which % len(self.account.wakes))
        if fate == "lost":
            return
        for _ in range(2 if fate == "handled twice" else 1):
            self.dies_in = dies_in
            hint = hint_of(body, load_registry(self.account("ssm")))
            self.do(lambda hint=hint: self.switch.run(hint, seconds_left=290))

    @rule(dies_in=st.integers(0, 80), seconds=st.sampled_from([290, 290, 1.0]))
    def five_minutes_pass_and_the_schedule_fires(self, dies_in, seconds):
        self.pass_time(minutes=5)
        self.dies_in = dies_in
        self.do(lambda: self.switch.run(Hint(everybody=True), seconds_left=seconds))

    @rule(body=st.sampled_from(["forged", '{"wake": "x", "tenants": ["chat", "nobody"]}', "{}"]))
    def somebody_forges_a_message(self, body):
        self.account.wakes.append(body)

    @rule(minutes=st.integers(0, 90))
    def time_passes(self, minutes):
        self.pass_time(minutes=minutes)

    @rule()
    def a_month_begins(self):
        following = (self.now.replace(day=1) + timedelta(days=32)).replace(day=1)
        if self.oldest_waiting and following - self.oldest_waiting > timedelta(days=30):
            return  # The meter refuses records that come five weeks late, into its dead letters.
        self.now = following.replace(hour=0, minute=1)

    @rule(seconds=st.integers(-120, 120))
    def the_switchs_clock_is_off(self, seconds):
        self.skew = timedelta(seconds=seconds)

    @rule(
        throttled=st.sets(
            st.sampled_from(
                [
                    "tag_resource",
                    "untag_resource",
                    "list_tags_for_resource",
                    "attach_role_policy",
                    "detach_role_policy",
                    "publish",
                    "put_events",
                    "put_parameter",
                    "put_item",
                ]
            ),
            max_size=3,
        ),
        silent=st.sets(
            st.sampled_from(
                ["tag_resource", "attach_role_policy", "transact_write_items", "publish"]
            ),
            max_size=1,
        ),
    )
    def aws_has_troubles(self, throttled, silent):
        self.throttled, self.silent = throttled, silent

    @rule()
    def aws_is_well_again(self):
        self.throttled, self.silent = set(), set()

    @rule()
    def new_containers_start(self):
        self.start()

    @rule(tenant=tenants, scope=scopes)
    def a_person_suspends(self, tenant, scope):
        self.pass_time(seconds=1)
        order = Order(scope=scope, at=self.now, actor=KIM, reason="x")
        self.orders[tenant, scope] = self.now
        self.gave_reason.add(tenant)
        self.write(tenant, f"ORDER#{scope}" if scope else "ORDER", order)

    @rule(tenant=tenants, scope=scopes)
    def a_person_resumes(self, tenant, scope):
        self.pass_time(minutes=3)
        resume = Resume(scope=scope, at=self.now, actor=KIM, reason="x")
        self.resumes[tenant, scope] = self.now
        self.write(tenant, f"RESUME#{scope}" if scope else "RESUME", resume)

    @rule(tenant=tenants, alias=aliases, what=st.sampled_from(["untag", "detach", "tag", "attach"]))
    def somebody_tampers(self, tenant, alias, what):
        tags = self.account.bedrock.tags[profile_of(tenant, alias)]
        attached = self.account.attached.setdefault(policy_of(tenant), set())
        if what == "untag":
            tags.pop(TAG, None)
        elif what == "detach":
            attached.discard("shared")
        else:
            self.tampered.add(tenant)
            if what == "tag":
                tags[TAG] = "suspended"
            else:
                attached.add("shared")

    @rule()
    def the_faults_end(self):
        """Then everything is delivered, the schedule fires a few times, and all must be right."""
        self.throttled, self.silent, self.skew = set(), set(), timedelta(0)
        while self.waiting:
            self.deliver_log_records(0, 0, again=False)
        for _ in range(14):
            self.five_minutes_pass_and_the_schedule_fires(0, 290)
        self.tampered.clear()
        self.account.wakes.clear()
        month = self.now.strftime("%Y-%m")
        for tenant in TENANTS:
            self.check_money(tenant)
            over = self.spent[tenant, month] >= LIMIT_USD * 1_000_000
            whole = over or self.is_ordered(tenant, None)
            stopped = {a for a in ALIASES if whole or self.is_ordered(tenant, a)}
            assert self.stopped(tenant) == stopped, (tenant, over)
            attached = self.account.attached.get(policy_of(tenant), set())
            assert attached == (roles_of(tenant) if whole else set())

    @invariant()
    def nobody_is_stopped_who_never_gave_a_reason(self):
        for tenant in TENANTS:
            if tenant not in self.gave_reason | self.tampered:
                assert not self.stopped(tenant)
                assert not self.account.attached.get(policy_of(tenant))

    @invariant()
    def no_record_is_counted_twice(self):
        counted = self.counted()
        for key, most in self.counted_at_most.items():
            assert counted[key] <= most
        assert not set(counted) - set(self.counted_at_most)

    @invariant()
    def nobody_gets_the_same_message_twice_but_after_a_death_or_an_unanswered_call(self):
        if self.deaths or self.throttled or self.silent:
            self.deaths += 1
        if not self.deaths:
            assert max(Counter(self.account.mail).values(), default=0) <= 1


TestPlatform = Platform.TestCase
TestPlatform.settings = settings(max_examples=50, stateful_step_count=50, deadline=None)
