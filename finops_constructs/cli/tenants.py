"""`finops tenants`: what is deployed, how it stands, and what it costs while nobody uses it."""

import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from finops_constructs.cli.operator_options import Where, shown_errors, where_options
from finops_constructs.cli.output import print_json
from finops_constructs.cli.retire import retire
from finops_constructs.cli.tenants_import import import_tenants
from finops_constructs.estate.standing_cost import CostLine, standing_cost, total

if TYPE_CHECKING:
    from finops_constructs.estate.reader import Clients
    from finops_constructs.operations.status import TenantStatus

_WIDTH_OF_A_FILE: Final = 160


@click.group()
def tenants() -> None:
    """Tenants: what is deployed, how it stands, and what it costs."""


tenants.add_command(import_tenants)
tenants.add_command(retire)


@tenants.command("list")
@click.option("--region", "regions", multiple=True, help="A Region; may be given several times.")
@click.option("--endpoint-url", help="Where to call instead of AWS, such as an emulator.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_tenants(
    context: click.Context, *, regions: tuple[str, ...], endpoint_url: str | None, as_json: bool
) -> None:
    """List the tenants of this account, from AWS itself: registry, profiles, tags, budgets.

    Exit code 1 if something needs a person, such as a profile that no policy guards.

    Example: finops tenants list --region eu-west-1 --region eu-west-2
    """
    from rich.console import Console  # noqa: PLC0415 - slow to import, and not for --json

    from finops_constructs.cli import estate_tables  # noqa: PLC0415 - as above

    found = _read(regions, endpoint_url)
    if as_json:
        click.echo(json.dumps(estate_tables.as_json(found), indent=2))
    else:
        estate_tables.print_tenants(Console(), found)
    context.exit(1 if any(tenant.problems for tenant in found) else 0)


@tenants.command("status")
@click.argument("tenant", required=False)
@where_options
@click.pass_context
def status(context: click.Context, *, tenant: str | None, where: Where, as_json: bool) -> None:
    """Show what is stopped, why, since when and what ends it; of TENANT, everything known.

    Asks the platform. The estimate is of this month; a bill that is not there is never shown as 0.

    Exits with 0 if every tenant shown is active, 1 if one is stopped, held, waits for an approval
    or would have been stopped in mode `shadow`, 2 if it cannot be told.

    \b
    Example:
      finops tenants status
      finops tenants status writer --region eu-west-1
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    with shown_errors():
        from finops_constructs.operations.client import Operator  # noqa: PLC0415 - botocore

        aws = where.connect()
        operator = Operator.of(aws)
        found = operator.tenants() if tenant is None else (operator.status(tenant),)
    if as_json:
        shown = {"tenants": [each.raw for each in found]} if tenant is None else found[0].raw
        print_json({"region": aws.region, **shown})
    else:
        _print_status(found, aws.region, one=tenant is not None)
    context.exit(1 if any(each.needs_a_person for each in found) else 0)


def _print_status(found: "Sequence[TenantStatus]", region: str, *, one: bool) -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to import, and not for --json

    from finops_constructs.cli import status_page, status_table  # noqa: PLC0415 - as above

    width = None if sys.stdout.isatty() else _WIDTH_OF_A_FILE
    # What the platform says is shown as it is: a reason may hold brackets.
    console = Console(width=width, markup=False, emoji=False, highlight=False)
    if one:
        status_page.print_page(console, found[0], region=region)
    else:
        status_table.print_table(console, found, region=region)


@tenants.command("cost")
@click.argument("tenant", required=False)
@click.option(
    "--assembly",
    type=click.Path(path_type=Path, file_okay=False),
    default="cdk.out",
    show_default=True,
    help="A synthesized app.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cost(*, tenant: str | None, assembly: Path, as_json: bool) -> None:
    """Say what a tenant's own resources cost a month while nobody uses them.

    Computed from the synthesized template; free tiers are not counted, calls are not in it.

    Example: finops tenants cost writer --assembly cdk.out
    """
    costs = {name: standing_cost(template) for name, template in _templates(assembly, tenant)}
    if as_json:
        click.echo(json.dumps({name: _cost_json(lines) for name, lines in costs.items()}, indent=2))
        return
    for name, lines in costs.items():
        free = "" if lines else ": nothing in it costs anything while unused"
        click.echo(f"{name}: ${total(lines):.2f} a month{free}")
        for line in lines:
            price = "not priced" if line.usd is None else f"${line.usd:.2f}"
            click.echo(f"  {price:>10}  {line.basis}: {line.logical_id} ({line.type})")


def _cost_json(lines: list[CostLine]) -> dict[str, Any]:
    def text(usd: Decimal | None) -> str | None:
        return None if usd is None else str(usd)

    return {
        "standing_usd_per_month": str(total(lines)),
        "lines": [
            {"logical_id": each.logical_id, "type": each.type, "usd": text(each.usd)}
            for each in lines
        ],
    }


def _templates(assembly: Path, tenant: str | None) -> list[tuple[str, Mapping[str, Any]]]:
    ending = ".template.json"
    paths = sorted(assembly.glob(f"*{ending}"))
    names = [path.name.removesuffix(ending) for path in paths]
    if not paths:
        raise click.UsageError(f"{assembly}: nothing is synthesized there; run python app.py")
    if tenant and f"finops-{tenant}" not in names:
        there = [n.removeprefix("finops-") for n in names if not n.startswith("finops-platform-")]
        raise click.UsageError(f"{assembly}: no tenant {tenant!r}; known are {', '.join(there)}")
    return [
        (name, _template(path))
        for name, path in zip(names, paths, strict=True)
        if not tenant or name == f"finops-{tenant}"
    ]


def _template(path: Path) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.UsageError(f"{path}: not a template: {error}; run python app.py") from None
    return found


def _read(regions: tuple[str, ...], endpoint_url: str | None) -> list[Any]:
    import boto3  # noqa: PLC0415 - slow to import; `cost` does without
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

    from finops_constructs.estate.reader import RegistryError, read_tenants  # noqa: PLC0415

    try:
        session = boto3.Session()
        where = regions or ((session.region_name,) if session.region_name else ())
        if not where:
            raise click.UsageError("no Region: give --region, or set AWS_REGION")
        clients: Clients = lambda service, region: session.client(  # type: ignore[call-overload]  # noqa: E731
            service, region_name=region, endpoint_url=endpoint_url
        )
        return read_tenants(clients, where)
    except (BotoCoreError, ClientError, RegistryError) as error:
        raise click.ClickException(str(error)) from None
