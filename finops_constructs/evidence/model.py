"""The evidence of one cloud assembly: every tenant, every clause, every fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from finops_constructs.checks.registry import Entry, EntryKind
from finops_constructs.controls.catalogue import Catalogue, load_catalogue
from finops_constructs.controls.scope import TenantScope
from finops_constructs.enforcement.names import CANARY_TENANT
from finops_constructs.evidence.facts import Declaration, Fact, read_declarations, read_facts
from finops_constructs.evidence.judgement import Judgement, judge
from finops_constructs.evidence.sources import AcceptedFinding, Sources, Stack, read_sources

NOT_COVERED: Final = (
    "Law is not judged here: a verdict says what the templates show of a technical measure.",
    "Templates show what is to be deployed. What an account holds is compared with --live only.",
    "Traffic of the bedrock-mantle endpoint, and calls that Bedrock does not log, are in no log.",
    "Prompts and answers are not in the log unless the platform says content: full.",
    "The Official Journal was not read: paraphrases and dates come from reproductions, as marked.",
    (
        "For financial institutions the AI Act sets no log period of its own; which period applies "
        "under financial services law is declared by people."
    ),
    "Resources that declare no control, and stacks outside this assembly, are not looked at.",
)
"""What no page of evidence can show; said on each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantEvidence:
    """One tenant.

    Attributes:
        id: Its id.
        display_name: What people call it.
        account: The account its stack is for; None if known only at deployment.
        region: The Region; None likewise.
        stacks: The stacks its facts come from, the platform's included.
        scope: What is declared about it and the law.
        judgements: One for each clause of the catalogue, in its order.
    """

    id: str
    display_name: str
    account: str | None
    region: str | None
    stacks: tuple[str, ...]
    scope: TenantScope
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What one cloud assembly shows.

    Attributes:
        assembly: The folder's name.
        generated: When this was read.
        catalogue: The clauses.
        assembly_catalogue: The version of the catalogue the assembly was made with; None if no
            resource declares anything.
        stacks: The stacks.
        tenants: The tenants, by id.
        facts: All facts, those of no tenant's clause included.
        exceptions: The findings of checks that somebody accepted.
    """

    assembly: str
    generated: datetime
    catalogue: Catalogue
    assembly_catalogue: int | None
    stacks: tuple[Stack, ...]
    tenants: tuple[TenantEvidence, ...]
    facts: tuple[Fact, ...]
    exceptions: tuple[AcceptedFinding, ...]


def read_evidence(
    folder: Path, *, generated: datetime, catalogue: Catalogue | None = None
) -> Evidence:
    """Read the evidence of a cloud assembly.

    Args:
        folder: What `cdk synth` wrote.
        generated: The time to put on it, with its time zone.
        catalogue: The clauses. Default: those shipped with this library.

    Raises:
        ValueError: If it is no cloud assembly, holds no tenant, or declares what cannot be read.
    """
    catalogue = catalogue or load_catalogue()
    sources = read_sources(folder)
    declarations = read_declarations(sources)
    facts = read_facts(sources, declarations)
    scopes = _scopes(declarations)
    entries = {
        tenant: entry
        for tenant, entry in sources.assembly.policy_entries.items()
        if tenant != CANARY_TENANT
    }
    if not entries:
        raise ValueError(f"{folder}: no tenant in it; evidence is about tenants and their platform")
    tenants = [
        _tenant(entry, sources, facts, scopes.get(tenant, TenantScope()), catalogue)
        for tenant, entry in sorted(entries.items())
    ]
    return Evidence(
        assembly=folder.resolve().name,
        generated=generated,
        catalogue=catalogue,
        assembly_catalogue=max((d.catalogue for d in declarations), default=None),
        stacks=sources.stacks,
        tenants=tuple(tenants),
        facts=facts,
        exceptions=sources.exceptions,
    )


def _scopes(declarations: list[Declaration]) -> Mapping[str, TenantScope]:
    found = {}
    for declaration in declarations:
        if declaration.scope:
            name = declaration.resource.text("Name").split("/")
            try:
                found[name[2]] = TenantScope.of_metadata(dict(declaration.scope))
            except (ValueError, IndexError) as error:
                where = f"{declaration.resource.template.path}: {declaration.resource.id}"
                raise ValueError(f"{where}: {error}") from None
    return found


def _tenant(
    entry: Entry,
    sources: Sources,
    facts: tuple[Fact, ...],
    scope: TenantScope,
    catalogue: Catalogue,
) -> TenantEvidence:
    home = sources.by_template[entry.resource.template.path]
    platform = _platform_stacks(home, sources)
    own = [
        f for f in facts if f.tenant == entry.tenant or (f.tenant is None and f.stack in platform)
    ]
    return TenantEvidence(
        id=entry.tenant,
        display_name=entry.text("display_name") or entry.tenant,
        account=home.account,
        region=home.region,
        stacks=tuple(sorted({fact.stack for fact in own} | {home.name})),
        scope=scope,
        judgements=tuple(judge(clause, scope, own) for clause in catalogue.clauses),
    )


def _platform_stacks(home: Stack, sources: Sources) -> set[str]:
    """Return the stacks a tenant stands on: of its account and Region, or of no tenant's.

    A log archive or a payer has no tenants; its stacks serve those of their Region, or all tenants
    if their Region has none.
    """
    entries = sources.assembly.entries(EntryKind.POLICY)
    homes = [sources.by_template[entry.resource.template.path] for entry in entries]
    places = {(stack.account, stack.region) for stack in homes}
    regions = {stack.region for stack in homes}
    return {
        stack.name
        for stack in sources.stacks
        if (stack.account, stack.region) == (home.account, home.region)
        or (
            (stack.account, stack.region) not in places
            and (stack.region == home.region or stack.region not in regions)
        )
    }
