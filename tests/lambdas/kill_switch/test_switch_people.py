from datetime import timedelta
from decimal import Decimal

from shared.decision_types import Order, Override, Resume
from tests.lambdas.shared.decision_inputs import NOW

KIM = "arn:aws:sts::123456789012:assumed-role/admin/kim"


def test_a_person_suspends_and_resumes(platform):
    platform.add_tenant("writer", mode="shadow")
    order = Order(scope=None, at=NOW, actor=KIM, reason="INC-7")
    platform.word("writer", "ORDER", order)
    platform.later(seconds=1)
    platform.run("writer")
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.state("writer").decided_at == platform.now
    resume = Resume(scope=None, at=platform.now, actor=KIM, reason="fixed")
    platform.word("writer", "RESUME", resume)
    platform.later(seconds=1)
    platform.run("writer")
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()


def test_an_override_lifts_and_its_end_stops_again(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    override = Override(
        at=platform.now,
        expires_at=platform.now + timedelta(hours=1),
        up_to_usd=Decimal(600),
        actor=KIM,
        reason="quarter end",
    )
    platform.word("writer", "OVERRIDE", override)
    platform.run("writer")
    assert platform.stopped("writer") == set()
    assert platform.published("writer")["override"]["up_to_usd"] == "600"
    platform.later(hours=1)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    subjects = [m["Subject"] for m in platform.read_mail(platform.mail["writer"])]
    assert subjects == [
        "finops: writer: suspended",
        "finops: writer: automatic stops are overridden",
        "finops: writer: calls are allowed again",
        "finops: writer: the override has ended",
    ]


def test_a_stop_made_anew_is_not_confirmed_by_the_quiet_of_the_one_before(platform):
    platform.add_tenant("writer", aliases=("smart",))
    platform.word("writer", "ORDER", Order(scope=None, at=NOW, actor=KIM, reason="x"))
    platform.run()
    platform.later(minutes=11)
    platform.run()
    assert platform.published("writer")["state"] == "confirmed"
    platform.word("writer", "RESUME", Resume(scope=None, at=platform.now, actor=KIM, reason="x"))
    platform.run()
    platform.later(minutes=1)
    platform.word("writer", "ORDER", Order(scope=None, at=platform.now, actor=KIM, reason="x"))
    platform.run()
    assert platform.published("writer")["state"] == "applied"
