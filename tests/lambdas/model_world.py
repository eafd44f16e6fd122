"""The world that the model puts meter and kill switch into, and what it remembers of it."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis.stateful import RuleBasedStateMachine, initialize

from kill_switch.clock import Clock
from kill_switch.settings import Settings
from kill_switch.switch import Switch
from shared.json_values import to_json
from shared.reach import Place
from shared.registry import load_registry
from shared.registry_cache import RegistryCache
from spend_meter.ledger_writer import LedgerWriter
from spend_meter.month_to_date import MonthToDate
from spend_meter.queues import Queues
from spend_meter.service import SpendMeter
from tests.lambdas.fake_aws import InlineExecutor
from tests.lambdas.invocations import policy_entry, profile_entry
from tests.lambdas.ledger_table import CrashError, client_error
from tests.lambdas.memory_aws import LEDGER, STATE, MemoryAccount

ACCOUNT, REGION = "111122223333", "eu-west-1"
PLACE = Place(partition="aws", region=REGION, account=ACCOUNT)
TENANTS, ALIASES = ("writer", "chat"), ("smart", "fast")
LIMIT_USD = 1
KIM = "arn:aws:sts::111122223333:assumed-role/admin/kim"
TAG, ROLES = "finops:state", ("shared", "own")


def profile_of(tenant, alias):
    return f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/{tenant}{alias}"


def policy_of(tenant):
    name = f"finops-suspension-{REGION}-{tenant}"
    return f"arn:aws:iam::{ACCOUNT}:policy/finops/suspension/{REGION}/{name}"


def roles_of(tenant):
    return {"shared", f"{tenant}-own"}


class ModelWorld(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.account = MemoryAccount()
        self.account.step = self.account.ledger.before_write = self.step
        self.account.ledger.after_write = self.step
        self.now = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
        self.skew = timedelta(0)
        self.numbers = count(1)
        self.dies_in = 0
        self.throttled: set[str] = set()
        self.silent: set[str] = set()
        self.waiting: list[tuple[str, list[tuple[str, str, int]]]] = []
        self.oldest_waiting: datetime | None = None
        self.delivered: list[str] = []
        self.spent: Counter[tuple[str, str]] = Counter()
        self.counted_at_most: Counter[tuple[str, str]] = Counter()
        self.gave_reason: set[str] = set()
        self.tampered: set[str] = set()
        self.orders: dict[tuple[str, str | None], datetime] = {}
        self.resumes: dict[tuple[str, str | None], datetime] = {}
        self.deaths = 0
        for tenant in TENANTS:
            self.register(tenant)
        self.start()

    def register(self, tenant):
        for alias in ALIASES:
            entry = profile_entry(tenant, alias)
            entry["burst_alarm_name"] = f"finops-burst-{REGION}-{tenant}-{alias}"
            self.account.put(f"/finops/{tenant}/profiles/{alias}", entry)
            self.account.bedrock.create(profile_of(tenant, alias))
        entry = policy_entry(tenant, monthly_limit_usd=str(LIMIT_USD), mode="enforce")
        entry["suspension_policy_arn"] = policy_of(tenant)
        self.account.put(f"/finops/{tenant}/policy", entry)
        for role in roles_of(tenant):
            arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
            self.account.put(f"/finops/{tenant}/callers/{role}", {"role_arn": arn})

    def start(self):
        """New containers of both functions: nothing is remembered."""
        self.seconds = 0.0

        def registry():
            return RegistryCache(
                load=lambda: load_registry(self.account("ssm")),
                seconds=lambda: self.seconds,
                ttl_seconds=60,
            )

        self.meter = SpendMeter(
            registry=registry(),
            ledger=LedgerWriter(
                self.account.ledger,
                LEDGER,
                now=lambda: self.now,
                sleep=lambda _: None,
                patience_seconds=0.0,
            ),
            queues=Queues(self.account("sqs"), dead_letters_url="dead", wake_url="wake"),
            month_to_date=MonthToDate(self.account.ledger, LEDGER, clock=lambda: self.seconds),
            now=lambda: self.now,
        )
        self.switch = Switch(
            settings=Settings(
                ledger_table=LEDGER,
                state_table=STATE,
                wake_queue_url="wake",
                platform_topic_arn="platform",
                registry_ttl_seconds=60,
                place=PLACE,
            ),
            client=self.account,
            registry=registry(),
            clock=Clock(
                now=lambda: self.now + self.skew,
                seconds=lambda: self.seconds,
                sleep=self.sleep,
            ),
            executor=InlineExecutor(),
        )

    def sleep(self, seconds):
        self.seconds += seconds

    def step(self, what):
        """One step of a function: it may die here, or AWS may refuse, or do it and not answer."""
        if self.dies_in:
            self.dies_in -= 1
            if not self.dies_in:
                raise CrashError
        if what in self.throttled or (what in {f"after {name}" for name in self.silent}):
            raise client_error("ThrottlingException")

    def do(self, work):
        """Do something as Lambda does it; returns whether it came to its end."""
        try:
            work()
        except CrashError:
            self.deaths += 1
            self.start()
            return False
        except Exception:
            if not self.throttled and not self.silent:
                raise
            return False
        finally:
            self.dies_in = 0
        return True

    def note_reasons(self):
        for (tenant, _), micro_usd in self.counted_at_most.items():
            if micro_usd >= LIMIT_USD * 1_000_000:
                self.gave_reason.add(tenant)

    def pass_time(self, **delta):
        step = timedelta(**delta)
        self.now += step
        self.seconds += step.total_seconds()

    def write(self, tenant, sk, word):
        item = {"pk": {"S": tenant}, "sk": {"S": sk}, "doc": {"S": to_json(word)}}
        self.account.state.put({"Item": item})

    def is_ordered(self, tenant, scope):
        ordered = self.orders.get((tenant, scope))
        if ordered is None:
            return False
        lifted = [self.resumes.get((tenant, each)) for each in {None, scope}]
        return not any(at is not None and at > ordered for at in lifted)

    def stopped(self, tenant):
        return {
            alias
            for alias in ALIASES
            if self.account.bedrock.state(profile_of(tenant, alias)) == "suspended"
        }

    def counted(self):
        found: Counter[tuple[str, str]] = Counter()
        for (pk, sk), item in self.account.ledger.items.items():
            if pk in TENANTS and sk.startswith("A#"):
                hours = [v for k, v in item.items() if k[0] == "h" and k[1:].isdigit()]
                found[pk, sk[2:9]] += sum(hours)
        return +found

    def check_money(self, tenant):
        counted: defaultdict[str, int] = defaultdict(int)
        for (its, month), micro_usd in self.counted().items():
            if its == tenant:
                counted[month] = micro_usd
        for (its, month), micro_usd in self.spent.items():
            if its == tenant:
                assert counted[month] == micro_usd
