"""A whole price list on disk: a header, then one model a line."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.prices.price_entry import PriceListError, read_entry, write_entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finops_constructs.prices.model_price import ModelPrice

SCHEMA_VERSION: Final = 1
UNIT: Final = "USD per 1,000,000 tokens"
_HEADER: Final = ("schema_version", "source", "licence", "as_of", "unit", "models")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFile:
    """A price list as it lies on disk, its entries not yet read.

    Attributes:
        path: Where it lies.
        source: Where the prices come from.
        licence: What their source demands.
        as_of: The newest day any of its prices stands for.
        entries: The entries as JSON gives them.
    """

    path: Path
    source: str
    licence: str
    as_of: date
    entries: list[Any]

    def entry(self, index: int) -> ModelPrice:
        """Return the price that the entry at `index` states.

        Raises:
            PriceListError: If the entry is malformed.
        """
        return read_entry(self.entries[index], f"{self.path}: models[{index}]")

    def prices(self) -> list[ModelPrice]:
        """Return every price.

        Raises:
            PriceListError: If an entry is malformed, or two price the same calls.
        """
        prices = [self.entry(index) for index in range(len(self.entries))]
        places: dict[object, int] = {}
        for index, price in enumerate(prices):
            if (first := places.setdefault(price.key, index)) != index:
                raise PriceListError(
                    f"{self.path}: models[{index}] ({price.model}): prices the same calls as "
                    f"models[{first}]"
                )
        return prices


def load_json(path: Path) -> Any:
    """Return what the JSON file holds.

    Raises:
        PriceListError: If the file cannot be read or is no JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise PriceListError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise PriceListError(f"{path}: is no JSON: {error}") from None


def read_price_file(path: Path) -> PriceFile:
    """Read a price list's header, and its entries as they are.

    Raises:
        PriceListError: If the file cannot be read, is no JSON, or its header is wrong.
    """
    content = load_json(path)
    if not isinstance(content, dict):
        raise PriceListError(f"{path}: must hold an object, got {type(content).__name__}")
    for key in _HEADER:
        if key not in content:
            raise PriceListError(f"{path}: {key}: missing; a price list has {', '.join(_HEADER)}")
    for key, allowed in (("schema_version", SCHEMA_VERSION), ("unit", UNIT)):
        if content[key] != allowed:
            raise PriceListError(f"{path}: {key}: must be {allowed!r}, got {content[key]!r}")
    if not isinstance(content["models"], list):
        raise PriceListError(f"{path}: models: must be a list, got {content['models']!r}")
    try:
        as_of = date.fromisoformat(content["as_of"])
    except (TypeError, ValueError):
        raise PriceListError(
            f"{path}: as_of: must be YYYY-MM-DD, got {content['as_of']!r}"
        ) from None
    return PriceFile(
        path=path,
        source=str(content["source"]),
        licence=str(content["licence"]),
        as_of=as_of,
        entries=content["models"],
    )


def write_price_file(
    path: Path, prices: Iterable[ModelPrice], *, source: str, licence: str
) -> bool:
    """Write a price list, whole or not at all.

    Args:
        path: Where to write it.
        prices: The prices, in any order; at least one.
        source: Where they come from.
        licence: What their source demands.

    Returns:
        Whether the file changed.

    Raises:
        PriceListError: If the file cannot be written.
    """
    ordered = sorted(prices, key=lambda price: (price.model, price.scope, price.region or ""))
    header = {
        "schema_version": SCHEMA_VERSION,
        "source": source,
        "licence": licence,
        "as_of": max(price.as_of for price in ordered).isoformat(),
        "unit": UNIT,
    }
    lines = [
        f'  "{key}": {json.dumps(value, ensure_ascii=False)},' for key, value in header.items()
    ]
    models = [
        "    " + json.dumps(write_entry(price), ensure_ascii=False, separators=(",", ":"))
        for price in ordered
    ]
    text = "\n".join(["{", *lines, '  "models": [', ",\n".join(models), "  ]", "}", ""])
    try:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return False
        _replace(path, text)
    except OSError as error:
        raise PriceListError(f"{path}: cannot be written: {error.strerror}") from None
    return True


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
