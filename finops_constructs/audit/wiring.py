"""How the parts of one log find each other: by names, as they may be of two accounts."""

from dataclasses import dataclass

from finops_constructs.audit import names
from finops_constructs.landing_zone import LandingZone


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWiring:
    """The names of one log.

    Attributes:
        vault_bucket: The locked bucket.
        vault_account: The account that owns it.
        vault_key_alias: Alias of its key.
        landing_bucket: Where Bedrock delivers.
        content_bucket: Where content goes; None: there is none.
    """

    vault_bucket: str
    vault_account: str
    vault_key_alias: str
    landing_bucket: str
    content_bucket: str | None

    @classmethod
    def of(
        cls,
        zone: LandingZone,
        *,
        account: str,
        region: str,
        vault_account: str | None = None,
        content: bool = False,
    ) -> "LogWiring":
        """Return the names of the log of an account's and Region's calls.

        Args:
            zone: The landing zone, whose prefix every name has.
            account: The account.
            region: The Region.
            vault_account: The account of the locked bucket. Default: the same.
            content: Whether prompts and answers are kept for a while. Default: False.
        """
        return cls(
            vault_bucket=names.vault_bucket(zone, account, region),
            vault_account=vault_account or account,
            vault_key_alias=names.vault_key_alias(account, region),
            landing_bucket=names.landing_bucket(zone, account, region),
            content_bucket=names.content_bucket(zone, account, region) if content else None,
        )
