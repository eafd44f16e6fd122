"""Which rule judges which control."""

from collections.abc import Mapping
from typing import Final

from finops_constructs.controls.control import Control
from finops_constructs.evidence.finding import Rule
from finops_constructs.evidence.rules import (
    auditor,
    bucket,
    key,
    logging,
    object_lock,
    spend,
    switch,
)

RULES: Final[Mapping[Control, Rule]] = {
    Control.AUDITOR_CAN_READ: auditor.can_read,
    Control.BILL_EXPORTED: spend.bill_exported,
    Control.BUDGET_BY_TAG: spend.budget_by_tag,
    Control.CALLERS_GUARDED: switch.callers_guarded,
    Control.CALLS_LOGGED: logging.calls_logged,
    Control.CALLS_METERED: logging.calls_metered,
    Control.DECISIONS_JOURNALLED: switch.journalled,
    Control.GUARD_WATCHED: logging.watched,
    Control.LOG_ARCHIVED: logging.archived,
    Control.LOG_DELETION_REFUSED: bucket.deletion_refused,
    Control.LOG_DELIVERY_WATCHED: logging.watched,
    Control.LOG_ENCRYPTED: bucket.encrypted,
    Control.LOG_IMMUTABLE: object_lock.immutable,
    Control.LOG_KEY_GUARDED: key.guarded,
    Control.LOG_PRIVATE: bucket.private,
    Control.LOG_QUERYABLE: logging.queryable,
    Control.LOG_RETAINED: bucket.retained,
    Control.LOG_RETENTION: object_lock.retention,
    Control.LOG_TLS_ONLY: bucket.tls_only,
    Control.OWNER_NAMED: spend.owner_named,
    Control.SPEND_ALLOCATED: spend.allocated,
    Control.SPEND_WATCHED: spend.watched,
    Control.STOP_ENFORCED: switch.stop_enforced,
    Control.USE_CAN_BE_STOPPED: switch.can_be_stopped,
}
