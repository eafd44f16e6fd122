"""Waits until the platform has decided about every tenant since an order about all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finops_constructs.operations.client import AnswerForAll, Operator
from finops_constructs.operations.errors import AnswerError, UnreachableError
from finops_constructs.operations.status import CHANGING, TenantStatus
from finops_constructs.operations.waiting import Clock

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class AllTenants:
    """What was seen of all tenants when the waiting ended.

    Attributes:
        decided: Whether each was decided about since the order, and none is changing.
        tenants: How many there are.
        stopped: Those of which something is stopped or changing, by id.
    """

    decided: bool
    tenants: int
    stopped: tuple[str, ...]


def wait_for_all(
    operator: Operator, order: AnswerForAll, *, timeout_seconds: float, clock: Clock | None = None
) -> AllTenants:
    """Ask for all statuses until every tenant was decided about since the order.

    Args:
        operator: Whom to ask.
        order: The order that was accepted.
        timeout_seconds: How long to wait at most.
        clock: Time. Default: the machine's.

    Raises:
        OperationsError: If AWS refuses, or nothing could be read at all.
    """
    found: Sequence[TenantStatus] | None = None
    fault: AnswerError | UnreachableError | None = None
    for _ in (clock or Clock()).pauses(timeout_seconds):
        try:
            found = operator.tenants()
        except (AnswerError, UnreachableError) as error:
            fault = error
            continue
        if all(_is_decided(order, each) for each in found):
            break
    if found is None:
        assert fault is not None
        raise fault
    return AllTenants(
        decided=all(_is_decided(order, each) for each in found),
        tenants=len(found),
        stopped=tuple(each.tenant for each in found if _is_stopped(each)),
    )


def _is_decided(order: AnswerForAll, now: TenantStatus) -> bool:
    if order.accepted_at is None or now.decided_at is None:
        return False
    states = {now.state, *(alias.state for alias in now.own_aliases.values())}
    return now.decided_at >= order.accepted_at and not states & CHANGING


def _is_stopped(now: TenantStatus) -> bool:
    return now.state != "active" or any(a.state != "active" for a in now.own_aliases.values())
