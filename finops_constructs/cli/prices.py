"""`finops prices`: show, check and refresh what models cost."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from finops_constructs.cli import prices_output as output
from finops_constructs.prices.configured import OWN_LIST
from finops_constructs.prices.price_list import load_price_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from finops_constructs.prices.configured_models import ConfiguredModels

_DEFAULT_CONFIG: Final = Path("config")
_config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="FINOPS_CONFIG",
    help="Configuration folder. Default: config, if there is one.",
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class _InputError(click.ClickException):
    exit_code = 2


def _answers_faults(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what is wrong with the user's files into a message and exit code 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ValueError as fault:  # PriceListError, ConfigFaults: the text is meant for the user
            raise _InputError(str(fault)) from None

    return run


def _loaded(config: Path | None) -> ConfiguredModels | None:
    if config is None and not _DEFAULT_CONFIG.is_dir():
        return None
    # Reading YAML takes longer than the rest of `show` together.
    from finops_constructs.prices.configured_models import load_models  # noqa: PLC0415

    return load_models(config or _DEFAULT_CONFIG)


@click.group()
def prices() -> None:
    """Show, check and refresh what models cost."""


@prices.command()
@click.argument("model", required=False)
@click.option("--region", help="The Region the model is called in. Default: any.")
@_config_option
@_json_option
@_answers_faults
def show(model: str | None, region: str | None, config: Path | None, *, as_json: bool) -> None:
    """Show the price of MODEL, or the whole price list.

    MODEL is a model id, a system inference profile id, or the ARN of either. USD per 1,000,000
    tokens, your own prices first. Exits with 1 if MODEL has no price.

    \b
    Example:
      finops prices show eu.anthropic.claude-sonnet-5-5 --region eu-west-1
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.attribution.model_source import parse_model_source  # noqa: PLC0415

    configured = _loaded(config)
    listed = configured.prices if configured else load_price_list()
    if model is None:
        output.print_prices(list(listed.entries()), listed, as_json=as_json)
        return
    source = parse_model_source(model)
    price = listed.find(source, region=region)
    if price is None:
        output.print_no_price(source.source_id, listed.suggestions(source), as_json=as_json)
        raise click.exceptions.Exit(1)
    output.print_prices([price], listed, as_json=as_json)


@prices.command()
@_config_option
@click.option("--max-age-days", type=click.IntRange(min=0), help="Find fault with older prices.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Day to reckon from.")
@_json_option
@_answers_faults
def check(
    config: Path | None, max_age_days: int | None, today: datetime | None, *, as_json: bool
) -> None:
    """Say how old prices are and which configured models have none.

    Also which are unmetered, and which AWS retires within 90 days. Exits with 1 if a person should
    act: unmetered models that say so are no reason.

    \b
    Example:
      finops prices check --max-age-days 60
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.prices.check import check_models  # noqa: PLC0415

    day = today.date() if today else datetime.now(UTC).date()
    configured = _loaded(config)
    listed = configured.prices if configured else load_price_list()
    models = check_models(
        listed, configured.tenants if configured else (), today=day, max_age_days=max_age_days
    )
    age = listed.age_days(day)
    too_old = configured is None and max_age_days is not None and age > max_age_days
    output.print_check(listed, models, age_days=age, too_old=too_old, as_json=as_json)
    if too_old or any(model.findings for model in models):
        raise click.exceptions.Exit(1)


@prices.command()
@click.option("--from", "place", help="Folder of AWS Price List offer files, or the list's URL.")
@click.option("--region", "regions", multiple=True, help="Default: the tenants' Regions.")
@click.option(
    "--litellm",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Build the list anew from LiteLLM's price file first.",
)
@click.option("--litellm-version", help="The release the file belongs to, such as 1.110.2.")
@click.option("--litellm-date", type=click.DateTime(["%Y-%m-%d"]), help="The day of that release.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="List to write. Default: prices.json in the configuration folder.",
)
@_config_option
@_json_option
@_answers_faults
def refresh(
    *,
    place: str | None,
    regions: tuple[str, ...],
    litellm: Path | None,
    litellm_version: str | None,
    litellm_date: datetime | None,
    out: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Write a price list with AWS's own rates.

    Begins with the shipped list and the one written before, takes the rates that the AWS Price
    List states with certainty, and keeps the others with their date. A prices.json in the
    configuration folder is used instead of the shipped list wherever the configuration is.

    \b
    Example:
      finops prices refresh --from https://pricing.us-east-1.amazonaws.com
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.prices.aws_import import refresh_prices  # noqa: PLC0415
    from finops_constructs.prices.aws_source import read_offers  # noqa: PLC0415
    from finops_constructs.prices.price_file import write_price_file  # noqa: PLC0415
    from finops_constructs.prices.refresh import imported_prices, starting_prices  # noqa: PLC0415

    if place is None and litellm is None:
        raise click.UsageError("give --from, --litellm, or both")
    configured = _loaded(config)
    target = out or (config or _DEFAULT_CONFIG) / OWN_LIST
    if litellm is None:
        start = starting_prices(target)
    else:
        if litellm_version is None or litellm_date is None:
            raise click.UsageError("--litellm needs --litellm-version and --litellm-date")
        start = imported_prices(litellm, version=litellm_version, as_of=litellm_date.date())
    wanted = regions or (configured.regions if configured else ())
    offers = list(read_offers(place, wanted)) if place else []
    result = refresh_prices(start.prices, offers)
    source = f"{start.source}; AWS Price List" if offers else start.source
    changed = write_price_file(target, result.prices.values(), source=source, licence=start.licence)
    output.print_refresh(result, offers, target, changed=changed, as_json=as_json)
