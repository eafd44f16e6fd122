"""Request ids that are in the log twice.

A request's records have one timestamp, so they lie in one partition: tenants and days are looked
through one by one, eight bytes a record.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b

from finops_constructs.audit_log.findings import Finding, Kind

Partition = tuple[str, str]
"""Tenant and day."""


class RequestIds:
    """The request ids met, by partition."""

    def __init__(self) -> None:
        self._met: defaultdict[Partition, array[int]] = defaultdict(lambda: array("Q"))

    def add(self, partition: Partition, ids: Iterable[bytes]) -> None:
        """Note the ids of an object's records."""
        self._met[partition].extend(map(_digest, ids))

    def partitions(self) -> set[Partition]:
        """Return the partitions that have been met."""
        return set(self._met)

    def repeated(self, ids_of: Callable[[Partition], Iterable[bytes]]) -> Iterator[Finding]:
        """Yield ids that were met more than once.

        Args:
            ids_of: Reads the ids of a partition again, to name them.
        """
        for partition in sorted(self._met):
            digests = self._met[partition]
            if len(set(digests)) == len(digests):
                continue
            times = Counter(ids_of(partition))
            for each, count in sorted(times.items()):
                if count > 1:
                    tenant, day = partition
                    text = (
                        f"request {each.decode()} of {tenant}, {day}, is in the log {count} times"
                    )
                    yield Finding(kind=Kind.REPEATED, hour=None, key="", text=text)


def _digest(request_id: bytes) -> int:
    return int.from_bytes(blake2b(request_id, digest_size=8).digest(), "big")
