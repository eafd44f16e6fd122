"""How many tokens a model call takes, which a caller of the emulator may choose.

The emulator has no models: it counts a token for every four characters. A caller who wants other
figures writes them anywhere into the request, in a prompt for instance, as `TokenUsage.marker()`
spells them. So a runaway can be played with few calls, and any mix of cached tokens.
"""

import re
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

_MARKER = re.compile(rb"\[\[tokens((?: \w+=\d+)+)\]\]")


@dataclass(frozen=True, kw_only=True)
class TokenUsage:
    """The tokens of one call; the input does not include what was read from or written to a cache.

    Attributes:
        input: Input tokens.
        output: Output tokens.
        cache_read: Input tokens read from a cache.
        cache_write_5m: Input tokens written to a cache for five minutes.
        cache_write_1h: Input tokens written to a cache for an hour.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0

    @property
    def cache_write(self) -> int:
        """Input tokens written to a cache, for however long."""
        return self.cache_write_5m + self.cache_write_1h

    def marker(self) -> str:
        """Return the text that makes the emulator count these tokens and no others."""
        counts = " ".join(f"{name}={count}" for name, count in asdict(self).items())
        return f"[[tokens {counts}]]"

    @classmethod
    def marked(cls, request: bytes) -> Self | None:
        """Read the marker in a request.

        Args:
            request: The request's body.

        Returns:
            The tokens it asks for, or None if there is no marker, or one with a word unknown here.
        """
        found = _MARKER.search(request or b"")
        if not found:
            return None
        pairs = (pair.split("=") for pair in found.group(1).decode().split())
        counts = {name: int(count) for name, count in pairs}
        if not counts.keys() <= {field.name for field in fields(cls)}:
            return None
        return cls(**counts)

    def as_converse(self) -> dict[str, Any]:
        """Return the `usage` of a Converse response."""
        usage: dict[str, Any] = {
            "inputTokens": self.input,
            "outputTokens": self.output,
            "totalTokens": self.input + self.output + self.cache_read + self.cache_write,
            "cacheReadInputTokens": self.cache_read,
            "cacheWriteInputTokens": self.cache_write,
        }
        details = {"5m": self.cache_write_5m, "1h": self.cache_write_1h}
        if self.cache_write:
            usage["cacheDetails"] = [
                {"inputTokens": count, "ttl": ttl} for ttl, count in details.items() if count
            ]
        return usage

    def as_anthropic(self) -> dict[str, Any]:
        """Return the `usage` of a response in Anthropic's own shape."""
        return {
            "input_tokens": self.input,
            "output_tokens": self.output,
            "cache_read_input_tokens": self.cache_read,
            "cache_creation_input_tokens": self.cache_write,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.cache_write_5m,
                "ephemeral_1h_input_tokens": self.cache_write_1h,
            },
        }

    def as_invocation_metrics(self) -> dict[str, int]:
        """Return what Bedrock adds to the last chunk of InvokeModelWithResponseStream."""
        return {
            "inputTokenCount": self.input,
            "outputTokenCount": self.output,
            "cacheReadInputTokenCount": self.cache_read,
            "cacheWriteInputTokenCount": self.cache_write,
        }
