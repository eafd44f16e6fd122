"""What this library's constructs do that a clause may ask for, each by a stable name."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

METADATA_KEY: Final = "finops:evidence"
"""Key of a construct's declaration in the `Metadata` of a resource."""

CATALOGUE_VERSION: Final = 1
"""The version of the clause catalogue that constructs are written for; see versions.toml."""


class Control(StrEnum):
    """A technical measure; its evidence is read from the resources that declare it."""

    AUDITOR_CAN_READ = "auditor-can-read"
    BILL_EXPORTED = "bill-exported"
    BUDGET_BY_TAG = "budget-by-tag"
    CALLERS_GUARDED = "callers-guarded"
    CALLS_LOGGED = "calls-logged"
    CALLS_METERED = "calls-metered"
    DECISIONS_JOURNALLED = "decisions-journalled"
    GUARD_WATCHED = "guard-watched"
    LOG_ARCHIVED = "log-archived"
    LOG_DELETION_REFUSED = "log-deletion-refused"
    LOG_DELIVERY_WATCHED = "log-delivery-watched"
    LOG_ENCRYPTED = "log-encrypted"
    LOG_IMMUTABLE = "log-immutable"
    LOG_KEY_GUARDED = "log-key-guarded"
    LOG_PRIVATE = "log-private"
    LOG_QUERYABLE = "log-queryable"
    LOG_RETAINED = "log-retained"
    LOG_RETENTION = "log-retention"
    LOG_TLS_ONLY = "log-tls-only"
    OWNER_NAMED = "owner-named"
    SPEND_ALLOCATED = "spend-allocated"
    SPEND_WATCHED = "spend-watched"
    STOP_ENFORCED = "stop-enforced"
    USE_CAN_BE_STOPPED = "use-can-be-stopped"


TITLES: Final[Mapping[Control, str]] = {
    Control.AUDITOR_CAN_READ: "An auditor has a read-only role",
    Control.BILL_EXPORTED: "The bill is exported with the cost tags",
    Control.BUDGET_BY_TAG: "A monthly budget by cost tags tells people in time",
    Control.CALLERS_GUARDED: "Callers cannot go around profile, log and switch",
    Control.CALLS_LOGGED: "Bedrock logs every call of its runtime endpoint",
    Control.CALLS_METERED: "Logged calls are priced within about a minute",
    Control.DECISIONS_JOURNALLED: "What the switch and people decide is kept",
    Control.GUARD_WATCHED: "Alarms watch the guard itself",
    Control.LOG_ARCHIVED: "Records are copied into the locked bucket, in a hash chain",
    Control.LOG_DELETION_REFUSED: "Nobody may bypass or shorten the lock",
    Control.LOG_DELIVERY_WATCHED: "A failure of logging raises an alarm",
    Control.LOG_ENCRYPTED: "Records are encrypted at rest",
    Control.LOG_IMMUTABLE: "Records can be neither overwritten nor deleted",
    Control.LOG_KEY_GUARDED: "The log's key cannot be deleted, disabled or taken over",
    Control.LOG_PRIVATE: "The log is closed to the public",
    Control.LOG_QUERYABLE: "Records can be searched",
    Control.LOG_RETAINED: "The log outlives its stack",
    Control.LOG_RETENTION: "Records are kept for a declared period",
    Control.LOG_TLS_ONLY: "Records travel encrypted only",
    Control.OWNER_NAMED: "Somebody answers for the tenant",
    Control.SPEND_ALLOCATED: "Every call carries the tenant's cost tags",
    Control.SPEND_WATCHED: "A burst of spend raises an alarm",
    Control.STOP_ENFORCED: "At its limit the tenant is stopped",
    Control.USE_CAN_BE_STOPPED: "A person or a limit can stop the use of a model",
}
