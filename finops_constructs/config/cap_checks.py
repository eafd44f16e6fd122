"""Checks of what stops a tenant beside its monthly limit: caps, the hard cap, approval."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault, KeyPath
from finops_constructs.config.tenant import DEFAULT_HARD_CAP_PERCENTAGE
from finops_constructs.enforcement.modes import Mode

_LIMIT: Final = ("budget", "monthly_limit_usd")
_STOP: Final = ("budget", "stop_percentage")
_HARD_CAP: Final = ("budget", "hard_cap_percentage")


def cap_faults(tenant: Document) -> Iterator[Fault]:
    """Yield caps that can never be reached, or that nothing would watch."""
    yield from _hard_cap_faults(tenant)
    limit = tenant.number(*_LIMIT)
    for path in _caps(tenant):
        cap = tenant.number(*path)
        if cap is not None and limit is not None and cap > limit > 0:
            problem = f"must be at most budget.monthly_limit_usd ({limit:,f}), which stops before"
            yield tenant.fault(path, problem)
    for alias in tenant.keys("models"):
        path = ("models", alias, "hourly_cap_usd")
        if tenant.get("models", alias, "metered") is False and tenant.get(*path) is not None:
            problem = "not allowed with metered: false: nothing can tell what the alias spends"
            yield tenant.fault(path, problem)


def cap_warnings(tenant: Document) -> Iterator[Fault]:
    """Yield settings that are allowed, but do nothing."""
    hourly, daily = tenant.number("caps", "hourly_usd"), tenant.number("caps", "daily_usd")
    if hourly is not None and daily is not None and hourly > daily:
        yield tenant.fault(
            ("caps", "hourly_usd"), f"above caps.daily_usd ({daily:,f}), which stops before"
        )
    if tenant.get("approval") is not None and tenant.text("mode") != Mode.APPROVE:
        yield tenant.fault(("approval",), "nobody is asked unless mode is approve", value="")


def _hard_cap_faults(tenant: Document) -> Iterator[Fault]:
    stop, hard_cap = tenant.number(*_STOP), tenant.number(*_HARD_CAP)
    if hard_cap is not None:
        stop = Decimal(100) if stop is None else stop
        if hard_cap < stop:
            yield tenant.fault(_HARD_CAP, f"must be at least budget.stop_percentage ({stop})")
    elif stop is not None and stop > DEFAULT_HARD_CAP_PERCENTAGE:
        most = f"budget.hard_cap_percentage (default {DEFAULT_HARD_CAP_PERCENTAGE}): give both"
        yield tenant.fault(_STOP, f"must be at most {most}")


def _caps(tenant: Document) -> Iterator[KeyPath]:
    yield "caps", "hourly_usd"
    yield "caps", "daily_usd"
    for alias in tenant.keys("models"):
        yield "models", alias, "hourly_cap_usd"
