"""The self-test: a record goes in at one end, and a stop and its end are seen at the other.

Every hop is looked at where it ends, not where somebody says so: the ledger, Bedrock's tags, IAM's
attachments. The stop is ended by booking the money back, so that the canary owes nobody anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from aws_lambda_powertools import Logger

from canary.record import synthetic_record
from canary.settings import Settings
from shared.canary_tenant import CANARY_ALIAS, CANARY_TENANT
from shared.journal import of_state, recompute
from shared.json_values import plain
from shared.ledger import read_month
from shared.pausing import pause_at
from shared.state_table import PLATFORM, StateTable

logger = Logger(child=True)

METERED, STOPPED, RESUMED = "Metered", "Stopped", "Resumed"
PERMISSIONS: Final = (
    "bedrock:ListTagsForResource",
    "dynamodb:Query",
    "iam:ListEntitiesForPolicy",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
)
TOKENS: Final = 2_000_000
"""At the canary's own price of $1 per million: twice its limit."""
_STATE_TAG: Final = {"key": "finops:state", "value": "suspended"}
_STREAM: Final = "finops-canary"
_REASON: Final = "daily self-test: the synthetic record is nobody's money"
_BETWEEN_LOOKS_SECONDS: Final = 1.0
_JOURNAL_LOOKS: Final = 5
_PATIENCE_SECONDS: Final = {METERED: 240.0, STOPPED: 120.0, RESUMED: 120.0}


class HopError(Exception):
    """A hop did not end in time; the text says which."""


@dataclass(slots=True)
class Outcome:
    """What came of a self-test.

    Attributes:
        result: `passed`, `failed`, or `paused` if a pause kept it from being run.
        seconds: How long each hop took that ended.
        why: Why it failed; empty otherwise.
    """

    result: str = "passed"
    seconds: dict[str, float] = field(default_factory=dict)
    why: str = ""


class Orders(Protocol):
    """What takes orders as the commands function does."""

    def order(self, **body: str) -> Mapping[str, Any]:
        """Give an order and return the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The self-test.

    Attributes:
        settings: Where everything is.
        client: Returns the boto3 client of a service.
        commands: Takes orders.
        now: The wall clock, UTC.
        seconds: Seconds that never go back.
        sleep: Waits.
    """

    settings: Settings
    client: Callable[[str], Any]
    commands: Orders
    now: Callable[[], datetime]
    seconds: Callable[[], float]
    sleep: Callable[[float], None]

    def run(self) -> Outcome:
        """Run the test; whatever happens, the money is booked back."""
        outcome = Outcome()
        if self._is_paused():
            outcome.result = "paused"
            return outcome
        try:
            self._clear()
            self._play(outcome)
        except Exception as error:  # a failing canary tells; it must not only be missing
            logger.exception("self-test failed", hops=outcome.seconds)
            outcome.result, outcome.why = "failed", f"{type(error).__name__}: {error}"
            self._try_to_clear()
        return outcome

    def _play(self, outcome: Outcome) -> None:
        began = self.seconds()
        self._log_a_call()
        outcome.seconds[METERED] = self._wait(METERED, began, lambda: self._spent() > 0)
        began = self.seconds()
        outcome.seconds[STOPPED] = self._wait(STOPPED, began, self._is_stopped)
        began = self.seconds()
        self._book_back()
        outcome.seconds[RESUMED] = self._wait(RESUMED, began, self._is_released)
        self._check_journal()

    def _clear(self) -> None:
        """Undo what a run that died has left."""
        self._book_back()
        self._wait(RESUMED, self.seconds(), self._is_released)

    def _try_to_clear(self) -> None:
        try:
            self._book_back()
        except Exception:
            logger.exception("the canary's money is not booked back; the next run tries again")

    def _wait(self, hop: str, began: float, is_over: Callable[[], bool]) -> float:
        while not is_over():
            if self.seconds() - began > _PATIENCE_SECONDS[hop]:
                raise HopError(f"not {hop.lower()} within {_PATIENCE_SECONDS[hop]:g} s")
            self.sleep(_BETWEEN_LOOKS_SECONDS)
        return round(self.seconds() - began, 3)

    def _log_a_call(self) -> None:
        logs, group = self.client("logs"), self.settings.log_group
        try:
            logs.create_log_stream(logGroupName=group, logStreamName=_STREAM)
        except logs.exceptions.ResourceAlreadyExistsException:
            logger.debug("the canary has its stream already")
        now = self.now()
        message = synthetic_record(
            now=now,
            account=self.settings.account,
            region=self.settings.region,
            profile_arn=self.settings.profile_arn,
            role_arn=self.settings.role_arn,
            tokens=TOKENS,
        )
        event = {"timestamp": int(now.timestamp() * 1000), "message": message}
        logs.put_log_events(logGroupName=group, logStreamName=_STREAM, logEvents=[event])

    def _spent(self) -> Decimal:
        dynamodb = self.client("dynamodb")
        return read_month(dynamodb, self.settings.ledger_table, CANARY_TENANT, self.now()).total_usd

    def _book_back(self) -> None:
        spent = self._spent()
        if spent:
            self.commands.order(
                command="adjust",
                tenant=CANARY_TENANT,
                alias=CANARY_ALIAS,
                usd=str(-spent),
                reason=_REASON,
            )

    def _is_stopped(self) -> bool:
        return self._is_tagged() and self._is_attached()

    def _is_released(self) -> bool:
        return not self._is_tagged() and not self._is_attached()

    def _is_tagged(self) -> bool:
        arn = self.settings.profile_arn
        return _STATE_TAG in self.client("bedrock").list_tags_for_resource(resourceARN=arn)["tags"]

    def _is_attached(self) -> bool:
        found = self.client("iam").list_entities_for_policy(
            PolicyArn=self.settings.suspension_policy_arn, EntityFilter="Role"
        )
        return bool(found["PolicyRoles"])

    def _is_paused(self) -> bool:
        pauses = self._table.read_pauses(PLATFORM) + self._table.read_pauses(CANARY_TENANT)
        return pause_at(pauses, self.now()) is not None

    def _check_journal(self) -> None:
        """The journal alone must give the state; else somebody wrote past the functions."""
        for _ in range(_JOURNAL_LOOKS):  # between two reads the switch may decide
            state = self._table.read(CANARY_TENANT, "").state
            found = recompute(self._table.read_journal(CANARY_TENANT))
            if state is not None and found.decided == of_state(plain(state)).decided:
                return
            self.sleep(_BETWEEN_LOOKS_SECONDS)
        raise HopError("the journal does not give the state that is stored")

    @property
    def _table(self) -> StateTable:
        return StateTable(self.client("dynamodb"), self.settings.state_table)
