import pytest

from spend_meter.ledger_writer import LedgerWriter
from spend_meter.totals import LedgerUpdate
from tests.lambdas.invocations import NOW
from tests.lambdas.ledger_table import LedgerTable, client_error

UPDATES = [
    LedgerUpdate("writer", "A#2026-11-25#smart", {"h14": 5, "n14": 1, "in": 7}),
    LedgerUpdate("writer", "R#2026-11-25#App", {"usd": 5, "calls": 1}),
]


class Bench:
    """A writer on a table, with a clock that only sleeping moves."""

    def __init__(self):
        self.table, self.time, self.slept = LedgerTable(), 0.0, []
        self.writer = LedgerWriter(
            self.table, "finops-ledger", now=lambda: NOW, clock=lambda: self.time, sleep=self.sleep
        )

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds + 0.01

    def fail(self, times, error):
        left = [times]

        def before(_):
            if left[0]:
                left[0] -= 1
                raise error

        self.table.before_write = before


def cancelled(*codes):
    return client_error(
        "TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes]
    )


BUSY = [
    cancelled("None", "TransactionConflict", "None"),
    cancelled("TransactionConflict"),
    cancelled("None", "ThrottlingError"),
    cancelled("None", "ProvisionedThroughputExceeded", "TransactionConflict"),
    client_error("ThrottlingException"),
    client_error("TransactionInProgressException"),
    client_error("ProvisionedThroughputExceededException"),
]


def test_numbers_are_added_and_the_marker_expires_after_the_oldest_believed_record():
    bench = Bench()
    assert bench.writer.write_whole("a", UPDATES) is None
    assert bench.writer.write_whole("b", UPDATES) is None
    assert bench.table.items["writer", "A#2026-11-25#smart"]["h14"] == 10
    assert bench.table.items["writer", "R#2026-11-25#App"]["calls"] == 2
    marker = bench.table.items["B#a", "000"]
    assert marker["expires_at"] - NOW.timestamp() >= 35 * 86400 + 3600


def test_a_batch_written_before_is_not_written_again():
    bench = Bench()
    bench.writer.write_whole("a", UPDATES)
    earlier = bench.writer.write_whole("a", UPDATES)
    assert earlier is not None
    assert earlier.plan is None
    assert bench.table.items["writer", "A#2026-11-25#smart"]["h14"] == 5


def test_a_batch_with_a_plan_is_not_written_past_it():
    bench = Bench()
    assert bench.writer.write_plan("a", b"first") is None
    earlier = bench.writer.write_whole("a", UPDATES)
    assert earlier is not None
    assert earlier.plan == b"first"
    assert bench.table.snapshot() == {}


def test_the_first_plan_stands():
    bench = Bench()
    bench.writer.write_plan("a", b"first")
    again = bench.writer.write_plan("a", b"second")
    assert again is not None
    assert again.plan == b"first"


def test_a_part_is_written_once():
    bench = Bench()
    assert not bench.writer.has_begun("a")
    assert bench.writer.write_part("a", 1, UPDATES)
    assert bench.writer.has_begun("a")
    assert not bench.writer.write_part("a", 1, UPDATES)
    assert bench.writer.write_part("a", 2, UPDATES)
    assert bench.table.items["writer", "A#2026-11-25#smart"]["h14"] == 10


@pytest.mark.parametrize("error", BUSY)
def test_a_transaction_that_meets_another_is_tried_again(error):
    bench = Bench()
    bench.fail(5, error)
    assert bench.writer.write_whole("a", UPDATES) is None
    assert bench.table.items["writer", "A#2026-11-25#smart"]["h14"] == 5
    assert len(bench.slept) == 5


def test_waits_grow_and_are_random():
    bench = Bench()
    bench.fail(12, BUSY[0])
    bench.writer.write_whole("a", UPDATES)
    assert len(set(bench.slept)) == 12
    assert max(bench.slept[:3]) <= 0.2
    assert max(bench.slept) <= 2.0


def test_fails_when_the_table_stays_busy_and_nothing_was_written():
    bench = Bench()
    bench.fail(10_000, BUSY[0])
    with pytest.raises(type(BUSY[0]), match="TransactionCanceled"):
        bench.writer.write_whole("a", UPDATES)
    assert 20 <= bench.time <= 24
    assert bench.table.items == {}


@pytest.mark.parametrize(
    "error",
    [
        cancelled("None", "ValidationError"),
        cancelled("None", "ItemCollectionSizeLimitExceeded", "TransactionConflict"),
        client_error("AccessDeniedException"),
    ],
)
def test_fails_at_once_when_trying_again_would_not_help(error):
    bench = Bench()
    bench.fail(1, error)
    with pytest.raises(type(error)):
        bench.writer.write_whole("a", UPDATES)
    assert bench.slept == []


def test_a_conflict_beside_an_existing_marker_is_no_reason_to_try_again():
    bench = Bench()
    bench.writer.write_whole("a", UPDATES)
    bench.fail(1, cancelled("ConditionalCheckFailed", "TransactionConflict"))
    assert bench.writer.write_whole("a", UPDATES) is not None
    assert bench.slept == []
