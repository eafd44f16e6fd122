"""What the function is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from log_archiver.manifest import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The environment of the archiver.

    Attributes:
        where: Which log it keeps, and how it is locked.
        vault_bucket: The locked bucket.
        vault_account: Whose it is.
        landing_bucket: Where Bedrock delivers.
        landing_prefix: Below which it does.
        content_bucket: Where files with bodies go; None: nowhere, there are none.
        chain_table: The archiver's memory.
        names_table: The re-identification table.
        names_days: How long a name is kept there after it was last met.
        pseudonym_key: The KMS key that pseudonyms are computed with.
        kept_metadata: Keys of `requestMetadata` whose values are kept as they are.
        seal_delay: How long after its end an hour is closed.
        registry_ttl_seconds: How long the registry is used before it is read again.
    """

    where: Where
    vault_bucket: str
    vault_account: str
    landing_bucket: str
    landing_prefix: str
    content_bucket: str | None
    chain_table: str
    names_table: str
    names_days: int
    pseudonym_key: str
    kept_metadata: tuple[str, ...]
    seal_delay: timedelta
    registry_ttl_seconds: float

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Return the settings; KeyError or ValueError if one is missing or is no number."""
        metadata = environment.get("KEPT_METADATA_KEYS", "")
        return cls(
            where=Where(
                account=environment["LOG_ACCOUNT"],
                region=environment["LOG_REGION"],
                mode=environment["LOCK_MODE"],
                days=int(environment["LOCK_DAYS"]),
                signing_key=environment.get("SIGNING_KEY_ARN") or None,
            ),
            vault_bucket=environment["VAULT_BUCKET"],
            vault_account=environment["VAULT_ACCOUNT"],
            landing_bucket=environment["LANDING_BUCKET"],
            landing_prefix=environment["LANDING_PREFIX"],
            content_bucket=environment.get("CONTENT_BUCKET") or None,
            chain_table=environment["CHAIN_TABLE"],
            names_table=environment["NAMES_TABLE"],
            names_days=int(environment["NAMES_DAYS"]),
            pseudonym_key=environment["PSEUDONYM_KEY_ARN"],
            kept_metadata=tuple(key for key in metadata.split("\n") if key),
            seal_delay=timedelta(minutes=int(environment.get("SEAL_DELAY_MINUTES", "15"))),
            registry_ttl_seconds=float(environment.get("REGISTRY_TTL_SECONDS", "60")),
        )
