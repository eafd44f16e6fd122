"""Everything that lies in a log, by what it is."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from finops_constructs.audit_log.findings import Finding, Kind
from finops_constructs.audit_log.layout import MANIFESTS, SIGNATURE_SUFFIX, archived_hour
from finops_constructs.audit_log.manifests import Manifest
from finops_constructs.audit_log.store import Listed, LogStore


@dataclass(slots=True)
class Listing:
    """The keys of a log.

    Attributes:
        manifests: Below `manifests/`, signatures left out.
        signatures: The manifests that have a signature.
        objects: Archived objects, and whatever else is there.
    """

    manifests: dict[str, Listed] = field(default_factory=dict)
    signatures: set[str] = field(default_factory=set)
    objects: dict[str, Listed] = field(default_factory=dict)

    @classmethod
    def of(cls, store: LogStore) -> "Listing":
        """List a log."""
        found = cls()
        for each in store.listed():
            if not each.key.startswith(MANIFESTS):
                found.objects[each.key] = each
            elif each.key.endswith(SIGNATURE_SUFFIX):
                found.signatures.add(each.key.removesuffix(SIGNATURE_SUFFIX))
            else:
                found.manifests[each.key] = each
        return found

    def not_in(
        self, chained: set[str], manifests: Sequence[Manifest], broken: Collection[str]
    ) -> "Loose":
        """Return the objects that no manifest has.

        Args:
            chained: Keys of all entries.
            manifests: The chain.
            broken: Hours whose manifest is gone or not the original.
        """
        first, last = (manifests[0].hour, manifests[-1].hour) if manifests else ("", "")
        loose = Loose()
        for key in sorted(self.objects.keys() - chained):
            hour = archived_hour(key)
            if hour is not None and hour > last:
                loose.unsealed.append(key)
            elif hour is not None and (hour in broken or hour < first):
                loose.unproven += 1
            else:
                when = f", of hour {hour} by its name," if hour else ""
                text = f"{key}{when} was added: no manifest has it"
                loose.added.append(Finding(kind=Kind.ADDED, hour=hour, key=key, text=text))
        return loose


@dataclass(slots=True)
class Loose:
    """Objects that no manifest has.

    Attributes:
        added: Those that one should have.
        unsealed: Those archived after the last manifest.
        unproven: How many are of hours whose manifest is gone or not the original.
    """

    added: list[Finding] = field(default_factory=list)
    unsealed: list[str] = field(default_factory=list)
    unproven: int = 0


def version_findings(listed: Listed, version_id: str | None, hour: str) -> Iterator[Finding]:
    """Yield what is wrong with an object's versions.

    Args:
        listed: The key with its versions.
        version_id: The one that counts; None: the only one.
        hour: The hour of its manifest.
    """
    key = listed.key
    if listed.hidden:
        text = f"{key} is hidden by a delete marker; its version is still there"
        yield Finding(kind=Kind.HIDDEN, hour=hour, key=key, text=text)
    others = [v for v in listed.versions if v != version_id]
    if len(listed.versions) > 1 and (version_id is None or others):
        text = f"{key} was written again: it has {len(listed.versions)} versions"
        yield Finding(kind=Kind.OVERWRITTEN, hour=hour, key=key, text=text)
