"""What a tenant's owners declare about the law, as written in its YAML file."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from finops_constructs.config.names import Flag
from finops_constructs.config.patterns import ANNEX_III_PATTERN, CLAUSE_PATTERN, SHA256_PATTERN
from finops_constructs.controls.scope import Classification, Role

Basis = Annotated[str, Field(min_length=10, max_length=500)]
Person = Annotated[str, Field(min_length=2, max_length=100, examples=["Head of Compliance"])]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class AiAct(_Section):
    """The tenant under Regulation (EU) 2024/1689; not declared means that a person must judge."""

    role: Role
    """What the firm is to this system: `provider`, `deployer` or `both`."""
    classification: Classification
    """`high-risk` or `not-high-risk`."""
    annex_iii: Annotated[str, Field(pattern=ANNEX_III_PATTERN, examples=["5(b)"])] | None = None
    """The point of Annex III it falls under."""
    basis: Basis
    """Why, in words: auditors read it."""
    owner: Person
    """Who declares it."""
    date: date
    """When."""


class OtherLaw(_Section):
    """Whether another law bears on this tenant's records."""

    applies: Flag
    """Whether it does."""
    basis: Basis
    """Why, in words: auditors read it."""
    owner: Person
    """Who declares it."""
    date: date
    """When."""


class ClauseDocumentEntry(_Section):
    """A document by which a person answers a clause."""

    clause: Annotated[str, Field(pattern=CLAUSE_PATTERN, examples=["ai-act.art-11"])]
    """The clause, by its id in the catalogue."""
    title: Annotated[str, Field(min_length=3, max_length=200)]
    """What the document is called."""
    sha256: Annotated[str, Field(pattern=SHA256_PATTERN)]
    """SHA-256 of its bytes."""
    owner: Person
    """Who answers for it."""
    reviewed_on: date
    """When it was last reviewed."""


class Regulation(_Section):
    """What bears on the tenant, declared by those who may decide it."""

    ai_act: AiAct | None = None
    """Role and classification under the AI Act; default: not declared."""
    dora: OtherLaw | None = None
    """Whether DORA bears on its records; default: not declared."""
    mifid: OtherLaw | None = None
    """Whether MiFID II bears on its records; default: not declared."""
    documents: Annotated[list[ClauseDocumentEntry], Field(max_length=100)] = []
    """Documents by which people answer clauses."""
