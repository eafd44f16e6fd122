"""Legal holds by tenant and days, for cases; S3 knows one switch a version, the log knows why.

Every hold and release is a statement in the log. A version stays held while any open case covers
it, so releasing one case never lifts another's.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from finops_constructs.audit_log.client import Appended, AuditLog
from finops_constructs.audit_log.errors import AuditLogError
from finops_constructs.audit_log.layout import KINDS, partition_of
from finops_constructs.audit_log.store import LogStore, whole
from finops_constructs.operations.aws import translated

PERMISSIONS: Final = ("s3:GetObject", "s3:ListBucketVersions", "s3:PutObjectLegalHold")
_TYPE: Final = "legal-hold"
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which objects a case is about.

    Attributes:
        tenant: The tenant; None: all.
        first: First UTC day; None: from the beginning.
        last: Last UTC day; None: to the end, what is yet to come included.
    """

    tenant: str | None = None
    first: date | None = None
    last: date | None = None

    def covers(self, key: str) -> bool:
        """Return whether an object is among them."""
        where = partition_of(key)
        if where is None:
            return False
        _, tenant, day = where
        return (
            (self.tenant is None or tenant == self.tenant)
            and (self.first is None or day >= self.first.isoformat())
            and (self.last is None or day <= self.last.isoformat())
        )

    def prefixes(self) -> Iterator[str]:
        """Yield the prefixes that have all of them."""
        for kind in KINDS:
            yield f"{kind}/" if self.tenant is None else f"{kind}/tenant={self.tenant}/"

    def plain(self) -> dict[str, str]:
        """Return it as a statement has it."""
        told = {"held_tenant": self.tenant, "first_day": self.first, "last_day": self.last}
        return {key: str(value) for key, value in told.items() if value is not None}

    @classmethod
    def parse(cls, about: Mapping[str, Any]) -> "Selection":
        """Read it from a statement."""
        first, last = about.get("first_day"), about.get("last_day")
        return cls(
            tenant=about.get("held_tenant"),
            first=date.fromisoformat(first) if first else None,
            last=date.fromisoformat(last) if last else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What holding or releasing did.

    Attributes:
        case: The case.
        objects: Versions that were held or released.
        kept: Versions that another case still holds.
        statements: Where the log says so: what was ordered, and what was done.
    """

    case: str
    objects: int
    kept: int
    statements: tuple[Appended, ...]


class LegalHolds:
    """Sets and lifts holds.

    Args:
        s3: A botocore S3 client.
        bucket: The locked bucket.
        store: The same, to be read.
        log: Where the orders are written down.
    """

    def __init__(self, s3: Any, bucket: str, store: LogStore, log: AuditLog) -> None:
        self._s3, self._bucket, self._store, self._log = s3, bucket, store, log

    def open_cases(self) -> dict[str, list[Selection]]:
        """Return what is held, by case, as the log's statements tell."""
        cases: dict[str, list[Selection]] = {}
        for statement in sorted(self._statements(), key=lambda s: str(s["at"])):
            about = statement.get("about") or {}
            case = str(about.get("case"))
            if statement.get("result") == "hold":
                cases.setdefault(case, []).append(Selection.parse(about))
            elif statement.get("result") == "release":
                cases.pop(case, None)
        return cases

    def hold(
        self, case: str, selection: Selection, reason: str, progress: Progress = lambda _: None
    ) -> Held:
        """Hold every version of a selection; what is archived later is held by holding again.

        Args:
            case: The case.
            selection: What it is about.
            reason: Why.
            progress: Told how many versions are done.
        """
        ordered = self._say("hold", case, reason, selection.plain())
        versions = self._versions([selection])
        done = self._switch("ON", versions, progress)
        told = self._say("hold-done", case, reason, {"objects": done})
        return Held(case=case, objects=done, kept=0, statements=(ordered, told))

    def release(self, case: str, reason: str, progress: Progress = lambda _: None) -> Held:
        """Lift a case's hold from every version that no other open case covers.

        Args:
            case: The case.
            reason: Why.
            progress: Told how many versions are done.

        Raises:
            AuditLogError: If the log knows no such open case.
        """
        cases = self.open_cases()
        if case not in cases:
            known = ", ".join(sorted(cases)) or "none"
            raise AuditLogError(f"case {case!r} holds nothing; open cases: {known}")
        ordered = self._say("release", case, reason, {})
        others = [each for other, held in cases.items() if other != case for each in held]
        covered = list(self._versions(cases[case]))
        free = [(key, v) for key, v in covered if not any(o.covers(key) for o in others)]
        done = self._switch("OFF", free, progress)
        told = self._say("release-done", case, reason, {"objects": done})
        kept = len(covered) - len(free)
        return Held(case=case, objects=done, kept=kept, statements=(ordered, told))

    def _say(self, result: str, case: str, reason: str, about: Mapping[str, Any]) -> Appended:
        return self._log.append(_TYPE, summary=reason, result=result, about={"case": case, **about})

    def _versions(self, selections: Iterable[Selection]) -> Iterator[tuple[str, str]]:
        seen = set()
        for selection in selections:
            for prefix in selection.prefixes():
                for listed in self._store.listed(prefix):
                    for version in listed.versions:
                        if selection.covers(listed.key) and (listed.key, version) not in seen:
                            seen.add((listed.key, version))
                            yield listed.key, version

    def _switch(self, status: str, versions: Iterable[tuple[str, str]], progress: Progress) -> int:
        done = 0
        with translated(f"setting legal holds in {self._bucket} (s3:PutObjectLegalHold)"):
            for key, version in versions:
                self._s3.put_object_legal_hold(
                    Bucket=self._bucket,
                    Key=key,
                    VersionId=version,
                    LegalHold={"Status": status},
                )
                done += 1
                progress(done)
        return done

    def _statements(self) -> Iterator[dict[str, Any]]:
        for listed in self._store.listed("statements/tenant=_platform/"):
            content = whole(self._store, listed.key, next(iter(listed.versions), None))
            for line in (content or b"").splitlines():
                statement = json.loads(line)
                if statement.get("type") == _TYPE:
                    yield statement
