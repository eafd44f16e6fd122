"""Where offer files of the AWS Price List come from: a folder, or a site that serves them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from finops_constructs.prices.aws_offer import OFFERS, Offer, read_offer
from finops_constructs.prices.price_entry import PriceListError
from finops_constructs.prices.price_file import load_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SCHEMES: Final = ("http", "https")
_TIMEOUT_SECONDS: Final = 30
# A Region's file is 1 to 3 MB, the one of all Regions some ten times that.
_MAX_BYTES: Final = 200_000_000


def read_offers(place: str, regions: Sequence[str]) -> Iterator[Offer]:
    """Read the offer files of Bedrock.

    Args:
        place: A folder with offer files anywhere below it, or the site of the AWS Price List, from
            which each Region's current file is fetched.
        regions: The Regions wanted. Empty: all, which only a folder can give.

    Raises:
        PriceListError: If a file is malformed or cannot be got, or there is none.
    """
    if "://" in place:
        yield from _fetched(place, regions)
    else:
        yield from _found(Path(place), regions)


def _found(folder: Path, regions: Sequence[str]) -> Iterator[Offer]:
    if not folder.is_dir():
        raise PriceListError(f"{folder}: is no folder; give a folder or an http(s) URL")
    paths = sorted(path for path in folder.rglob("*.json") if path.name != "region_index.json")
    if not paths:
        raise PriceListError(f"{folder}: holds no offer file (*.json) of {' or '.join(OFFERS)}")
    for path in paths:
        yield read_offer(load_json(path), str(path), regions or None)


def _fetched(base: str, regions: Sequence[str]) -> Iterator[Offer]:
    if urlsplit(base).scheme not in _SCHEMES:
        raise PriceListError(f"{base}: must be an http(s) URL or a folder")
    if not regions:
        raise PriceListError(f"{base}: which Regions? give --region, or a configuration folder")
    for code in OFFERS:
        for region in regions:
            url = f"{base.rstrip('/')}/offers/v1.0/aws/{code}/current/{region}/index.json"
            yield read_offer(_get(url), url, regions)


def _http_only() -> urllib.request.OpenerDirector:
    # The default opener also reads files and FTP, to which a redirect could lead.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


def _get(url: str) -> Any:
    try:
        with _http_only().open(url, timeout=_TIMEOUT_SECONDS) as answer:
            body = answer.read(_MAX_BYTES + 1)
    except urllib.error.HTTPError as error:
        raise PriceListError(
            f"{url}: cannot be fetched: HTTP {error.code} {error.reason}"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise PriceListError(f"{url}: cannot be fetched: {reason}") from None
    if len(body) > _MAX_BYTES:
        raise PriceListError(f"{url}: is larger than {_MAX_BYTES} bytes, which no offer file is")
    try:
        return json.loads(body)
    except ValueError as error:
        raise PriceListError(f"{url}: is no JSON: {error}") from None
