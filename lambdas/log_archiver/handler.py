"""The log archiver's function: everything that goes into the locked bucket goes through it."""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Final
from urllib.parse import unquote_plus

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from log_archiver import chain_table, ingest, names_table, sealing, vault
from log_archiver.archiver import Archiver
from log_archiver.events import ALARM_CHANGE, archive_alarm
from log_archiver.journal import archive_journal
from log_archiver.pseudonyms import Pseudonyms, derive_key
from log_archiver.settings import Settings
from log_archiver.statements import RefusedError, append
from log_archiver.telemetry import logger, metrics
from shared import invocation_counts, registry
from shared.registry_cache import RegistryCache

PERMISSIONS: Final = tuple(
    sorted(
        {
            "kms:GenerateMac",
            *chain_table.PERMISSIONS,
            *ingest.PERMISSIONS,
            *invocation_counts.PERMISSIONS,
            *names_table.PERMISSIONS,
            *registry.PERMISSIONS,
            *sealing.PERMISSIONS,
            *vault.PERMISSIONS,
        }
    )
)
"""Every IAM action the code calls; reading its queue and stream is up to their mappings."""

_CLIENT: Final = Config(
    retries={"mode": "standard", "max_attempts": 4}, connect_timeout=3, read_timeout=30
)
_SPARE_MILLISECONDS: Final = 120_000


@metrics.log_metrics
@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any] | None:
    """Archive what is delivered, close hours, or take a statement.

    Args:
        event: Of the ingest queue, the state table's stream, a schedule, an alarm's change, or the
            function's URL.
        context: Lambda's.
    """
    archiver = _archiver()
    if "Records" in event:
        return _batch(event["Records"], archiver)
    if event.get("detail-type") == ALARM_CHANGE:
        archived = archive_alarm(event, archiver.archive)
        metrics.add_metric("EventsArchived", MetricUnit.Count, int(archived is not None))
        return None
    if "requestContext" in event:
        return _answer(event, context, archiver)
    return _scheduled(context, archiver)


def _batch(records: Sequence[Mapping[str, Any]], archiver: Archiver) -> dict[str, Any]:
    """Take records one by one; of a stream, those after the first failure are not tried."""
    failures = []
    metrics.add_metric("RecordsArchived", MetricUnit.Count, 0)
    for record in records:
        try:
            if "dynamodb" in record:
                archive_journal(record, archiver.archive)
            else:
                for key in _delivered_keys(record):
                    _count(archiver.ingest.file(key))
        except Exception:  # noqa: BLE001 - one record's failure is that record's alone
            logger.exception("not archived; it is tried again")
            metrics.add_metric("ArchiveFailures", MetricUnit.Count, 1)
            if "dynamodb" in record:
                number = record["dynamodb"]["SequenceNumber"]
                return {"batchItemFailures": [{"itemIdentifier": number}]}
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _delivered_keys(message: Mapping[str, Any]) -> Iterator[str]:
    for record in json.loads(message["body"]).get("Records", []):
        yield unquote_plus(record["s3"]["object"]["key"])


def _scheduled(context: Any, archiver: Archiver) -> dict[str, Any]:
    deadline = (
        time.monotonic() + (context.get_remaining_time_in_millis() - _SPARE_MILLISECONDS) / 1e3
    )

    def enough() -> bool:
        return bool(time.monotonic() > deadline)

    swept = archiver.sweep(enough)
    for each in swept:
        _count(each)
    now = datetime.now(UTC)
    made = archiver.sealer.run(now, enough)
    metrics.add_metric("ManifestsMade", MetricUnit.Count, len(made))
    metrics.add_metric("HoursWithoutManifest", MetricUnit.Count, archiver.sealer.hours_behind(now))
    metrics.add_metric("SweptDeliveries", MetricUnit.Count, sum(not e.skipped for e in swept))
    logger.info("sealed", hours=[link.hour for link in made])
    return {"sealed": [link.hour for link in made]}


def _count(done: ingest.Ingested) -> None:
    metrics.add_metric("RecordsArchived", MetricUnit.Count, done.records)
    unreadable = done.unreadable + bool(done.broken)
    metrics.add_metric("UnreadableDeliveries", MetricUnit.Count, unreadable)
    if unreadable:
        logger.error("delivery not wholly readable", reason=done.broken, lines=done.unreadable)


def _answer(event: Mapping[str, Any], context: Any, archiver: Archiver) -> dict[str, Any]:
    try:
        answer = append(event, archiver.archive, datetime.now(UTC))
        metrics.add_metric("StatementsArchived", MetricUnit.Count, 1)
        return _response(200, answer)
    except RefusedError as error:
        logger.info("refused", status_code=error.status_code, reason=str(error))
        metrics.add_metric("StatementsRefused", MetricUnit.Count, 1)
        return _response(error.status_code, {"error": str(error)})
    except Exception:  # noqa: BLE001 - whoever called is told, and the log has it
        logger.exception("failed")
        metrics.add_metric("ArchiveFailures", MetricUnit.Count, 1)
        text = f"the archiver failed: see the log of request {context.aws_request_id}"
        return _response(500, {"error": text})


def _response(status_code: int, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status_code,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body),
    }


@cache
def _archiver() -> Archiver:
    settings = Settings.read(os.environ)
    clients = {
        name: boto3.client(name, config=_CLIENT)
        for name in ("cloudwatch", "dynamodb", "kms", "s3", "ssm")
    }
    cached = RegistryCache(
        load=partial(registry.load_registry, clients["ssm"]),
        seconds=time.monotonic,
        ttl_seconds=settings.registry_ttl_seconds,
    )
    return Archiver.of(
        settings,
        clients,
        registry=cached.current,
        pseudonyms=Pseudonyms(derive_key(clients["kms"], settings.pseudonym_key)),
        now=lambda: datetime.now(UTC),
    )
