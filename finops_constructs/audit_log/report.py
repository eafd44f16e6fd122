"""What a verification found, for people and for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from finops_constructs.audit_log.findings import Finding

NOT_IN_THE_LOG: Final = (
    "calls through the bedrock-mantle endpoint, which Bedrock does not log",
    "calls that were refused before Bedrock logs them, and any others it does not log",
    "calls made before logging was set up, or while its configuration was another's",
    "what was said: prompts and answers are never in the locked log",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of a verification.

    Attributes:
        log: What was verified.
        first_hour: The hour of the first manifest; None if there is none.
        last_hour: That of the last.
        manifests: How many there are.
        objects: Objects read and compared.
        resumed_objects: How many of them in an earlier run.
        bytes: Bytes read.
        held: Objects under legal hold.
        head_sha256: Hash of the last manifest, to be kept elsewhere: it vouches for all before.
        signed: Manifests whose signature was checked.
        findings: What is wrong.
        unsealed: Objects younger than the last manifest, which no manifest has yet.
        expired: Objects that are gone since their retention was over.
        totals: Sums of calls; see `Tally.totals`.
        notes: What should be known beside.
    """

    log: str
    first_hour: str | None
    last_hour: str | None
    manifests: int
    objects: int
    resumed_objects: int
    bytes: int
    held: int
    head_sha256: str | None
    signed: int
    findings: Sequence[Finding]
    unsealed: Sequence[str]
    expired: int
    totals: Mapping[str, int]
    notes: Sequence[str]

    @property
    def untrusted_from(self) -> str | None:
        """The hour from which the chain cannot be trusted; None if all of it can."""
        hours = [f.hour for f in self.findings if f.of_chain and f.hour]
        return min(hours, default=None)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON states it."""
        return {
            "log": self.log,
            "clean": not self.findings,
            "first_hour": self.first_hour,
            "last_hour": self.last_hour,
            "manifests": self.manifests,
            "objects": self.objects,
            "resumed_objects": self.resumed_objects,
            "bytes": self.bytes,
            "under_legal_hold": self.held,
            "head_sha256": self.head_sha256,
            "signatures_checked": self.signed,
            "chain_untrusted_from": self.untrusted_from,
            "findings": [finding.plain() for finding in self.findings],
            "not_sealed_yet": list(self.unsealed),
            "expired": self.expired,
            "calls": dict(self.totals),
            "not_in_the_log": list(NOT_IN_THE_LOG),
            "notes": list(self.notes),
        }
