"""The most a tenant can spend before a stop takes hold, with everything that rests on.

Limit, plus what the account's quota lets through at the dearest rate while a stop is detected and
propagates, plus the streams that are running then and finish.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from shared.money import MICRO, format_usd
from shared.rates import ATOMS_PER_MICRO_USD
from shared.registry import ProfileEntry, TenantPolicy

TOKENS_PER_MINUTE: Final = 1_000_000
"""Account quota of one model; not readable here, and different by model and account."""
DETECTION_SECONDS: Final = 60
"""Log delivery (5 to 30 s, aws-facts section 10), metering, and the kill switch."""
PROPAGATION_SECONDS: Final = 60
"""AWS documents no time for a tag condition or an attached policy to take hold."""
STREAMS: Final = 10
STREAM_TOKENS: Final = 64_000
"""What a running stream may still put out; a stop does not end it."""


@dataclass(frozen=True, slots=True)
class _Input:
    name: str
    value: str
    basis: Literal["measured", "assumed"]


def worst_case(policy: TenantPolicy | None, profiles: Iterable[ProfileEntry]) -> Mapping[str, Any]:
    """Return the worst case as a status says it: `usd` or `not_available`, and `inputs`."""
    if policy is None:
        return {"usd": None, "not_available": "there is no limit", "inputs": []}
    unpriced = sorted(p.alias for p in profiles if p.metered and p.rates is None and not p.canary)
    rate = _dearest_usd_per_token(profiles)
    if rate is None or unpriced:
        why = f"no price for {', '.join(unpriced)}" if unpriced else "no profile has a price"
        return {"usd": None, "not_available": why, "inputs": []}
    seconds = DETECTION_SECONDS + PROPAGATION_SECONDS
    slipped = TOKENS_PER_MINUTE * rate * seconds / 60
    running = STREAMS * STREAM_TOKENS * rate
    limit = policy.monthly_limit_usd * policy.stop_percentage / 100
    inputs = (
        _Input("stop at, of the month's spend", format_usd(limit), "measured"),
        _Input("dearest rate per 1M tokens", format_usd(rate * MICRO), "measured"),
        _Input("account quota, tokens a minute", f"{TOKENS_PER_MINUTE:,}", "assumed"),
        _Input("detection", f"{DETECTION_SECONDS} s", "assumed"),
        _Input("propagation", f"{PROPAGATION_SECONDS} s", "assumed"),
        _Input("streams in flight", f"{STREAMS} of {STREAM_TOKENS:,} tokens", "assumed"),
    )
    return {
        "usd": str((limit + slipped + running).quantize(Decimal("0.01"))),
        "not_available": None,
        "inputs": [{"name": i.name, "value": i.value, "basis": i.basis} for i in inputs],
    }


def _dearest_usd_per_token(profiles: Iterable[ProfileEntry]) -> Decimal | None:
    atoms = [rate for p in profiles if p.rates for _, rate in p.rates.dearest()]
    return Decimal(max(atoms)) / ATOMS_PER_MICRO_USD / MICRO if atoms else None
