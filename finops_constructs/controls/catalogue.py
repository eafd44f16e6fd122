"""The clauses that evidence is about: law and practice, in our own words, as versioned data."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final

from finops_constructs.controls.control import Control
from finops_constructs.controls.verdict import Verdict

_FOLDER: Final = files("finops_constructs.controls") / "clauses"
_INSTRUMENTS: Final = ("ai-act", "dora-rts", "mifid-565", "finops")


class Scope(StrEnum):
    """What decides whether an instrument bears on a tenant."""

    HIGH_RISK_AI = "high-risk-ai"
    DORA = "dora"
    MIFID = "mifid"
    EVERYBODY = "everybody"


class Answer(StrEnum):
    """Where a clause's answer can come from."""

    TEMPLATE = "template"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A regulation, or the playbook.

    Attributes:
        id: Its short name, with which its clauses' ids begin.
        title: Its name.
        link: Where to read it.
        scope: What decides whether it bears on a tenant.
    """

    id: str
    title: str
    link: str
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliesFrom:
    """The day from which a clause applies.

    Attributes:
        date: The day.
        source: Where that is from.
        verified: Whether several sources agree.
    """

    date: date
    source: str
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause of law or practice.

    Attributes:
        id: Stable, and an OSCAL token: `ai-act.art-12.1`.
        instrument: What it stands in.
        title: A few words.
        paraphrase: What it asks, in our own words; never a quotation.
        wording: How sure the paraphrase is: `checked`, `from-memory`, or `practice` (no law).
        binds: Whom: `provider`, `deployer`, `financial-entity`, `investment-firm`, `organisation`.
        annex_iii: Points of the AI Act's Annex III it is limited to; empty for all.
        applies_from: Since when; None for a practice.
        answered_by: Whether templates can show anything of it.
        needs: The controls that bear on it, if they can.
        at_best: The best verdict templates can give.
        limits: What they cannot show.
    """

    id: str
    instrument: Instrument
    title: str
    paraphrase: str
    wording: str
    binds: tuple[str, ...]
    annex_iii: tuple[str, ...] = ()
    applies_from: AppliesFrom | None = None
    answered_by: Answer
    needs: tuple[Control, ...] = ()
    at_best: Verdict = Verdict.SUPPORTS
    limits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseChange:
    """What one version of the catalogue changed.

    Attributes:
        version: The version.
        clause: The clause's id.
        what: In what way, for a person.
    """

    version: int
    clause: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of the catalogue.

    Attributes:
        number: Counted from 1.
        date: When it was made.
        digest: Of all its clauses; see `Catalogue.digest`.
        changes: What it changed since the one before.
    """

    number: int
    date: date
    digest: str
    changes: tuple[ClauseChange, ...]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Every clause, and how the catalogue came to be.

    Attributes:
        clauses: In the order in which they are shown.
        versions: The oldest first.
    """

    clauses: tuple[Clause, ...]
    versions: tuple[Version, ...]

    @property
    def version(self) -> int:
        """The number of the newest version."""
        return self.versions[-1].number

    @cached_property
    def by_id(self) -> Mapping[str, Clause]:
        """Clause id -> clause."""
        return {clause.id: clause for clause in self.clauses}

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """The instruments, in the order of their clauses."""
        return tuple(dict.fromkeys(clause.instrument for clause in self.clauses))

    def changes_since(self, version: int) -> tuple[ClauseChange, ...]:
        """Return what later versions changed.

        Raises:
            ValueError: If this catalogue does not know the version.
        """
        if version not in {each.number for each in self.versions}:
            known = f"1 to {self.version}"
            raise ValueError(f"version {version} of the clause catalogue; this one knows {known}")
        return tuple(c for each in self.versions if each.number > version for c in each.changes)

    def digest(self) -> str:
        """Return SHA-256 over all clauses: no clause changes without a new version."""
        text = json.dumps([asdict(clause) for clause in self.clauses], default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@cache
def load_catalogue() -> Catalogue:
    """Return the catalogue shipped with this library."""
    clauses = [clause for name in _INSTRUMENTS for clause in _clauses(_read(f"{name}.toml"))]
    versions = [_version(raw) for raw in _read("versions.toml")["version"]]
    return Catalogue(clauses=tuple(clauses), versions=tuple(versions))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _clauses(content: Mapping[str, Any]) -> list[Clause]:
    raw = content["instrument"]
    instrument = Instrument(**raw | {"scope": Scope(raw["scope"])})
    return [_clause(content["defaults"] | each, instrument) for each in content["clause"]]


def _clause(raw: Mapping[str, Any], instrument: Instrument) -> Clause:
    since = raw.get("applies_from")
    typed: dict[str, Any] = {
        "instrument": instrument,
        "binds": tuple(raw["binds"]),
        "annex_iii": tuple(raw.get("annex_iii", ())),
        "applies_from": AppliesFrom(**since) if since else None,
        "answered_by": Answer(raw["answered_by"]),
        "needs": tuple(Control(name) for name in raw.get("needs", ())),
        "at_best": Verdict(raw.get("at_best", Verdict.SUPPORTS)),
    }
    return Clause(**{**raw, **typed})


def _version(raw: Mapping[str, Any]) -> Version:
    number = raw["number"]
    changes = (ClauseChange(version=number, **each) for each in raw.get("changes", ()))
    return Version(number=number, date=raw["date"], digest=raw["digest"], changes=tuple(changes))
