"""The bill: a made-up export in the bucket, asked by the lake's views, told to the kill switch."""

import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from finops_constructs.config.loader import ConfigFolder
from finops_constructs.cost_data.cur_folder import INPUTS_FOLDER
from finops_constructs.cost_data.sample.inputs import write_inputs
from finops_constructs.cost_data.sample.writer import plan_months, write_sample
from finops_constructs.cost_lake.exports import CUR_EXPORT
from finops_constructs.cost_lake.names import DATABASE, WORKGROUP
from local.demo.finops_cli import FinopsCli
from local.demo.narration import OUT, Narrator, wait_until
from local.emulator import Emulator, EmulatorError

TENANT: Final = "writer"
_ROWS: Final = 600
_SOURCE: Final = f"athena://{WORKGROUP}/{DATABASE}"


def play(narrator: Narrator, emulator: Emulator, config: ConfigFolder) -> dict[str, Any]:
    """Deliver two months, ask for them, reconcile; return what was seen."""
    billing = config.platform.billing
    assert billing
    narrator.chapter("The bill")
    folder, ledger = _bill()
    bucket = f"finops-cost-data-{emulator.account}-{billing.lake_region}"
    _deliver(emulator, bucket, folder)
    narrator.say(f"a made-up CUR 2.0 of {len(ledger)} months is in s3://{bucket}/{CUR_EXPORT}/")
    region = next(tenant.region for tenant in config.tenants if tenant.id == TENANT)
    lake = FinopsCli(emulator, narrator, billing.lake_region)
    month, told = list(ledger.items())[-1]
    answer = lake.run("query", "showback", "--source", _SOURCE, "--month", month)
    asked = sum(Decimal(row["cost_usd"]) for row in answer["rows"])
    truth = Decimal(told["bedrock_cost_usd"])
    narrator.say(f"the views on Athena say USD {asked:,.2f}; USD {truth:,.2f} was put in")
    if asked != truth:
        raise EmulatorError(f"showback on Athena is {asked}, the bill {truth}")
    _call(emulator, billing.lake_region, "reconciliation")
    status = FinopsCli(emulator, narrator, region)
    billed = wait_until("the bill told to the kill switch", lambda: _reconciled(status))
    narrator.say(f"{TENANT} was billed USD {Decimal(billed['amount_usd']):,.2f} by the lake")
    usage = Decimal(told["by_tenant"][TENANT]["usage"])
    estimates = _estimates(emulator, lake, status, {tenant.region for tenant in config.tenants})
    return {
        **estimates,
        "month": month,
        "asked_usd": str(asked),
        "put_in_usd": str(truth),
        "told_usd": billed["amount_usd"],
        "told_exactly": Decimal(billed["amount_usd"]) == usage,
    }


def _estimates(
    emulator: Emulator, lake: FinopsCli, status: FinopsCli, regions: Iterable[str]
) -> dict[str, Any]:
    """Bring the ledgers to the lake, and hold what Athena says of them against the statuses."""
    for region in sorted(regions):
        _call(emulator, region, "ledger_export")
    source = f"{emulator.account}/{status.region}"
    query = (
        "SELECT tenant, sum(estimated_usd) AS usd"  # noqa: S608 - our own account and Region
        f" FROM estimates WHERE source = '{source}' GROUP BY 1"
    )
    rows = lake.run("query", query, "--source", _SOURCE)["rows"]
    found = {row["tenant"]: Decimal(row["usd"]) for row in rows}
    statuses = status.ask("tenants", "status")["tenants"]
    metered = {each["tenant"]: Decimal(each["estimated_usd"]) for each in statuses}
    if found != {tenant: usd for tenant, usd in metered.items() if usd}:
        raise EmulatorError(f"estimates on Athena are {found}, the ledger has {metered}")
    return {"estimates_usd": {tenant: str(usd) for tenant, usd in found.items()}}


def _bill() -> tuple[Path, Mapping[str, Any]]:
    folder = OUT / "bill"
    shutil.rmtree(folder, ignore_errors=True)
    months = plan_months(last=datetime.now(UTC).date(), months=2, rows=_ROWS)
    ledger = write_sample(folder, months).ledger
    write_inputs(folder, months, ledger)
    return folder, ledger["months"]


def _deliver(emulator: Emulator, bucket: str, folder: Path) -> None:
    s3 = emulator.client("s3")
    for file in sorted((folder / "data").rglob("*.parquet")):
        key = f"{CUR_EXPORT}/data/{file.relative_to(folder / 'data')}"
        s3.put_object(Bucket=bucket, Key=key, Body=file.read_bytes())
    for name in ("outcomes", "dimensions", "invoices", "estimates"):
        for file in sorted((folder / INPUTS_FOLDER / name).iterdir()):
            key = f"{INPUTS_FOLDER}/{name}/{file.name}"
            s3.put_object(Bucket=bucket, Key=key, Body=file.read_bytes())


def _call(emulator: Emulator, region: str, package: str) -> None:
    """Call a daily job, as its schedule would."""
    functions = emulator.client("lambda", region)
    (name,) = [
        each["FunctionName"]
        for page in functions.get_paginator("list_functions").paginate()
        for each in page["Functions"]
        if each["Handler"] == f"{package}.handler.handler"
    ]
    answer = functions.invoke(FunctionName=name, Payload=b"{}")
    if "FunctionError" in answer:
        raise EmulatorError(f"{package} failed: {json.load(answer['Payload'])}")


def _reconciled(status: FinopsCli) -> dict[str, Any] | None:
    billed: dict[str, Any] = status.ask("tenants", "status", TENANT)["billed"]
    return billed if billed.get("source") == "reconciled" else None
