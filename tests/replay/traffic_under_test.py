"""Small traces, and rates to price them."""

from datetime import UTC, datetime
from decimal import Decimal

from finops_constructs.replay.trace import MICROSECONDS, Request, Trace
from shared.rates import RateTable, parse_rate_table
from tests.replay.handmade import SONNET_4_6

RATES: RateTable = parse_rate_table({"rates": SONNET_4_6})
TIERED: RateTable = parse_rate_table(
    {
        "rates": {"input": "1", "output": "5"},
        "tiers": [{"above_input_tokens": 100_000, "rates": {"input": "2", "output": "10"}}],
    }
)


def trace(*requests: Request) -> Trace:
    return Trace(name="small.csv", requests=requests, month=datetime(2026, 11, 1, tzinfo=UTC))


def steady(*, usd_per_hour: str, every_s: int = 10, hours: float = 1) -> Trace:
    """Calls of input tokens only, at $3 per 1M."""
    tokens = int(Decimal(usd_per_hour) * every_s / 3600 * 1_000_000 / 3)
    count = int(hours * 3600 / every_s)
    return trace(*(Request(n * every_s * MICROSECONDS, tokens, 0) for n in range(count)))


def rows(played: Trace) -> str:
    """The trace as a CSV file."""
    lines = [f"{r.at_us / MICROSECONDS},{r.input},{r.output}" for r in played.requests]
    return "\n".join(["time,input,output", *lines, ""])
