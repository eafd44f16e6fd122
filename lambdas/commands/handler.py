"""The commands function, behind a URL that IAM authorises."""

import json
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

from commands.identity import actor_of
from commands.refusal import RefusedError
from commands.request import parse_request
from commands.service import Service
from shared import registry, state_table, wake
from shared.reach import Place
from shared.registry_cache import RegistryCache
from shared.statuses import Statuses

PERMISSIONS: Final = tuple(
    sorted(
        {
            *registry.PERMISSIONS,
            *state_table.READ_PERMISSIONS,
            *state_table.WRITE_PERMISSIONS,
            *wake.PERMISSIONS,
        }
    )
)
"""Every IAM action the code calls."""

_CLIENT: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=3, read_timeout=8
)
_AT_ONCE: Final = 16

logger = Logger()


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request of the function URL; see `Request` for its body.

    Args:
        event: The request, payload format 2.0.
        context: Lambda's.
    """
    try:
        actor = actor_of(event)
        request = parse_request(event)
        return _response(200, _service(context.invoked_function_arn).answer(request, actor))
    except RefusedError as error:
        logger.info("refused", status_code=error.status_code, reason=str(error))
        return _response(error.status_code, {"error": str(error)})
    except Exception:
        logger.exception("failed")
        text = f"the platform failed: see the log of request {context.aws_request_id}"
        return _response(500, {"error": text})


def _response(status_code: int, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status_code,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body),
    }


@cache
def _service(function_arn: str) -> Service:
    dynamodb, sqs, ssm = (
        boto3.client(service, config=_CLIENT) for service in ("dynamodb", "sqs", "ssm")
    )
    table = state_table.StateTable(dynamodb, os.environ["STATE_TABLE"])
    return Service(
        registry=RegistryCache(
            partial(registry.load_registry, ssm),
            seconds=time.monotonic,
            ttl_seconds=int(os.environ["REGISTRY_TTL_SECONDS"]),
        ),
        table=table,
        statuses=Statuses(
            table=table,
            ledger_table=os.environ["LEDGER_TABLE"],
            place=Place.of_function(function_arn),
            now=_utc_now,
            executor=ThreadPoolExecutor(max_workers=_AT_ONCE),
        ),
        sqs=sqs,
        wake_queue_url=os.environ["WAKE_QUEUE_URL"],
        now=_utc_now,
    )


def _utc_now() -> datetime:
    return datetime.now(UTC)
