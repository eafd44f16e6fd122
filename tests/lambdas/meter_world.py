"""A spend meter with everything it touches in memory, and a killer that can strike at any step."""

from collections.abc import Callable, Iterable
from typing import Any

from shared.registry import Registry, parse_registry
from shared.registry_cache import RegistryCache
from spend_meter.ledger_writer import LedgerWriter
from spend_meter.month_to_date import MonthToDate
from spend_meter.queues import Queues
from spend_meter.service import Handled, SpendMeter
from tests.lambdas.invocations import NOW, entries_of
from tests.lambdas.ledger_table import CrashError, LedgerTable


class World:
    """One account: ledger, queues, registry, and containers that die and are replaced.

    Attributes:
        entries: The registry's entries, as `entries_of` takes them.
        dead_letters: Messages kept, oldest first.
        wakes: Messages to the kill switch.
        crash_at: Steps (a write or a message, before or after it takes effect) that kill the
            function. Counted from 1 over the world's life.
        handled: What each event that came to its end reported.
    """

    def __init__(self, *entries: Any) -> None:
        self.entries = list(entries)
        self.table = LedgerTable()
        self.table.before_write = self.table.after_write = lambda _: self._step()
        self.dead_letters: list[str] = []
        self.delays: list[int] = []
        self.wakes: list[str] = []
        self.crash_at: set[int] = set()
        self.steps = 0
        self.now = NOW
        self.handled: list[Handled] = []
        self.between_attempts: Callable[[], None] = lambda: None
        self.replace_container()

    def replace_container(self) -> None:
        self.meter = SpendMeter(
            registry=RegistryCache(load=self.registry, seconds=lambda: 0.0, ttl_seconds=0),
            ledger=LedgerWriter(
                self.table, "finops-ledger", now=lambda: self.now, sleep=lambda _: None
            ),
            queues=Queues(self, dead_letters_url="dead", wake_url="wake"),
            month_to_date=MonthToDate(self.table, "finops-ledger", clock=lambda: 0.0),
            now=lambda: self.now,
        )

    def registry(self) -> Registry:
        return parse_registry(entries_of(*self.entries))

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> None:  # noqa: N803
        self._step()
        if QueueUrl == "dead":
            assert len(MessageBody) <= 256 * 1024
            self.dead_letters.append(MessageBody)
            self.delays.append(DelaySeconds)
        else:
            self.wakes.append(MessageBody)
        self._step()

    def deliver(self, data: Any) -> None:
        """Deliver as Lambda does: again, in another container, until it comes to its end."""
        self._until_done(lambda: self.meter.deliver(data))

    def replay_all(self, *, twice: bool = False) -> None:
        """Replay every message kept so far; each is taken from the queue when it is done."""
        for body in self._taken() * (2 if twice else 1):
            self._until_done(lambda body=body: self.meter.replay(body))  # type: ignore[misc]

    def _taken(self) -> list[str]:
        taken, self.dead_letters = self.dead_letters, []
        return taken

    def _until_done(self, attempt: Callable[[], Handled]) -> None:
        while True:
            try:
                self.handled.append(attempt())
            except CrashError:
                self.between_attempts()
                self.replace_container()
            else:
                return

    def _step(self) -> None:
        self.steps += 1
        if self.steps in self.crash_at:
            raise CrashError

    def metered(self) -> int:
        return sum(handled.metered for handled in self.handled)


def deliver_all(world: World, deliveries: Iterable[Any]) -> None:
    for data in deliveries:
        world.deliver(data)
