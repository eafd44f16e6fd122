"""Verifying a log from its objects alone."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from finops_constructs.audit_log.chain import Chain, read_chain
from finops_constructs.audit_log.completeness import Tally, compare, hours_not_compared
from finops_constructs.audit_log.errors import AuditLogError
from finops_constructs.audit_log.findings import Finding, Kind
from finops_constructs.audit_log.layout import (
    HOUR,
    SIGNATURE_SUFFIX,
    begin_of,
    hour_of_manifest,
    partition_of,
)
from finops_constructs.audit_log.listing import Listing, version_findings
from finops_constructs.audit_log.manifests import Manifest, NoManifestError, parse_manifest
from finops_constructs.audit_log.objects import (
    Checked,
    check_object,
    lock_fault,
    request_ids_of,
)
from finops_constructs.audit_log.report import Report
from finops_constructs.audit_log.requests import Partition, RequestIds
from finops_constructs.audit_log.signatures import PublicKey
from finops_constructs.audit_log.state import State, load_state, save_state
from finops_constructs.audit_log.store import LogStore, whole

_AT_ONCE: Final = 8
_LATE: Final = timedelta(hours=2)
_VOUCHES_NO_MORE: Final = (Kind.ALTERED, Kind.DOES_NOT_FIT, Kind.REMOVED)
_BROKEN_NOTE: Final = (
    "records were not compared with CloudWatch's counts: those of broken manifests are not known",
)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to verify.

    Attributes:
        now: The moment, which expiry is judged by.
        live: Whether the log is the bucket itself, in which a late manifest is a fault.
        head_sha256: What the last manifest's hash must be, if it is known from elsewhere.
        public_key: Checks signatures. Default: they are not checked.
        state_file: Where progress is kept. Default: nowhere.
        progress: Told objects done and objects in all.
    """

    now: datetime
    live: bool = False
    head_sha256: str | None = None
    public_key: PublicKey | None = None
    state_file: Path | None = None
    progress: Progress = lambda _done, _all: None


