"""The tokens of one call, by the shape of what was logged (aws-facts section 10).

The envelope has counts of its own, which leave cached tokens out of the input and do not tell how
long a cache write lasts. Where the response body is logged, its usage tells more, in a shape that
depends on the API; what it does not tell is taken from the envelope.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from spend_meter.rejection import Reason, RejectedError

MOST_TOKENS_BELIEVED: Final = 100_000_000
_NESTED_USAGE: Final = ("metadata", "message", "response")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTokens:
    """Tokens of one call by the kind they are billed as; None: the record does not tell.

    The fields are those of `shared.rates.TokenSums`.
    """

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write_5m: int | None = None
    cache_write_1h: int | None = None
    cache_write_untold: int | None = None


def tokens_of(record: Mapping[str, Any]) -> CallTokens:
    """Return the tokens of one log record.

    Raises:
        RejectedError: If a part of the record has the wrong type, or a count is no whole number
            from 0 to 100 million.
    """
    given, made = _part(record, "input"), _part(record, "output")
    envelope = CallTokens(
        input=_count(given.get("inputTokenCount")),
        output=_count(made.get("outputTokenCount")),
        cache_read=_count(given.get("cacheReadInputTokenCount")),
        cache_write_untold=_count(given.get("cacheWriteInputTokenCount")),
    )
    usage = logged_usage(made.get("outputBodyJson"))
    return _overlaid(envelope, _by_shape(usage)) if usage else envelope


def logged_usage(body: object) -> dict[str, Any]:
    """Return the usage that a logged response body tells; empty if it tells none.

    A stream is logged as its chunks: they repeat counts that only grow, so the largest stands.
    """
    merged: dict[str, Any] = {}
    for usage in _usages(body):
        for key, value in usage.items():
            if type(value) is int and type(merged.get(key)) is int:
                merged[key] = max(merged[key], value)
            elif value is not None:
                merged[key] = value
    return merged


def _usages(body: object) -> Iterator[Mapping[str, Any]]:
    for chunk in body if isinstance(body, list) else [body]:
        if isinstance(chunk, Mapping):
            for holder in (chunk, *(chunk.get(key) for key in _NESTED_USAGE)):
                if isinstance(holder, Mapping) and isinstance(holder.get("usage"), Mapping):
                    yield holder["usage"]


def _by_shape(usage: Mapping[str, Any]) -> CallTokens:
    if "inputTokens" in usage or "outputTokens" in usage:
        return _converse(usage)
    if "prompt_tokens" in usage or "input_tokens_details" in usage:
        return _openai(usage)
    return _anthropic(usage)


def _converse(usage: Mapping[str, Any]) -> CallTokens:
    details = usage.get("cacheDetails")
    told = {"5m": 0, "1h": 0}
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, Mapping) and detail.get("ttl") in told:
            told[detail["ttl"]] += _count(detail.get("inputTokens")) or 0
    return _with_writes(
        CallTokens(
            input=_count(usage.get("inputTokens")),
            output=_count(usage.get("outputTokens")),
            cache_read=_count(usage.get("cacheReadInputTokens")),
        ),
        written=_count(usage.get("cacheWriteInputTokens")),
        five_minutes=told["5m"],
        one_hour=told["1h"],
    )


def _anthropic(usage: Mapping[str, Any]) -> CallTokens:
    by_ttl = usage.get("cache_creation")
    by_ttl = by_ttl if isinstance(by_ttl, Mapping) else {}
    return _with_writes(
        CallTokens(
            input=_count(usage.get("input_tokens")),
            output=_count(usage.get("output_tokens")),
            cache_read=_count(usage.get("cache_read_input_tokens")),
        ),
        written=_count(usage.get("cache_creation_input_tokens")),
        five_minutes=_count(by_ttl.get("ephemeral_5m_input_tokens")) or 0,
        one_hour=_count(by_ttl.get("ephemeral_1h_input_tokens")) or 0,
    )


def _openai(usage: Mapping[str, Any]) -> CallTokens:
    details = usage.get("input_tokens_details", usage.get("prompt_tokens_details"))
    details = details if isinstance(details, Mapping) else {}
    read = _count(details.get("cached_tokens"))
    written = _count(details.get("cache_write_tokens"))
    prompt = _count(usage.get("input_tokens", usage.get("prompt_tokens")))
    if prompt is not None:
        prompt -= (read or 0) + (written or 0)
        if prompt < 0:
            raise RejectedError(Reason.BAD_TOKEN_COUNT)
    return CallTokens(
        input=prompt,
        output=_count(usage.get("output_tokens", usage.get("completion_tokens"))),
        cache_read=read,
        cache_write_untold=written,
    )


def _with_writes(
    tokens: CallTokens, *, written: int | None, five_minutes: int, one_hour: int
) -> CallTokens:
    """Return `tokens` with cache writes by lifetime; what no lifetime accounts for is untold."""
    if written is None and not five_minutes and not one_hour:
        return tokens
    return CallTokens(
        input=tokens.input,
        output=tokens.output,
        cache_read=tokens.cache_read,
        cache_write_5m=five_minutes,
        cache_write_1h=one_hour,
        cache_write_untold=max(0, (written or 0) - five_minutes - one_hour),
    )


def _overlaid(envelope: CallTokens, body: CallTokens) -> CallTokens:
    tells_writes = body.cache_write_untold is not None
    return CallTokens(
        input=envelope.input if body.input is None else body.input,
        output=envelope.output if body.output is None else body.output,
        cache_read=envelope.cache_read if body.cache_read is None else body.cache_read,
        cache_write_5m=body.cache_write_5m,
        cache_write_1h=body.cache_write_1h,
        cache_write_untold=body.cache_write_untold if tells_writes else envelope.cache_write_untold,
    )


def _part(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = record.get(key)
    if part is None:
        return {}
    if not isinstance(part, Mapping):
        raise RejectedError(Reason.MALFORMED_RECORD)
    return part


def _count(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= MOST_TOKENS_BELIEVED:
        raise RejectedError(Reason.BAD_TOKEN_COUNT)
    return value
