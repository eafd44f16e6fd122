"""Calls through a profile that was replaced before the kill switch has entered it as such.

Whose it is, its tags say; what it costs, the entry of its alias said when it led there. Both are
asked for only where the registry does not know a profile, and a handful at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.former_profiles import ALIAS_TAG, TENANT_TAG, former_entry, tags_of
from shared.parsing import EntryError
from shared.reach import Place, profile_fault
from shared.registry_entries import ProfileEntry, parse_replaced
from spend_meter.telemetry import logger

REMEMBERED_SECONDS: Final = 60.0
MOST_ASKED_A_MINUTE: Final = 20
_PROFILE: Final = "application-inference-profile/"


@dataclass(slots=True)
class FormerProfiles:
    """Finds replaced profiles that the registry does not know.

    Attributes:
        bedrock: Makes a boto3 Bedrock client, which is seldom needed.
        ssm: A boto3 SSM client.
        place: Where the meter works.
        seconds: A steady clock.
    """

    bedrock: Callable[[], Any]
    ssm: Any
    place: Place
    seconds: Callable[[], float]
    _known: dict[str, ProfileEntry | None] = field(default_factory=dict)
    _since: float = 0.0
    _asked: int = 0

    def find(self, model_id: str) -> ProfileEntry | None:
        """Return the profile; None if it is none of this account's tenants, or not known now."""
        if self.seconds() - self._since >= REMEMBERED_SECONDS:
            self._known.clear()
            self._since, self._asked = self.seconds(), 0
        arn = self._arn(model_id)
        if arn not in self._known:
            if self._asked >= MOST_ASKED_A_MINUTE:
                return None
            self._asked += 1
            self._known[arn] = self._ask(arn)
        return self._known[arn]

    def has_found(self, tenant: str) -> bool:
        """Whether a tenant has a profile that should be entered in the registry."""
        return any(entry is not None and entry.tenant == tenant for entry in self._known.values())

    def _arn(self, model_id: str) -> str:
        if ":" in model_id:
            return model_id
        place, profile_id = self.place, model_id.rpartition("/")[2]
        prefix = f"arn:{place.partition}:bedrock:{place.region}:{place.account}"
        return f"{prefix}:{_PROFILE}{profile_id}"

    def _ask(self, arn: str) -> ProfileEntry | None:
        if profile_fault(arn, self.place) is not None:
            return None
        try:
            tags = tags_of(self.bedrock(), arn)
            tenant, alias = tags.get(TENANT_TAG), tags.get(ALIAS_TAG)
            if not tenant or not alias:
                return None
            value = former_entry(self.ssm, tenant, alias, arn)
            if value is None:
                return None
            return parse_replaced(tenant, f"{alias}/{arn.rpartition('/')[2]}", value)
        except (BotoCoreError, ClientError, EntryError):
            logger.exception("an unknown profile's past is not readable", arn=arn)
            return None
