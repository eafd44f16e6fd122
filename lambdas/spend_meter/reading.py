"""From log events to calls, grouped by who made them, through which profile, in which hour.

A thousand records go through this module for each one that goes through any other, so the usual
record takes a short way: four counts, appended to its group. Whatever is unusual about a record
sends it the careful way, which says why it is refused.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from shared.rates import TokenSums
from shared.registry_entries import ProfileEntry
from spend_meter.identity import role_of
from spend_meter.rejection import Reason, RejectedError
from spend_meter.usage import CallTokens, tokens_of

OLDEST: Final = timedelta(days=35)
NEWEST: Final = timedelta(hours=1)
# Counts below a power of two can be checked together: the bits of all are below it too.
_USUAL: Final = 1 << 26

ProfileOf = Callable[[str], ProfileEntry | None]


class Group(NamedTuple):
    """What calls have in common that are priced and written together."""

    model_id: str
    role: str
    hour: str
    """UTC, as `2026-11-25T14`."""


UsualCall = tuple[int, int, int, int, int]
"""Position in the batch, tokens of input, output, cache read, and cache write of untold lifetime.

A plain tuple: there is one for every record.
"""


@dataclass(frozen=True, slots=True)
class OtherCall:
    """A call that took the careful way."""

    position: int
    group: Group
    tokens: TokenSums
    failed: bool = False


@dataclass(slots=True)
class Reading:
    """What a batch's records tell.

    Attributes:
        usual: Calls by group.
        other: Calls that took the careful way.
        rejected: Positions of records that cannot be read, by reason.
    """

    usual: dict[Group, list[UsualCall]] = field(default_factory=dict)
    other: list[OtherCall] = field(default_factory=list)
    rejected: dict[Reason, list[int]] = field(default_factory=dict)

    def reject(self, reason: Reason, position: int) -> None:
        """Note that a record is refused."""
        self.rejected.setdefault(reason, []).append(position)


class Hours(dict[str, str]):
    """The UTC hour of each timestamp met; raises RejectedError for one that is not believed."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._oldest, self._newest = now - OLDEST, now + NEWEST

    def __missing__(self, timestamp: str) -> str:
        try:
            moment = datetime.fromisoformat(timestamp)
            believed = self._oldest <= moment <= self._newest
        except (ValueError, TypeError):  # no time, or one without a zone
            believed = False
        if not believed:
            raise RejectedError(Reason.BAD_TIMESTAMP)
        hour = self[timestamp] = moment.astimezone(UTC).strftime("%Y-%m-%dT%H")
        return hour


class Roles(dict[str, str]):
    """The role of each identity ARN met; raises RejectedError for one that is none."""

    def __missing__(self, arn: str) -> str:
        role = self[arn] = role_of(arn)
        return role


def read_records(records: Sequence[Any], *, profile_of: ProfileOf, now: datetime) -> Reading:
    """Return the calls that log records tell.

    Args:
        records: The parsed records; whatever is no object is refused.
        profile_of: Finds the profile of a record's `modelId`, to know which records need counts.
        now: The moment, which timestamps are compared with.
    """
    reading = Reading()
    hours, roles = Hours(now), Roles()
    usual: defaultdict[tuple[Any, str, str], list[UsualCall]] = defaultdict(list)
    careful: list[int] = []
    for position, record in enumerate(records):
        try:
            given, made = record["input"], record["output"]
            tokens_in, tokens_out = given["inputTokenCount"], made["outputTokenCount"]
            read = given.get("cacheReadInputTokenCount", 0)
            written = given.get("cacheWriteInputTokenCount", 0)
            if (
                0 <= tokens_in | tokens_out | read | written < _USUAL
                and tokens_in.__class__ is int
                and tokens_out.__class__ is int
                and read.__class__ is int
                and written.__class__ is int
                and "outputBodyJson" not in made
                and "errorCode" not in record
            ):
                usual[
                    record["modelId"], roles[record["identity"]["arn"]], hours[record["timestamp"]]
                ].append((position, tokens_in, tokens_out, read, written))
                continue
        except (KeyError, TypeError, AttributeError, RejectedError):
            pass
        careful.append(position)
    reading.usual = {Group(*key): calls for key, calls in usual.items()}
    for position in careful:
        try:
            reading.other.append(_careful(position, records[position], profile_of, hours))
        except RejectedError as error:
            reading.reject(error.reason, position)
    return reading


def _careful(position: int, record: Any, profile_of: ProfileOf, hours: Hours) -> OtherCall:
    if not isinstance(record, Mapping) or not isinstance(record.get("modelId"), str):
        raise RejectedError(Reason.MALFORMED_RECORD)
    identity = record.get("identity")
    if identity is not None and not isinstance(identity, Mapping):
        raise RejectedError(Reason.BAD_IDENTITY)
    timestamp = record.get("timestamp")
    if not isinstance(timestamp, str):
        raise RejectedError(Reason.BAD_TIMESTAMP)
    group = Group(record["modelId"], role_of((identity or {}).get("arn")), hours[timestamp])
    tokens = tokens_of(record)
    if record.get("errorCode") and not _any(tokens):
        return OtherCall(position, group, TokenSums(), failed=True)
    return OtherCall(position, group, _complete(tokens, profile_of(group.model_id)))


def _complete(tokens: CallTokens, profile: ProfileEntry | None) -> TokenSums:
    """Return the tokens with nothing untold that costs money.

    Models that only embed or rank put out no tokens: their output has no rate, or one of zero.
    """
    if profile is not None and profile.metered and profile.rates is not None:
        puts_out = bool(profile.rates.base.output)
        if tokens.input is None or (tokens.output is None and puts_out):
            raise RejectedError(Reason.NO_TOKEN_COUNTS)
    return TokenSums(
        input=tokens.input or 0,
        output=tokens.output or 0,
        cache_read=tokens.cache_read or 0,
        cache_write_5m=tokens.cache_write_5m or 0,
        cache_write_1h=tokens.cache_write_1h or 0,
        cache_write_untold=tokens.cache_write_untold or 0,
    )


def _any(tokens: CallTokens) -> bool:
    return any(
        (
            tokens.input,
            tokens.output,
            tokens.cache_read,
            tokens.cache_write_5m,
            tokens.cache_write_1h,
            tokens.cache_write_untold,
        )
    )
