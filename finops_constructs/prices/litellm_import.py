"""Builds a price list from LiteLLM's `model_prices_and_context_window` file.

LiteLLM (MIT, (c) BerriAI) gives USD per token, keyed by the ids its users call. What is taken:

- a bare model id: the price in every Region that has none of its own (scope `regional`);
- `eu.`, `us.`, `global.`, ...: the price of that system inference profile;
- `bedrock/<region>/<model>`: the price in that Region only;
- `bedrock/<model>` and `bedrock/invoke/<model>` (routes of LiteLLM) and `<size>/<steps>/<model>`
  (variants of an image model): only for calls that no shorter key prices.

What is left out, because application inference profiles do not carry it: provisioned throughput
(`*-month-commitment`), the `bedrock_mantle` endpoint, the Claude platform, guardrails, and keys
that are no Bedrock model ids. Batch, flex, priority and ultrafast rates are not on-demand ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.attribution.model_source import Scope, parse_model_source
from finops_constructs.prices.price_entry import (
    BILLED_PER_TOKENS,
    PriceListError,
    plain,
    read_entry,
)
from finops_constructs.prices.price_file import load_json

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from finops_constructs.prices.model_price import ModelPrice

LICENCE: Final = "MIT, (c) BerriAI"
_PROVIDERS: Final = frozenset({"bedrock", "bedrock_converse"})
_TOKEN_RATES: Final = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write_5m": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
}
_UNIT_PRICES: Final = {
    "output_cost_per_image": "image",
    "input_cost_per_query": "query",
    "input_cost_per_image": "input image",
    "input_cost_per_video_per_second": "video second",
    "input_cost_per_audio_per_second": "audio second",
    "input_cost_per_audio_token": "input audio token",
    "output_cost_per_audio_token": "output audio token",
}
_TIER: Final = re.compile(r"input_cost_per_token_above_([0-9]+)k_tokens")
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_ROUTES: Final = frozenset({"bedrock", "invoke"})
# Its text and speech tokens have different rates, and token counts do not tell them apart.
_SPEECH_MODE: Final = "realtime"
_GUARDRAIL_MODE: Final = "guardrail"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteLlmImport:
    """What was read from LiteLLM's file.

    Attributes:
        prices: One price for each model, scope and Region.
        skipped: Keys of Bedrock entries that price nothing we meter, with the reason.
    """

    prices: tuple[ModelPrice, ...]
    skipped: dict[str, str]


def import_litellm(path: Path, *, version: str, as_of: date) -> LiteLlmImport:
    """Read LiteLLM's price file.

    Args:
        path: The file.
        version: The LiteLLM release it belongs to; named as the source of every price.
        as_of: The day of that release.

    Raises:
        PriceListError: If the file is no such file, or an entry holds something else than it may.
    """
    content = load_json(path)
    if not isinstance(content, dict):
        raise PriceListError(f"{path}: must hold an object of models, got {type(content).__name__}")
    found: dict[object, tuple[int, ModelPrice]] = {}
    skipped: dict[str, str] = {}
    for key, entry in content.items():
        provider = entry.get("litellm_provider") if isinstance(entry, dict) else None
        if not isinstance(provider, str) or not provider.startswith("bedrock"):
            continue
        reason = _reason_to_skip(key, entry, provider)
        if reason:
            skipped[key] = reason
            continue
        price = _price(key, entry, source=f"LiteLLM {version}", as_of=as_of, where=f"{path}: {key}")
        length = key.count("/")
        former_length, former = found.get(price.key, (length + 1, price))
        if length < former_length:
            found[price.key] = (length, price)
        elif length == former_length:  # two sizes of one image model
            sizes = {**former.unit_prices, **price.unit_prices}
            found[price.key] = (length, replace(former, unit_prices=sizes))
    if not found:
        raise PriceListError(f"{path}: prices no Bedrock model; is it LiteLLM's price file?")
    return LiteLlmImport(prices=tuple(price for _, price in found.values()), skipped=skipped)


def _reason_to_skip(key: str, entry: dict[str, Any], provider: str) -> str | None:
    if provider not in _PROVIDERS:
        return f"{provider}: its traffic does not go through inference profiles"
    if "-month-commitment/" in key:
        return "provisioned throughput is not billed per token"
    if entry.get("mode") == _GUARDRAIL_MODE:
        return "a guardrail is no model"
    path = [part for part in key.split("/")[:-1] if not _is_size(part)]
    if not all(part in _ROUTES or _REGION.fullmatch(part) for part in path):
        return "not a route of Bedrock inference"
    return _reason_to_skip_id(key.rsplit("/", 1)[-1])


def _reason_to_skip_id(model_id: str) -> str | None:
    try:
        source = parse_model_source(model_id)
    except ValueError:
        return "not a Bedrock model id"
    if len(source.provider) == len("in"):  # a profile of a geography, not a model's provider
        return f"scope {source.provider!r} is not known; known are {', '.join(Scope)}"
    return None


def _is_size(part: str) -> bool:
    return part.endswith("-steps") or "-x-" in part


def _price(key: str, entry: dict[str, Any], *, source: str, as_of: date, where: str) -> ModelPrice:
    *path, model_id = key.split("/")
    model = parse_model_source(model_id)
    variant = " ".join(part for part in path if _is_size(part))
    unit_prices = {
        f"{unit} {variant}".rstrip(): _usd(entry, name, where)
        for name, unit in _UNIT_PRICES.items()
        if entry.get(name)
    }
    metered = bool(entry.get("input_cost_per_token")) and entry.get("mode") != _SPEECH_MODE
    stated: dict[str, Any] = {
        "model": model.base_model_id,
        "scope": model.scope,
        "region": next((part for part in path if _REGION.fullmatch(part)), None),
        "mode": entry.get("mode"),
        "unit": BILLED_PER_TOKENS if metered else _own_unit(entry),
        "metered": metered,
        "unit_prices": unit_prices,
        "source": source,
        "as_of": as_of.isoformat(),
    }
    if metered:
        stated["rates"] = _rates(entry, "", where)
        stated["tiers"] = _tiers(entry, where)
    if entry.get("deprecation_date"):
        stated["deprecation_date"] = entry["deprecation_date"]
    if entry.get("successor_model"):
        successor = parse_model_source(entry["successor_model"].rsplit("/", 1)[-1])
        stated["successor"] = successor.base_model_id
    return read_entry(stated, where)


def _own_unit(entry: dict[str, Any]) -> str:
    if entry.get("mode") == _SPEECH_MODE:
        return "speech token"
    return next((unit for name, unit in _UNIT_PRICES.items() if entry.get(name)), "unknown")


def _rates(entry: dict[str, Any], suffix: str, where: str) -> dict[str, str | None]:
    return {
        kind: _usd(entry, f"{name}{suffix}", where, scale=1_000_000)
        if entry.get(f"{name}{suffix}") is not None
        else None
        for kind, name in _TOKEN_RATES.items()
    }


def _tiers(entry: dict[str, Any], where: str) -> list[dict[str, Any]]:
    thousands = sorted(int(match[1]) for key in entry if (match := _TIER.fullmatch(key)))
    return [
        {
            "above_input_tokens": each * 1000,
            "rates": _rates(entry, f"_above_{each}k_tokens", where),
        }
        for each in thousands
    ]


def _usd(entry: dict[str, Any], name: str, where: str, *, scale: int = 1) -> str:
    number = entry[name]
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise PriceListError(f"{where}: {name}: must be a number, got {number!r}")
    # A float's shortest decimal spelling is what LiteLLM's authors wrote down.
    return plain(Decimal(str(number)) * scale)
