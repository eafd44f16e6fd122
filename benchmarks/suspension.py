"""The kill switch: a thousand profiles and roles stopped at AWS's pace, and how it starts.

Time is simulated: calls take none, only the pace does, and the function's 300 seconds end a run,
which the messages it sends itself then continue. The simulated Bedrock and IAM refuse what comes
faster than they allow.
"""

import json
import logging
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.first_event import ratio_to_boto3
from kill_switch.clock import Clock
from kill_switch.hints import Hint
from kill_switch.settings import Settings
from kill_switch.switch import Switch
from shared.reach import Place
from shared.registry import load_registry
from shared.registry_cache import RegistryCache
from tests.lambdas.fake_aws import InlineExecutor
from tests.lambdas.invocations import entries_of, policy_entry, profile_entry
from tests.lambdas.ledger_table import client_error
from tests.lambdas.memory_aws import LEDGER, STATE, MemoryAccount

_PROFILES = 1000
_ACCOUNT, _REGION = "111122223333", "eu-west-1"
_TAG_CALLS_PER_SECOND, _ROLE_WRITES_PER_SECOND = 10, 5
_FUNCTION_SECONDS = 300
_LIMITS = {
    "tag_resource": _TAG_CALLS_PER_SECOND,
    "untag_resource": _TAG_CALLS_PER_SECOND,
    "attach_role_policy": _ROLE_WRITES_PER_SECOND,
    "detach_role_policy": _ROLE_WRITES_PER_SECOND,
}


