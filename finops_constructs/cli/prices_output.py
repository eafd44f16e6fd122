"""What `finops prices` prints: tables on a terminal, lines with tabs elsewhere, or JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from finops_constructs.attribution.model_source import ModelSource
from finops_constructs.cli.output import counted, print_json
from finops_constructs.prices.price_entry import plain, write_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal
    from pathlib import Path

    from finops_constructs.prices.aws_import import Refreshed
    from finops_constructs.prices.aws_offer import Offer
    from finops_constructs.prices.check import ConfiguredModel
    from finops_constructs.prices.model_price import ModelPrice, Rates
    from finops_constructs.prices.price_list import PriceList

_PRICE_COLUMNS: Final = (
    "model", "region", "input", "output", "read", "write 5m", "write 1h", "remark",
)  # fmt: skip


def print_prices(prices: Sequence[ModelPrice], listed: PriceList, *, as_json: bool) -> None:
    """Print prices, one line for each and one more for each long-context tier."""
    if as_json:
        print_json({**_about(listed), "prices": [write_entry(price) for price in prices]})
        return
    _print_table(_PRICE_COLUMNS, [row for price in prices for row in _price_rows(price)])
    click.echo(f"USD per 1,000,000 tokens, on demand. {listed.source}, {listed.licence}.", err=True)


def print_no_price(model: str, suggestions: Sequence[str], *, as_json: bool) -> None:
    """Print that a model has no price, and what may have been meant."""
    if as_json:
        print_json({"model": model, "prices": [], "suggestions": list(suggestions)})
        return
    meant = f"; priced are {', '.join(suggestions)}" if suggestions else ""
    click.echo(f"{model} has no price{meant}", err=True)


def print_check(
    listed: PriceList,
    models: Sequence[ConfiguredModel],
    *,
    age_days: int,
    too_old: bool,
    as_json: bool,
) -> None:
    """Print the age of the list and what was found about each configured model."""
    if as_json:
        print_json(
            {
                **_about(listed),
                "age_days": age_days,
                "too_old": too_old,
                "models": [_model_json(model) for model in models],
            }
        )
        return
    age = counted(age_days, "day")
    click.echo(f"{listed.path}: as of {listed.as_of}, {age} old{' (too old)' * too_old}")
    if not models:
        click.echo("no configuration folder: no models to check")
        return
    _print_table(
        ("tenant", "alias", "model", "region", "status", "as of", "finding"),
        [
            (
                model.tenant,
                model.alias,
                model.model,
                model.region,
                model.status,
                str(model.price.as_of) if model.price else "",
                "; ".join(model.findings),
            )
            for model in models
        ],
    )
    found = sum(bool(model.findings) for model in models)
    unmetered = sum(model.status == "unmetered" for model in models)
    click.echo(f"{counted(len(models), 'model')}: {found} with findings, {unmetered} unmetered")


def print_refresh(
    result: Refreshed, offers: Sequence[Offer], target: Path, *, changed: bool, as_json: bool
) -> None:
    """Print what a refresh did, and what it could not do."""
    read = [f"{offer.code} {offer.published}" for offer in offers]
    if as_json:
        print_json(
            {
                "written": str(target),
                "changed": changed,
                "read": read,
                "updated": [write_entry(price) for _, price in result.updated],
                "new": [write_entry(price) for price in result.new],
                "unchanged": len(result.unchanged),
                "not_mapped": result.not_mapped,
            }
        )
        return
    for former, present in result.updated:
        change = f"{_in_out(former.rates)} -> {_in_out(present.rates)}"
        click.echo(f"updated: {_called(present)}: {change}")
    for price in result.new:
        click.echo(f"new: {_called(price)}: {_in_out(price.rates)}")
    for what, reason in sorted(result.not_mapped.items()):
        click.echo(f"not mapped: {what}: {reason}")
    click.echo(
        f"{len(result.updated)} updated, {len(result.new)} new, {len(result.unchanged)} unchanged, "
        f"{len(result.not_mapped)} not mapped, {len(result.prices)} prices in all"
    )
    click.echo(f"{target}: {'written' if changed else 'already so'}")


def _about(listed: PriceList) -> dict[str, Any]:
    return {
        "list": str(listed.path),
        "source": listed.source,
        "licence": listed.licence,
        "as_of": listed.as_of.isoformat(),
    }


def _model_json(model: ConfiguredModel) -> dict[str, Any]:
    return {
        "tenant": model.tenant,
        "alias": model.alias,
        "model": model.model,
        "region": model.region,
        "status": model.status,
        "as_of": model.price.as_of.isoformat() if model.price else None,
        "findings": list(model.findings),
    }


def _price_rows(price: ModelPrice) -> Iterable[tuple[str, ...]]:
    remarks = []
    if not price.metered:
        remarks.append(f"unmetered: billed per {price.unit}")
    remarks += [f"{plain(usd)} per {unit}" for unit, usd in price.unit_prices.items()]
    if price.deprecation_date:
        remarks.append(f"retired {price.deprecation_date}")
    called = ModelSource(base_model_id=price.model, scope=price.scope).source_id
    head = called, price.region or "any"
    yield (*head, *_cells(price.rates), "; ".join(remarks))
    for tier in price.tiers:
        yield (*head, *_cells(tier.rates), f"above {tier.above_input_tokens} input tokens")


def _cells(rates: Rates) -> tuple[str, ...]:
    return tuple(_cell(rate) for _, rate in rates.items())


def _cell(rate: Decimal | None) -> str:
    return "-" if rate is None else plain(rate)


def _in_out(rates: Rates) -> str:
    return "/".join(_cells(rates))


def _called(price: ModelPrice) -> str:
    return f"{price.model} ({price.scope}, {price.region or 'any Region'})"


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not sys.stdout.isatty():
        for row in (columns, *rows):
            click.echo("\t".join(row))
        return
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415  # half of the command's start-up time
    from rich.measure import Measurement  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(*columns, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    # A narrow terminal wraps lines; a narrow table would cut ids and findings short.
    wide = console.options.update(width=10_000)
    console.width = max(console.width, Measurement.get(console, wide, table).maximum)
    console.print(table)
