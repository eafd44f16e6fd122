from decimal import Decimal

import pytest

from shared.ledger import read_month
from tests.lambdas.commands.signed_requests import KIM
from tests.lambdas.platform_under_test import LEDGER


def month(platform, **options):
    dynamodb = platform.services("dynamodb")
    return read_month(dynamodb, LEDGER, "writer", platform.now, **options)


@pytest.fixture
def stopped(platform):
    platform.add_tenant("writer", daily_cap_usd="600")
    platform.spend("writer", 512)
    platform.spend("writer", 8, alias="fast")
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}


def test_a_correction_undoes_a_false_stop_for_good(platform, ask, stopped):
    status, answer = ask("adjust", "writer", usd="-500", alias="smart", reason="wrong price, INC-9")
    assert status == 200
    assert answer["message"] == ("-$500.00 is booked for writer in 2026-11: $520.00 becomes $20.00")
    for _ in range(3):
        platform.later(minutes=5)
        platform.run()
        assert platform.stopped("writer") == set()
    spend = month(platform)
    assert (spend.total_usd, spend.today_usd) == (20, 20)
    assert spend.by_alias == {"smart": 12, "fast": 8}


def test_a_correction_is_journalled_and_shown_in_the_status(platform, ask, stopped):
    ask("adjust", "writer", usd="-12.345678", reason="credit note 4711")
    said = ask("status", "writer")[1]["status"]
    (shown,) = said["corrections"]
    assert (shown["usd"], shown["actor"]) == ("-12.345678", KIM)
    assert (shown["kind"], shown["reason"]) == ("adjust", "credit note 4711")
    assert said["estimated_usd"] == str(Decimal("507.654322"))
    (entry,) = [e for e in platform.journal("writer") if e["kind"] == "command"]
    assert entry["command"] == "adjust"
    assert entry["written"][0]["usd"] == "-12.345678"


def test_a_correction_of_another_day_leaves_todays_cap_alone(platform, ask, stopped):
    ask("adjust", "writer", usd="-100", day="2026-11-03", reason="INC-9")
    spend = month(platform)
    assert (spend.total_usd, spend.today_usd) == (420, 520)
    assert ask("adjust", "writer", usd="20", day="2026-10-03", reason="INC-9")[0] == 200
    assert month(platform).total_usd == 420


def test_more_than_was_spent_cannot_be_taken_away(platform, ask, stopped):
    status, answer = ask("adjust", "writer", usd="-520.01", reason="x")
    assert status == 400
    assert "at least -520" in answer["error"]
    status, answer = ask("adjust", "writer", usd="-8.01", alias="fast", reason="x")
    assert (status, answer["error"]) == (400, "fast would become negative: it spent $8.00")
    assert month(platform).corrections == ()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"usd": "0"},
        {"usd": "NaN"},
        {"usd": "0.0000001"},
        {"usd": "1e12"},
        {"usd": "1", "day": "yesterday"},
        {"usd": "1", "day": "2026-11-26"},
        {"usd": "1", "alias": "smart", "role": "app"},
    ],
)
def test_an_amount_that_makes_no_sense_is_refused(platform, ask, stopped, body):
    assert ask("adjust", "writer", reason="x", **body)[0] == 400
    assert month(platform).corrections == ()


def test_an_alias_nobody_knows_is_refused_with_those_there_are(platform, ask, stopped):
    status, answer = ask("adjust", "writer", usd="5", alias="smrat", reason="x")
    assert status == 404
    assert "fast, smart" in answer["error"]


def test_a_positive_correction_past_the_limit_stops(platform, ask):
    platform.add_tenant("writer")
    ask("adjust", "writer", usd="501", reason="calls past the log")
    platform.run("writer")
    assert platform.stopped("writer") == {"smart", "fast"}


def test_a_bill_that_is_larger_than_the_corrected_estimate_is_mentioned(platform, ask, stopped):
    platform.bill("writer", "600", platform.now.replace(day=1, hour=0, minute=0))
    platform.later(hours=2)
    platform.run()
    _, answer = ask("adjust", "writer", usd="-100", reason="x")
    assert answer["message"].endswith("AWS has billed $600.00, and the larger of the two counts")


def test_a_repricing_books_by_alias_day_and_role_at_once(platform, ask, stopped):
    amounts = [
        {"day": "2026-11-24", "alias": "smart", "usd": "3.5"},
        {"day": "2026-11-25", "alias": "smart", "usd": "-400"},
        {"day": "2026-11-25", "role": "app", "usd": "-396.5"},
    ]
    status, answer = ask("reprice", "writer", amounts=amounts, reason="prices of 2026-11-20")
    assert status == 200
    assert "-$396.50 is booked" in answer["message"]
    spend = month(platform, roles=True)
    assert (spend.total_usd, spend.today_usd) == (Decimal("123.5"), 120)
    assert spend.by_role == {"app": Decimal("123.5")}
    (shown,) = ask("status", "writer")[1]["status"]["corrections"]
    assert (shown["kind"], shown["usd"]) == ("reprice", "-396.500000")


@pytest.mark.parametrize("amounts", [None, [], ["x"], [{"usd": "1"}] * 91])
def test_a_repricing_without_amounts_or_with_too_many_is_refused(platform, ask, stopped, amounts):
    assert ask("reprice", "writer", amounts=amounts, reason="x")[0] == 400