def measure() -> dict[str, float]:
    """Return simulated seconds, what was lost, refused and the ratio of the first event."""
    figures: dict[str, float] = {}
    logging.disable(logging.WARNING)  # no tenant here has a bill, which each would say
    for label, tenants, share in (
        ("1000_tenants", _PROFILES, 1.0),
        ("20_tenants", 20, 1.0),
        ("20_tenants_at_half_the_pace", 20, 0.5),
    ):
        world = _World(tenants, _PROFILES // tenants, share)
        started = time.process_time()
        world.suspend_everybody()
        bound = _PROFILES / (_ROLE_WRITES_PER_SECOND * share)
        figures |= {
            f"suspend_{label}_tags_s": world.last_at["tag_resource"],
            f"suspend_{label}_s": world.last_at["transact_write_items"],
            f"suspend_{label}_vs_bound": world.last_at["transact_write_items"] / bound,
            f"suspend_{label}_lost": world.missing(),
            f"suspend_{label}_throttled": world.throttled,
            f"suspend_{label}_runs": world.runs,
            f"suspend_{label}_cpu_s": time.process_time() - started,
        }
    logging.disable(logging.NOTSET)
    return {**figures, "switch_first_event_vs_import_boto3": _first_event()}


class _World:
    """So many tenants past their limit, on a clock that only waiting moves."""

    def __init__(self, tenants: int, profiles_each: int, share: float) -> None:
        self.account = MemoryAccount()
        self.account.step = self._step
        self.seconds = 0.0
        self.began = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
        self.runs = self.throttled = 0
        self.last_at: dict[str, float] = {}
        self._allowed = {name: limit * share for name, limit in _LIMITS.items()}
        self._recent: dict[str, deque[float]] = {name: deque() for name in _LIMITS}
        self._tenants = [f"tenant-{number:04}" for number in range(tenants)]
        for tenant in self._tenants:
            self._register(tenant, profiles_each)
        self.account.ledger.items.update(self._ledger())
        self.switch = self._switch()

    def suspend_everybody(self) -> None:
        """Run until everything is read back as stopped."""
        wakes = deque([Hint(everybody=True)])
        while wakes or self.missing():
            if not wakes:  # The schedule's turn.
                self.seconds += 300 - self.seconds % 300
                wakes.append(Hint(everybody=True))
            run_began = self.seconds
            self.switch.run(wakes.popleft(), seconds_left=_FUNCTION_SECONDS - 3)
            self.runs += 1
            assert self.seconds - run_began <= _FUNCTION_SECONDS
            for body in self.account.wakes:
                wakes.append(Hint(tenants=frozenset(json.loads(body)["tenants"])))
            self.account.wakes.clear()
            self.seconds += 2

    def missing(self) -> int:
        """Return how many profiles and roles are not stopped, or not known to be."""
        tags = self.account.bedrock.tags.values()
        tagged = len([each for each in tags if each.get("finops:state") == "suspended"])
        attached = sum(map(len, self.account.attached.values()))
        said = [
            json.loads(self.account.parameters.get(f"/finops/{tenant}/state", "{}"))
            for tenant in self._tenants
        ]
        unsaid = len([each for each in said if each.get("state") != "applied"])
        return 2 * _PROFILES - tagged - attached + unsaid

    def _register(self, tenant: str, profiles: int) -> None:
        policy = (
            f"arn:aws:iam::{_ACCOUNT}:policy/finops/suspension/{_REGION}/"
            f"finops-suspension-{_REGION}-{tenant}"
        )
        entries = [policy_entry(tenant, mode="enforce", suspension_policy_arn=policy)]
        entries += [profile_entry(tenant, f"alias-{number}") for number in range(profiles)]
        self.account.parameters.update(entries_of(*entries))
        for number in range(profiles):
            self.account.bedrock.create(entries[number + 1]["profile_arn"])
            role = f"{tenant}-role-{number}"
            arn = f"arn:aws:iam::{_ACCOUNT}:role/{role}"
            self.account.put(f"/finops/{tenant}/callers/{role}", {"role_arn": arn})

    def _ledger(self) -> dict[tuple[str, str], dict[str, Any]]:
        sk = "A#2026-11-25#alias-0"
        return {(t, sk): {"pk": t, "sk": sk, "h09": 600_000_000} for t in self._tenants}

    def _switch(self) -> Switch:
        return Switch(
            settings=Settings(
                ledger_table=LEDGER,
                state_table=STATE,
                wake_queue_url="wake",
                platform_topic_arn="platform",
                registry_ttl_seconds=3600,
                place=Place(partition="aws", region=_REGION, account=_ACCOUNT),
            ),
            client=self.account,
            registry=RegistryCache(
                load=lambda: load_registry(self.account("ssm")),
                seconds=lambda: self.seconds,
                ttl_seconds=3600,
            ),
            clock=Clock(
                now=lambda: self.began + timedelta(seconds=self.seconds),
                seconds=lambda: self.seconds,
                sleep=self._sleep,
            ),
            executor=InlineExecutor(),
        )

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def _step(self, operation: str) -> None:
        """Refuse what exceeds a service's calls in any two seconds."""
        if operation in _LIMITS:
            window = 2.0
            recent = self._recent[operation]
            while recent and recent[0] <= self.seconds - window + 1e-6:
                recent.popleft()
            if len(recent) + 1 > self._allowed[operation] * window:
                self.throttled += 1
                raise client_error("ThrottlingException")
            recent.append(self.seconds)
        self.last_at[operation] = self.seconds


def _first_event() -> float:
    policy = policy_entry("writer", mode="enforce")
    entries = entries_of(policy, profile_entry("writer", "smart"))
    parameters = [{"Name": name, "Value": value} for name, value in entries.items()]
    return ratio_to_boto3(
        "kill_switch.handler",
        event={
            "Records": [
                {
                    "messageId": "1",
                    "eventSource": "aws:sqs",
                    "body": '{"wake": "spend-meter", "tenants": ["writer"]}',
                }
            ]
        },
        answers={
            "GetParametersByPath": {"Parameters": parameters},
            "DescribeAlarms": {"MetricAlarms": [], "CompositeAlarms": []},
            "Query": {"Items": []},
            "TransactWriteItems": {},
            "ListInferenceProfiles": {"inferenceProfileSummaries": []},
            "ListTagsForResource": {"tags": []},
            "ListEntitiesForPolicy": {"PolicyRoles": []},
            "PutParameter": {},
            "PutItem": {},
        },
        environment={
            "LEDGER_TABLE": "finops-ledger",
            "STATE_TABLE": "finops-state",
            "WAKE_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/111122223333/finops-wake",
            "PLATFORM_TOPIC_ARN": "arn:aws:sns:eu-west-1:111122223333:finops-platform",
            "REGISTRY_TTL_SECONDS": "60",
            "POWERTOOLS_SERVICE_NAME": "kill-switch",
            "POWERTOOLS_METRICS_NAMESPACE": "FinOpsConstructs",
        },
    )
