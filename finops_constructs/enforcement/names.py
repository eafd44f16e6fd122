"""Fixed names of the platform, one of each in an account and Region."""

from typing import Final

LEDGER_TABLE: Final = "finops-ledger"
STATE_TABLE: Final = "finops-state"
WAKE_QUEUE: Final = "finops-wake"
WAKE_DEAD_LETTERS: Final = "finops-wake-dead-letters"
METER_DEAD_LETTERS: Final = "finops-meter-dead-letters"
INVOCATION_LOG_GROUP: Final = "/finops/bedrock-invocations"
EVENT_SOURCE: Final = "finops-constructs"
KILL_SWITCH_FUNCTION: Final = "finops-kill-switch"
CANARY_TENANT: Final = "finops-canary"
"""The tenant of the daily self-test; as `shared.canary_tenant` in the functions has it."""
