"""Why a record is not metered: each reason has its own count and its own cure."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a record went to the dead letters."""

    UNDECODABLE_DELIVERY = "undecodable-delivery"
    """The delivery is no base64 of a gzip of JSON of log events."""
    MALFORMED_RECORD = "malformed-record"
    """The record is no JSON object with the fields of a model invocation log."""
    BAD_TOKEN_COUNT = "bad-token-count"  # noqa: S105 - no password
    """A token count is no whole number from 0 to 100 million."""
    BAD_TIMESTAMP = "bad-timestamp"
    """The timestamp is none, or is not from the last 35 days."""
    BAD_IDENTITY = "bad-identity"
    """The identity is no ARN of a role or user."""
    UNKNOWN_PROFILE = "unknown-profile"
    """An application inference profile that the registry does not know; mend the registry."""
    NOT_A_PROFILE = "not-a-profile"
    """A call around the profiles: of a model, a system profile or a provisioned model."""
    NO_RATE = "no-rate"
    """The model has no price for a kind of token the call used; mend the price."""
    NO_TOKEN_COUNTS = "no-token-counts"  # noqa: S105 - no password
    """The record of a metered model does not tell the tokens; declare the alias unmetered."""


class RejectedError(ValueError):
    """A record cannot be metered."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
