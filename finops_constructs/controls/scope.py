"""What a tenant's owner declares about the law: role, classification, which laws bear on it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """The tenant's role under the AI Act."""

    PROVIDER = "provider"
    DEPLOYER = "deployer"
    BOTH = "both"


class Classification(StrEnum):
    """Whether the tenant's system is a high-risk one under the AI Act."""

    HIGH_RISK = "high-risk"
    NOT_HIGH_RISK = "not-high-risk"


@dataclass(frozen=True, slots=True, kw_only=True)
class AiActDeclaration:
    """What somebody who may decide it says about a tenant and the AI Act.

    Attributes:
        role: Provider, deployer or both.
        classification: Whether it is high-risk.
        annex_iii: The point of Annex III it falls under, such as `5(b)`; None if not said.
        basis: Why, in words.
        owner: Who declares it.
        date: When.
    """

    role: Role
    classification: Classification
    annex_iii: str | None = None
    basis: str
    owner: str
    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LawDeclaration:
    """Whether another law bears on a tenant's records.

    Attributes:
        applies: Whether it does.
        basis: Why, in words.
        owner: Who declares it.
        date: When.
    """

    applies: bool
    basis: str
    owner: str
    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseDocument:
    """A document by which a person answers a clause; where it is kept is their business.

    Attributes:
        clause: The clause's id.
        title: What it is called.
        sha256: Of the document's bytes, 64 hexadecimal digits.
        owner: Who answers for it.
        reviewed_on: When it was last reviewed.
    """

    clause: str
    title: str
    sha256: str
    owner: str
    reviewed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantScope:
    """Everything declared for one tenant; what is None is not declared.

    Attributes:
        ai_act: Role and classification under the AI Act.
        dora: Whether DORA bears on its records.
        mifid: Whether MiFID II bears on its records.
        documents: The documents by which people answer clauses.
    """

    ai_act: AiActDeclaration | None = None
    dora: LawDeclaration | None = None
    mifid: LawDeclaration | None = None
    documents: tuple[ClauseDocument, ...] = ()

    def as_metadata(self) -> dict[str, Any]:
        """Return it as a template's `Metadata` holds it; dates are ISO 8601."""
        found: dict[str, Any] = {}
        for name in ("ai_act", "dora", "mifid"):
            declared = getattr(self, name)
            if declared is not None:
                found[name] = _plain(declared)
        if self.documents:
            found["documents"] = [_plain(document) for document in self.documents]
        return found

    @staticmethod
    def of_metadata(raw: dict[str, Any]) -> "TenantScope":
        """Return what `as_metadata` wrote.

        Raises:
            ValueError: If it is something else.
        """
        try:
            ai_act = raw.get("ai_act")
            return TenantScope(
                ai_act=_ai_act(ai_act) if ai_act else None,
                dora=_law(raw["dora"]) if "dora" in raw else None,
                mifid=_law(raw["mifid"]) if "mifid" in raw else None,
                documents=tuple(
                    ClauseDocument(
                        **each | {"reviewed_on": date.fromisoformat(each["reviewed_on"])}
                    )
                    for each in raw.get("documents", ())
                ),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a declared scope: {error}") from None


def _ai_act(raw: dict[str, Any]) -> AiActDeclaration:
    typed = {
        "role": Role(raw["role"]),
        "classification": Classification(raw["classification"]),
        "date": date.fromisoformat(raw["date"]),
    }
    return AiActDeclaration(**raw | typed)


def _law(raw: dict[str, Any]) -> LawDeclaration:
    return LawDeclaration(**raw | {"date": date.fromisoformat(raw["date"])})


def _plain(declared: AiActDeclaration | LawDeclaration | ClauseDocument) -> dict[str, Any]:
    values = {name: getattr(declared, name) for name in declared.__slots__}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value is not None
    }
