from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from shared.decision_types import Answer, Override, Resume
from tests.lambdas.shared.decision_inputs import (
    NOW,
    policy,
    then,
)

ALL = {"smart": "suspended", "fast": "suspended"}
NONE = {"smart": "active", "fast": "active"}
KIM = "arn:aws:sts::111122223333:assumed-role/admin/kim"
APPROVE = policy(mode="approve")
SOON = NOW + timedelta(seconds=30)


def codes(decision):
    return [reason.code for reason in decision.reasons]


def later(before, decision, minutes, **changes):
    now = before.now + timedelta(minutes=minutes)
    if before.spend is not None and "spend" not in changes:
        changes["spend"] = replace(before.spend, month=now.strftime("%Y-%m"))
    return then(before, decision, now=now, **changes)


def resume(at, scope=None):
    return Resume(scope=scope, at=at, actor=KIM, reason="fixed")


def answer(at, *, approved, scope=None):
    return Answer(scope=scope, at=at, approved=approved, actor=KIM, reason="seen")


def override(at, *, hours=4, up_to=800):
    return Override(
        at=at,
        expires_at=at + timedelta(hours=hours),
        up_to_usd=Decimal(up_to),
        actor=KIM,
        reason="quarter end",
    )
