"""The archiver's parts, put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from botocore.exceptions import BotoCoreError, ClientError

from log_archiver.archive import Archive
from log_archiver.chain_table import ChainTable
from log_archiver.ingest import Ingest, Ingested
from log_archiver.names_table import NamesTable
from log_archiver.pseudonyms import Pseudonyms
from log_archiver.sealing import Counts, Sealer
from log_archiver.settings import Settings
from log_archiver.telemetry import logger
from log_archiver.vault import Vault
from shared.invocation_counts import counted_models, read_hour
from shared.registry import Registry

_LEFT_BEHIND_SECONDS: Final = 900
"""A delivery whose notification has not had it archived by then was lost, or failed."""


@dataclass(frozen=True, kw_only=True)
class Archiver:
    """What the function works with.

    Attributes:
        archive: The locked bucket.
        ingest: Archives delivered files.
        sealer: Closes hours.
    """

    archive: Archive
    ingest: Ingest
    sealer: Sealer

    @classmethod
    def of(
        cls,
        settings: Settings,
        clients: Mapping[str, Any],
        *,
        registry: Callable[[], Registry],
        pseudonyms: Pseudonyms,
        now: Callable[[], datetime],
    ) -> Self:
        """Put the parts together.

        Args:
            settings: The function's settings.
            clients: boto3 clients of cloudwatch, dynamodb, kms and s3.
            registry: Reads the registry.
            pseudonyms: Replaces names.
            now: The clock.
        """
        vault = Vault(s3=clients["s3"], bucket=settings.vault_bucket, owner=settings.vault_account)
        table = ChainTable(clients["dynamodb"], settings.chain_table)
        archive = Archive(
            vault=vault,
            table=table,
            names=NamesTable(clients["dynamodb"], settings.names_table, settings.names_days),
            pseudonyms=pseudonyms,
            now=now,
        )
        ingest = Ingest(
            s3=clients["s3"],
            bucket=settings.landing_bucket,
            owner=settings.where.account,
            prefix=settings.landing_prefix,
            content_bucket=settings.content_bucket,
            archive=archive,
            registry=registry,
            kept_metadata=settings.kept_metadata,
        )
        sealer = Sealer(
            where=settings.where,
            vault=vault,
            table=table,
            kms=clients["kms"],
            delay=settings.seal_delay,
            count=lambda hour: _count(clients["cloudwatch"], registry, hour),
            delete_landing=ingest.delete,
        )
        return cls(archive=archive, ingest=ingest, sealer=sealer)

    def sweep(self, enough: Callable[[], bool]) -> list[Ingested]:
        """Archive deliveries whose notification was lost.

        Args:
            enough: Whether to leave the rest to the next run.
        """
        done = []
        for key in self.ingest.left_behind(_LEFT_BEHIND_SECONDS):
            if enough():
                break
            try:
                done.append(self.ingest.file(key))
            except (BotoCoreError, ClientError):
                logger.exception("not archived; the next run tries again", key=key)
        return done


def _count(cloudwatch: Any, registry: Callable[[], Registry], hour: datetime) -> Counts | None:
    """Return what CloudWatch counted; a manifest without is better than none."""
    try:
        known = registry()
        profiles = {
            profile.profile_id
            for tenant in {*known.profiles, *known.replaced}
            for profile in known.watched(tenant).values()
        }
        return read_hour(cloudwatch, profiles | counted_models(cloudwatch), hour)
    except (BotoCoreError, ClientError):
        logger.exception("CloudWatch's counts are left out")
        return None
