"""Reprices the ledger: rereads the log, compares, and orders the differences to be booked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from finops_constructs._function_code import use_function_code
from finops_constructs.operations.aws import Aws, translated
from finops_constructs.operations.client import Operator
from finops_constructs.operations.errors import OperationsError
from finops_constructs.operations.repricing.differences import Comparison, compare
from finops_constructs.operations.repricing.log import Reread, reread

use_function_code()

from shared.ledger import plain_item  # noqa: E402 - found only now
from shared.registry import Registry, load_registry  # noqa: E402 - as above

LEDGER: Final = "finops-ledger"
_SETTLED: Final = timedelta(minutes=15)
"""How long after an hour its last records have been logged and metered."""
_AMOUNTS_PER_ORDER: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Repricing:
    """What a repricing would book.

    Attributes:
        first_day: The first UTC day.
        until: Hours before this were compared.
        log: What was read of the log.
        tenants: What came of it for each tenant with spend since, by id.
    """

    first_day: date
    until: datetime
    log: Reread
    tenants: dict[str, Comparison]


def prepare(
    aws: Aws,
    *,
    first_day: date,
    tenant: str | None,
    now: datetime,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Repricing:
    """Compute what would be booked; nothing is changed.

    Args:
        aws: Where, and as whom.
        first_day: The first UTC day to reprice.
        tenant: Whose spend; None: everybody's.
        now: The clock.
        on_progress: Told how many log records were read.

    Raises:
        OperationsError: If AWS refuses or cannot be reached, or there is no such tenant.
    """
    with translated("reading /finops/ (ssm:GetParametersByPath)"):
        registry = load_registry(aws.client("ssm"))
    until = (now - _SETTLED).replace(minute=0, second=0, microsecond=0)
    tenants = _tenants(registry, tenant)
    starts = datetime.combine(first_day, time(0), UTC)
    log = reread(aws, registry, starts=starts, ends=now, on_progress=on_progress)
    comparisons = {
        each: compare(
            list(_ledger(aws, each, first_day, now.astimezone(UTC).date())),
            log.sums.get(each, {}),
            until,
        )
        for each in tenants
    }
    return Repricing(
        first_day=first_day,
        until=until,
        log=log,
        tenants={t: c for t, c in comparisons.items() if c.differences or c.left_alone},
    )


def book(
    operator: Operator, repricing: Repricing, *, reason: str
) -> Iterator[tuple[str, Sequence[dict[str, str]], str]]:
    """Order the differences to be booked; yields tenant, amounts and the platform's words.

    What was ordered before an error stays booked; preparing anew finds the rest.

    Raises:
        OperationsError: If an order did not get through.
    """
    for tenant, comparison in sorted(repricing.tenants.items()):
        amounts = [difference.amount() for difference in comparison.differences]
        for start in range(0, len(amounts), _AMOUNTS_PER_ORDER):
            some = amounts[start : start + _AMOUNTS_PER_ORDER]
            yield tenant, some, operator.reprice(tenant, reason=reason, amounts=some).message


def _tenants(registry: Registry, tenant: str | None) -> list[str]:
    if tenant is None:
        return registry.tenants
    if tenant not in registry.tenants:
        known = ", ".join(registry.tenants) or "none"
        raise OperationsError(f"no tenant {tenant!r}; known tenants: {known}")
    return [tenant]


def _ledger(aws: Aws, tenant: str, first: date, last: date) -> Iterator[dict[str, Any]]:
    dynamodb = aws.client("dynamodb")
    with translated(f"reading {LEDGER} (dynamodb:Query)"):
        for kind in ("A#", "R#"):
            pages = dynamodb.get_paginator("query").paginate(
                TableName=LEDGER,
                ConsistentRead=True,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues={
                    ":pk": {"S": tenant},
                    ":first": {"S": f"{kind}{first.isoformat()}"},
                    ":last": {"S": f"{kind}{last.isoformat()}~"},
                },
            )
            for page in pages:
                yield from (plain_item(item) for item in page["Items"])
