"""What a repricing found, as a table and as JSON."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import click

from finops_constructs.cli.output import print_json
from finops_constructs.cli.shown_values import usd
from finops_constructs.cli.waiting_sign import waiting_sign
from finops_constructs.operations.repricing.run import Repricing

_SAY_EVERY = 100_000


@contextmanager
def counting(*, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show that the log is being read; yields what is told the number of records."""
    if quiet:
        yield lambda _: None
        return
    with waiting_sign("reading the invocation log") as say:
        said = 0

        def count(records: int) -> None:
            nonlocal said
            if records - said >= _SAY_EVERY:
                said = records
                say(f"  {records:,} records read")

        yield count


def print_comparison(found: Repricing) -> None:
    """Print what each alias has spent as booked and as it is now."""
    from rich import box  # noqa: PLC0415 - slow to import, and not for --json
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above

    click.echo(
        f"{found.log.records:,} log records from {found.first_day} to "
        f"{found.until:%Y-%m-%d %H:%M} UTC"
    )
    for reason, records in sorted(found.log.refused.items()):
        click.echo(f"  {records:,} of them cannot be priced: {reason}")
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("tenant", "alias", "days", "was", "is", "difference"):
        table.add_column(column, justify="left" if column in {"tenant", "alias"} else "right")
    sums = _by_alias(found)
    for (tenant, alias), (days, was, now) in sorted(sums.items()):
        table.add_row(tenant, alias, str(days), usd(was), usd(now), usd(now - was))
    if sums:
        Console().print(table)
    else:
        click.echo("Every price was as it is: there is nothing to book.")
    for tenant, comparison in sorted(found.tenants.items()):
        for left in comparison.left_alone:
            click.echo(
                f"! left alone: {tenant} {left.alias} on {left.day}, hours {', '.join(left.hours)}:"
                f" {left.why}"
            )


def print_as_json(found: Repricing, booked: Sequence[dict[str, Any]]) -> None:
    """Print everything as one JSON object."""
    print_json(
        {
            "first_day": found.first_day,
            "until": found.until,
            "records": found.log.records,
            "refused": dict(found.log.refused),
            "tenants": {
                tenant: {
                    "differences": [
                        {**asdict(each), "usd": each.usd} for each in comparison.differences
                    ],
                    "left_alone": [asdict(each) for each in comparison.left_alone],
                }
                for tenant, comparison in found.tenants.items()
            },
            "booked": list(booked),
        }
    )


def _by_alias(found: Repricing) -> dict[tuple[str, str], tuple[int, Decimal, Decimal]]:
    sums: defaultdict[tuple[str, str], tuple[int, Decimal, Decimal]]
    sums = defaultdict(lambda: (0, Decimal(0), Decimal(0)))
    for tenant, comparison in found.tenants.items():
        for each in comparison.differences:
            if each.alias is not None:
                days, was, now = sums[tenant, each.alias]
                sums[tenant, each.alias] = (days + 1, was + each.was_usd, now + each.is_usd)
    return dict(sums)
