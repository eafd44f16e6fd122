"""Tells what a usage type of the AWS Price List measures.

AWS writes it in three styles (aws-facts section 4.2, and public code that reads these files):

- `EUW1-NovaPro-cache-read-input-token-count-cross-region-global` (offer AmazonBedrock);
- `EUW1-MP:EUW1_CacheWrite1hInputTokenCount_LCtx_Global-Units` (Marketplace, older models);
- `EUW1-MP:EUW1_cache_write_tokens_1h_global_standard-Units` (Marketplace, newer models).

Only on-demand, standard-tier text tokens are taken. A pattern must match the whole usage type, so
that a tier AWS adds tomorrow is reported and not mistaken for the standard one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST_PARTY: Final = re.compile(
    r"[A-Z0-9]+-(?P<model>.+?)-(?:text-)?"
    r"(?P<kind>input-tokens|output-tokens|cache-(?:read|write)-input-token-count)"
    r"(?P<reach>-cross-region-(?:global|geo))?"
)
_MARKETPLACE_OLD: Final = re.compile(
    r"[A-Z0-9]+-MP:[A-Z0-9]+_"
    r"(?P<kind>(?:Input|Output|CacheReadInput|CacheWriteInput|CacheWrite1hInput)TokenCount)"
    r"(?P<long>_LCtx)?(?P<reach>_Global|_Geo)?-Units"
)
_MARKETPLACE_NEW: Final = re.compile(
    r"[A-Z0-9]+-MP:[A-Z0-9]+_"
    r"(?P<kind>(?:input|output|cache_read|cached_input|cache_write)_tokens(?:_1h)?)"
    r"(?P<long>_long_ctx)?(?P<reach>_global|_geo)?_standard-Units"
)
_KINDS: Final = {
    "input-tokens": "input",
    "output-tokens": "output",
    "cache-read-input-token-count": "cache_read",
    "cache-write-input-token-count": "cache_write_5m",
    "InputTokenCount": "input",
    "OutputTokenCount": "output",
    "CacheReadInputTokenCount": "cache_read",
    "CacheWriteInputTokenCount": "cache_write_5m",
    "CacheWrite1hInputTokenCount": "cache_write_1h",
    "input_tokens": "input",
    "output_tokens": "output",
    "cache_read_tokens": "cache_read",
    "cached_input_tokens": "cache_read",
    "cache_write_tokens": "cache_write_5m",
    "cache_write_tokens_1h": "cache_write_1h",
}
# Words of usage types that are known to be something else than on-demand standard text tokens.
_OTHER: Final = re.compile(
    r"batch|flex|priority|fast|latency|reserved|provisioned|tpm|per-minute|custom|storage|training"
    r"|mantle|image|audio|video|speech|30m|grounding|rft|guardrail",
    re.IGNORECASE,
)
_STANDARD_TIERS: Final = frozenset({"", "standard", "global-standard"})
_ON_DEMAND: Final = frozenset({"", "On-demand Inference"})


class Reach(Enum):
    """Which calls a usage type bills."""

    STANDARD = "standard"
    """All but those of a global profile: calls in the Region and of a geographic profile."""
    GEO = "geo"
    """Those of a geographic profile only."""
    GLOBAL = "global"
    """Those of a global profile only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """What one usage type measures.

    Attributes:
        kind: The kind of token, as `Rates` names it.
        reach: Which calls it bills.
        long_context: Whether it bills only requests above the model's long-context threshold.
    """

    kind: str
    reach: Reach
    long_context: bool = False


def meter_of(attributes: Mapping[str, str]) -> Meter | None:
    """Return what a product measures; None if that is no on-demand standard text token.

    Args:
        attributes: The product's attributes in the offer file.
    """
    if attributes.get("feature", "") not in _ON_DEMAND:
        return None
    if attributes.get("service_tier", "").strip().lower() not in _STANDARD_TIERS:
        return None
    usage_type = attributes.get("usagetype", "")
    for pattern in (_MARKETPLACE_OLD, _MARKETPLACE_NEW, _FIRST_PARTY):
        match = pattern.fullmatch(usage_type)
        if match and not _OTHER.search(usage_type):
            parts = match.groupdict()
            kind = _KINDS.get(parts["kind"])
            return None if kind is None else _meter(kind, parts)
    return None


def is_unheard_of(attributes: Mapping[str, str]) -> bool:
    """Return whether a product that is no `Meter` counts tokens in a way nobody knows here."""
    usage_type = attributes.get("usagetype", "")
    described = " ".join(
        (usage_type, attributes.get("feature", ""), attributes.get("service_tier", ""))
    )
    return "token" in usage_type.lower() and not _OTHER.search(described)


def _meter(kind: str, parts: Mapping[str, str | None]) -> Meter:
    reach = (parts["reach"] or "").lower()
    return Meter(
        kind=kind,
        reach=Reach.GLOBAL if reach.endswith("global") else Reach.GEO if reach else Reach.STANDARD,
        long_context=parts.get("long") is not None,
    )
