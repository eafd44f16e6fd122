"""The function behind the dashboard's table; CloudWatch calls it for whoever looks."""

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Final

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from dashboard.table import DEFAULT_ROWS, MOST_ROWS, table
from shared import registry, state_table
from shared.canary_tenant import CANARY_TENANT
from shared.reach import Place
from shared.registry_cache import RegistryCache
from shared.state_table import StateTable
from shared.statuses import Statuses

PERMISSIONS: Final = tuple(sorted({*registry.PERMISSIONS, *state_table.READ_PERMISSIONS}))
"""Every IAM action the code calls."""
_CLIENT: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=3, read_timeout=8
)
_AT_ONCE: Final = 16
_ABOUT: Final = (
    "Tenants by estimated spend of the month, those first that are not plainly active.\n"
    "Parameters: `top`, how many rows, 1 to 100."
)

logger = Logger()


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> str:
    """Return the table as HTML, or with `describe` what this is.

    Args:
        event: CloudWatch's, with the widget's `params` in it.
        context: Lambda's.
    """
    if event.get("describe"):
        return _ABOUT
    cache_, statuses = _sources(context.invoked_function_arn)
    known = cache_.current()
    tenants = [tenant for tenant in known.tenants if tenant != CANARY_TENANT]
    return table(statuses.of_all(tenants, known), rows=_rows(event))


def _rows(event: Mapping[str, Any]) -> int:
    asked = event.get("top", DEFAULT_ROWS)
    usable = isinstance(asked, int) and not isinstance(asked, bool)
    return min(max(asked, 1), MOST_ROWS) if usable else DEFAULT_ROWS


@cache
def _sources(function_arn: str) -> tuple[RegistryCache, Statuses]:
    dynamodb, ssm = (boto3.client(service, config=_CLIENT) for service in ("dynamodb", "ssm"))
    return (
        RegistryCache(
            partial(registry.load_registry, ssm),
            seconds=time.monotonic,
            ttl_seconds=int(os.environ["REGISTRY_TTL_SECONDS"]),
        ),
        Statuses(
            table=StateTable(dynamodb, os.environ["STATE_TABLE"]),
            ledger_table=os.environ["LEDGER_TABLE"],
            place=Place.of_function(function_arn),
            now=lambda: datetime.now(UTC),
            executor=ThreadPoolExecutor(max_workers=_AT_ONCE),
        ),
    )