@dataclass(slots=True)
class _Run:
    """What has been found so far."""

    tally: Tally = field(default_factory=Tally)
    ids: RequestIds = field(default_factory=RequestIds)
    findings: list[Finding] = field(default_factory=list)
    chained: set[str] = field(default_factory=set)
    by_partition: defaultdict[Partition, list[tuple[str, str, bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    expired: int = 0
    held: int = 0
    signed: int = 0


def verify(store: LogStore, options: Options) -> Report:
    """Walk a log's chain, read every object, and return what is wrong.

    Args:
        store: The log.
        options: How.

    Raises:
        AuditLogError: If there is no manifest at all, or the state is of something else.
    """
    return _Verification(store, options).run()


class _Verification:
    def __init__(self, store: LogStore, options: Options) -> None:
        self._store, self._options = store, options
        self._run = _Run()
        self._listing = Listing.of(store)
        if not self._listing.manifests:
            raise AuditLogError(f"{store.name} has no manifests: is it an audit log?")

    def run(self) -> Report:
        run, options = self._run, self._options
        chain = read_chain(self._manifest_contents(), head_sha256=options.head_sha256)
        manifests = chain.manifests
        run.findings += chain.findings
        state = self._resumed(manifests)
        resumed = state.objects
        self._read_objects(manifests, state)
        self._add_earlier_ids()
        last = manifests[-1].hour if manifests else ""
        broken = {f.hour for f in chain.findings if f.hour and f.kind in _VOUCHES_NO_MORE}
        loose = self._listing.not_in(run.chained, manifests, broken)
        run.findings += [*state.findings, *loose.added]
        began = manifests[0].hour if manifests and manifests[0].sequence == 1 else ""
        run.findings += [] if broken else compare(run.tally, last, began)
        run.findings += run.ids.repeated(self._ids_of)
        run.findings += self._late(last) if options.live and manifests else []
        return Report(
            log=self._store.name,
            first_hour=manifests[0].hour if manifests else None,
            last_hour=last or None,
            manifests=len(manifests),
            objects=state.objects,
            resumed_objects=resumed,
            bytes=state.bytes,
            held=run.held,
            head_sha256=manifests[-1].sha256 if manifests else None,
            signed=run.signed,
            findings=sorted(run.findings, key=lambda f: (f.hour or "", f.kind, f.key)),
            unsealed=loose.unsealed,
            expired=run.expired,
            totals=run.tally.totals(),
            notes=[*_BROKEN_NOTE[: len(broken)], *self._notes(chain, loose.unproven)],
        )

    def _manifest_contents(self) -> Iterator[tuple[str, bytes]]:
        """Read the manifests, and check what can be checked of each alone."""
        for key, listed in sorted(self._listing.manifests.items()):
            hour = hour_of_manifest(key) or ""
            self._run.findings += version_findings(listed, None, hour)
            # The version that was written first; the chain tells whether it is the original.
            read = self._store.read(key, listed.versions[-1] if listed.versions else None)
            if read is None:
                continue  # Gone since it was listed.
            content = b"".join(read.chunks())
            try:
                manifest = parse_manifest(key, content)
            except NoManifestError:
                manifest = None  # The chain says so.
            if manifest and read.lock:
                fault = lock_fault(read.lock, manifest.lock_mode, manifest.lock_days)
                if fault:
                    self._note(Kind.NOT_LOCKED, hour, key, f"{key} {fault}")
            signed = manifest and (manifest.signing_key or key in self._listing.signatures)
            if manifest and signed and manifest.hour == hour:
                self._check_signature(manifest, content)
            yield key, content

    def _check_signature(self, manifest: Manifest, content: bytes) -> None:
        key, hour = manifest.key, manifest.hour
        signature = whole(self._store, key + SIGNATURE_SUFFIX)
        if signature is None:
            text = f"the manifest of hour {hour} says it is signed, and has no signature"
            self._note(Kind.BAD_SIGNATURE, hour, key, text, of_chain=True)
        elif self._options.public_key:
            self._run.signed += 1
            if not self._options.public_key.signs(content, signature):
                text = f"the signature of the manifest of hour {hour} is not the key's"
                self._note(Kind.BAD_SIGNATURE, hour, key, text, of_chain=True)

    def _resumed(self, manifests: Sequence[Manifest]) -> State:
        """Return where an earlier run ended, if the chain still has that manifest."""
        fresh = State(log=self._store.name)
        if self._options.state_file is None:
            return fresh
        state = load_state(self._options.state_file, self._store.name)
        known = {m.sequence: m.sha256 for m in manifests}
        if state.sequence and known.get(state.sequence) != state.sha256:
            return fresh
        return state

    def _read_objects(self, manifests: Sequence[Manifest], state: State) -> None:
        done_before = state.sequence
        total = sum(len(m.entries) for m in manifests if m.sequence > done_before)
        done = 0
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for manifest in manifests:
                self._run.tally.add(manifest)
                resumed = manifest.sequence <= done_before
                self._note_entries(manifest, read=not resumed)
                if resumed:
                    continue
                checks = pool.map(partial(check_object, self._store, manifest), manifest.entries)
                for entry, checked in zip(manifest.entries, checks, strict=True):
                    self._take(manifest, entry, checked, state)
                    done += 1
                    self._options.progress(done, total)
                state.sequence, state.sha256 = manifest.sequence, manifest.sha256
                if self._options.state_file:
                    save_state(self._options.state_file, state)

    def _note_entries(self, manifest: Manifest, *, read: bool) -> None:
        for entry in manifest.entries:
            self._run.chained.add(entry["key"])
            where = partition_of(entry["key"])
            if where and where[0] == "records":
                version = str(entry["version_id"])
                self._run.by_partition[where[1:]].append((entry["key"], version, read))

    def _take(
        self, manifest: Manifest, entry: Mapping[str, Any], checked: Checked, state: State
    ) -> None:
        key, hour = entry["key"], manifest.hour
        listed = self._listing.objects.get(key)
        if not checked.found:
            if begin_of(hour) + timedelta(days=manifest.lock_days) < self._options.now:
                self._run.expired += 1
                return
            beside = f"; {len(listed.versions)} other versions are there" if listed else ""
            text = f"{key} was removed{beside}"
            state.findings.append(Finding(kind=Kind.REMOVED, hour=hour, key=key, text=text))
            return
        state.objects += 1
        state.bytes += checked.size
        state.findings += checked.findings
        if listed:
            state.findings += version_findings(listed, str(entry["version_id"]), hour)
        self._run.held += checked.held
        where = partition_of(key)
        if where and checked.request_ids:
            self._run.ids.add(where[1:], checked.request_ids)

    def _add_earlier_ids(self) -> None:
        """Read the ids of objects of an earlier run that share a day with objects of this one."""
        for partition in self._run.ids.partitions():
            for key, version, was_read in self._run.by_partition[partition]:
                if not was_read:
                    self._run.ids.add(partition, request_ids_of(self._store, key, version))

    def _ids_of(self, partition: Partition) -> Iterator[bytes]:
        for key, version, _ in self._run.by_partition[partition]:
            yield from request_ids_of(self._store, key, version)

    def _late(self, last: str) -> Iterator[Finding]:
        over = begin_of(last) + HOUR
        if self._options.now - over > HOUR + _LATE:
            hours = int((self._options.now - over) / HOUR)
            text = f"no manifest since that of hour {last}: {hours} hours are over since"
            yield Finding(kind=Kind.HOUR_MISSING, hour=last, key="", text=text)

    def _notes(self, chain: Chain, unproven: int) -> list[str]:
        notes = []
        if unproven:
            notes.append(
                f"{unproven} objects of hours without a sound manifest: none vouches for them"
            )
        if not (self._options.live or self._options.head_sha256 or self._run.signed):
            notes.append(
                "nothing vouches for the last manifest: give its hash from elsewhere (--head), or "
                "the public key of its signature (--public-key)"
            )
        without = hours_not_compared(self._run.tally, chain.manifests)
        if without:
            notes.append(
                f"{len(without)} hours have no CloudWatch counts, so their records were not "
                f"compared: {', '.join(without[:5])}{' ...' if len(without) > 5 else ''}"
            )
        return notes

    def _note(self, kind: Kind, hour: str, key: str, text: str, *, of_chain: bool = False) -> None:
        found = Finding(kind=kind, hour=hour or None, key=key, text=text, of_chain=of_chain)
        self._run.findings.append(found)
