"""The chain of manifests: what it is, and where it is broken.

Each manifest names the hash of the one before, so the last one vouches for all of them. The chain
is read from its end: a manifest that is vouched for tells what its predecessor must be.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from finops_constructs.audit_log.findings import Finding, Kind
from finops_constructs.audit_log.layout import (
    begin_of,
    hour_after,
    hour_of_manifest,
    manifest_key,
)
from finops_constructs.audit_log.manifests import Manifest, NoManifestError, parse_manifest


@dataclass(slots=True)
class Chain:
    """The manifests in order, and what is wrong with them.

    Attributes:
        manifests: Those that have a place in the chain, by hour.
        findings: What is wrong.
    """

    manifests: list[Manifest] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_chain(contents: Iterable[tuple[str, bytes]], *, head_sha256: str | None = None) -> Chain:
    """Return the chain of these manifests.

    Args:
        contents: Key and bytes of each object below `manifests/`, signatures left out.
        head_sha256: The hash that the last manifest must have, if it is known from elsewhere.
    """
    chain = Chain()
    placed = _placed(contents, chain)
    chain.manifests = [placed[hour] for hour in sorted(placed)]
    if not chain.manifests:
        return chain
    chain.findings += _start(chain)
    chain.findings += _gaps(chain.manifests)
    chain.findings += _links(chain.manifests, head_sha256)
    return chain


def _placed(contents: Iterable[tuple[str, bytes]], chain: Chain) -> dict[str, Manifest]:
    """Return the manifests by the hour they say they close, and note those in a wrong place."""
    at_home: dict[str, Manifest] = {}
    elsewhere: list[tuple[str, Manifest]] = []
    for key, content in contents:
        place = hour_of_manifest(key)
        if place is None:
            chain.findings.append(_of_chain(Kind.ADDED, None, key, f"{key} is no manifest's name"))
            continue
        try:
            manifest = parse_manifest(key, content)
        except NoManifestError as error:
            text = f"the manifest of hour {place} was altered: {error}"
            chain.findings.append(_of_chain(Kind.ALTERED, place, key, text))
            continue
        if manifest.hour == place:
            at_home[place] = manifest
        else:
            elsewhere.append((place, manifest))
    for place, manifest in elsewhere:
        chain.findings.append(_misplaced(place, manifest, at_home))
        at_home.setdefault(manifest.hour, manifest)
    return at_home


def _misplaced(place: str, manifest: Manifest, at_home: Mapping[str, Manifest]) -> Finding:
    original = at_home.get(manifest.hour)
    if original is None:
        text = f"in the place of hour {place} lies the manifest of hour {manifest.hour}"
        return _of_chain(Kind.REORDERED, min(place, manifest.hour), manifest.key, text)
    copy = "a copy of" if original.sha256 == manifest.sha256 else "another one for"
    text = f"at {manifest.key} lies {copy} the manifest of hour {manifest.hour}"
    return _of_chain(Kind.ADDED, place, manifest.key, text)


def _start(chain: Chain) -> Iterator[Finding]:
    first = chain.manifests[0]
    if first.sequence == 1 and first.previous_sha256 is None:
        return
    missing = first.sequence - 1
    text = (
        f"the chain begins with manifest {first.sequence}, of hour {first.hour}: "
        f"{missing} before it {'is' if missing == 1 else 'are'} missing"
    )
    yield _of_chain(Kind.REMOVED, hour_after(first.hour, -1), first.previous_key or "", text)


def _gaps(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    for before, after in pairwise(manifests):
        hours = _hours_between(before.hour, after.hour)
        numbers = after.sequence - before.sequence - 1
        if numbers > 0:
            for hour in hours:
                text = f"the manifest of hour {hour} was removed"
                yield _of_chain(Kind.REMOVED, hour, manifest_key(hour), text)
        elif hours:
            text = f"no manifest was ever made for {_range(hours)}: the archiver skipped it"
            yield Finding(kind=Kind.HOUR_MISSING, hour=hours[0], key="", text=text)


def _links(manifests: Sequence[Manifest], head_sha256: str | None) -> Iterator[Finding]:
    """Go back from the head, which is believed if nothing is known of it from elsewhere."""
    head = manifests[-1]
    vouched = head_sha256 is None or head.sha256 == head_sha256
    if not vouched:
        text = f"the last manifest, of hour {head.hour}, is not the one that was expected"
        yield _of_chain(Kind.ALTERED, head.hour, head.key, text)
    for number in range(len(manifests) - 2, -1, -1):
        this, after = manifests[number], manifests[number + 1]
        if after.sequence != this.sequence + 1:
            vouched = True  # What lay between is gone; nothing is known against this one.
            continue
        fits = after.previous_sha256 == this.sha256
        if fits or not vouched:
            vouched = fits or vouched
            continue
        vouched = False
        if after is head and head_sha256 is None and not _breaks_the_other_link(manifests, number):
            text = (
                f"the last manifest, of hour {after.hour}, does not continue that of hour "
                f"{this.hour}: one of the two is not the original; --head or a signature "
                "tells which"
            )
            yield _of_chain(Kind.DOES_NOT_FIT, this.hour, this.key, text)
        else:
            text = f"the manifest of hour {this.hour} was altered: the next one names another hash"
            yield _of_chain(Kind.ALTERED, this.hour, this.key, text)


def _breaks_the_other_link(manifests: Sequence[Manifest], number: int) -> bool:
    """Whether a manifest does not continue the one before it either: then it is to blame."""
    if number == 0:
        return False
    before, this = manifests[number - 1], manifests[number]
    return this.sequence == before.sequence + 1 and this.previous_sha256 != before.sha256


def _hours_between(before: str, after: str) -> list[str]:
    count = round((begin_of(after) - begin_of(before)).total_seconds() / 3600)
    return [hour_after(before, number) for number in range(1, count)]


def _range(hours: Sequence[str]) -> str:
    return f"hour {hours[0]}" if len(hours) == 1 else f"hours {hours[0]} to {hours[-1]}"


def _of_chain(kind: Kind, hour: str | None, key: str, text: str) -> Finding:
    return Finding(kind=kind, hour=hour, key=key, text=text, of_chain=True)
