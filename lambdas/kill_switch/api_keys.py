"""A stop deactivates the Bedrock API keys of the users that the tenant declares.

No policy of the switch reaches an IAM user. Only users that carry the tenant's tag may be touched,
and only keys that the switch itself deactivated are activated again. What is to be deactivated is
stored first, so that a crash cannot leave a key off for ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from shared.held_keys import HELD_KEYS, HeldKey, HeldKeys
from shared.reach import Place
from shared.state_table import StateTable

PERMISSIONS: Final = (
    "iam:ListServiceSpecificCredentials",
    "iam:UpdateServiceSpecificCredential",
)
SERVICE: Final = "bedrock.amazonaws.com"
_GONE: Final = "NoSuchEntity"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHolder:
    """Holds and lets go of a tenant's keys.

    Attributes:
        iam: A boto3 IAM client; its errors are not caught, except for what is gone.
        table: The state table.
        place: Where the kill switch works.
    """

    iam: Any
    table: StateTable
    place: Place

    def hold(self, tenant: str, users: Iterable[str], held: HeldKeys) -> HeldKeys:
        """Deactivate the active keys of a tenant's users; return all that are held.

        Args:
            tenant: The tenant.
            users: ARNs of the users it declares.
            held: What is held already.
        """
        active = [key for arn in users for key in self._active(arn)]
        if not active:
            return held
        after = HeldKeys(keys=tuple(sorted({*held.keys, *active}, key=lambda key: key.id)))
        self._store(tenant, after, "api-keys-deactivated", active)
        for key in active:
            self._set(key, "Inactive")
        return after

    def let_go(self, tenant: str, held: HeldKeys) -> HeldKeys:
        """Activate what was held; return what is held still: nothing."""
        if held.keys:
            for key in held.keys:
                self._set(key, "Active")
            self._store(tenant, HeldKeys(), "api-keys-activated", held.keys)
        return HeldKeys()

    def _active(self, user_arn: str) -> list[HeldKey]:
        prefix = f"arn:{self.place.partition}:iam::{self.place.account}:user/"
        if not user_arn.startswith(prefix):
            raise ValueError(f"{user_arn} is no user of account {self.place.account}")
        user = user_arn.rpartition("/")[2]
        try:
            found = self.iam.list_service_specific_credentials(UserName=user, ServiceName=SERVICE)
        except ClientError as error:
            if _code(error) == _GONE:
                return []
            raise
        return [
            HeldKey(user=user, id=each["ServiceSpecificCredentialId"])
            for each in found["ServiceSpecificCredentials"]
            if each["Status"] == "Active" and each["ServiceName"] == SERVICE
        ]

    def _set(self, key: HeldKey, status: str) -> None:
        try:
            self.iam.update_service_specific_credential(
                UserName=key.user, ServiceSpecificCredentialId=key.id, Status=status
            )
        except ClientError as error:
            if _code(error) != _GONE:
                raise

    def _store(self, tenant: str, held: HeldKeys, kind: str, keys: Iterable[HeldKey]) -> None:
        names = [f"{key.user}/{key.id}" for key in keys]
        self.table.store_word(tenant, HELD_KEYS, held, {"kind": kind, "keys": names})


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
