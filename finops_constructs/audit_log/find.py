"""Everything a tenant, and perhaps a principal, did between two moments."""

import heapq
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from finops_constructs.audit_log.principal import Principal
from finops_constructs.audit_log.store import LogStore

_TIMES: Final = {"records": "timestamp", "journal": "at", "statements": "at", "events": "at"}
_GZIP: Final = 31
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for.

    Attributes:
        tenant: The tenant.
        start: From when on.
        end: Until when, not included.
        principal: Who; None: everybody.
    """

    tenant: str
    start: datetime
    end: datetime
    principal: Principal | None = None

    def days(self) -> Iterator[str]:
        """Yield the UTC days it touches."""
        day = self.start.astimezone(UTC).date()
        last = (self.end - timedelta(microseconds=1)).astimezone(UTC).date()
        while day <= last:
            yield day.isoformat()
            day += _DAY


def find(store: LogStore, search: Search) -> Iterator[dict[str, Any]]:
    """Yield what was done, oldest first, as `{at, kind, object, entry}`.

    Only the tenant's partitions of those days are read. Records of one day are sorted in memory.

    Args:
        store: The log.
        search: What to look for.
    """
    for day in search.days():
        found = [sorted(_of_day(store, search, kind, day), key=_moment) for kind in _TIMES]
        yield from heapq.merge(*found, key=_moment)


def _moment(found: dict[str, Any]) -> str:
    return str(found["at"])


def _of_day(store: LogStore, search: Search, kind: str, day: str) -> Iterator[dict[str, Any]]:
    for listed in store.listed(f"{kind}/tenant={search.tenant}/day={day}/"):
        # The version that was written; a delete marker hides nothing from a search.
        version = listed.versions[-1] if listed.versions else None
        for line in _lines(store, listed.key, version):
            entry = json.loads(line)
            at = datetime.fromisoformat(entry[_TIMES[kind]]).astimezone(UTC)
            if search.start <= at < search.end and _matches(search, kind, entry, line):
                shown = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
                yield {"at": shown, "kind": kind, "object": listed.key, "entry": entry}


def _matches(search: Search, kind: str, entry: dict[str, Any], line: bytes) -> bool:
    if search.principal is None:
        return True
    if kind == "records":
        return search.principal.called(entry.get("finops") or {})
    return search.principal.is_named_in(line.decode())


def _lines(store: LogStore, key: str, version: str | None) -> Iterator[bytes]:
    read = store.read(key, version)
    if read is None:
        return
    unzip = zlib.decompressobj(_GZIP) if key.endswith(".gz") else None
    rest = b""
    for chunk in read.chunks():
        *whole, rest = (rest + (unzip.decompress(chunk) if unzip else chunk)).split(b"\n")
        yield from (line for line in whole if line)
    if rest:
        yield rest
