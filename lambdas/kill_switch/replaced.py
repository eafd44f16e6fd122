"""Which profiles were replaced: found by their names and tags, entered in the registry.

CloudFormation leaves a replaced profile behind and tells nobody. What has the name and the tags of
an alias's profile, and is not where the alias leads now, gets an entry of its own, so that it is
metered and stopped like the one that replaced it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from kill_switch.clock import Clock
from shared.former_profiles import ALIAS_TAG, TENANT_TAG, former_entry, tags_of
from shared.parsing import EntryError
from shared.reach import Place, profile_fault
from shared.registry import ROOT, Registry, RegistryFault
from shared.registry_entries import ProfileEntry, parse_replaced
from shared.state_table import StateTable, journal_item

logger = Logger(child=True)

PERMISSIONS: Final = (
    "bedrock:ListInferenceProfiles",
    "bedrock:ListTagsForResource",
    "bedrock:TagResource",
    "bedrock:UntagResource",
    "dynamodb:PutItem",
    "ssm:DeleteParameter",
    "ssm:GetParameterHistory",
    "ssm:PutParameter",
)
REPLACED_TAG: Final = "finops:replaced"
"""Marks what may be deleted once it is idle: IAM lets the kill switch delete nothing else."""
_AT_MOST_EVERY_SECONDS: Final = 60.0
_FOREIGN_FOR_SECONDS: Final = 3600.0
_MOST_READ: Final = 100
"""Profiles whose tags are read in one look."""
_BEING_MADE: Final = timedelta(hours=1)
"""A profile this young that no entry ever named may be named by one in a moment."""
_NAME: Final = re.compile(r"(.+)-[0-9a-f]{8}")

Summary = Mapping[str, Any]


def has_own_name(name: str, tenant: str, alias: str) -> bool:
    """Whether a name is one that this library gives the profile of an alias."""
    match = _NAME.fullmatch(name)
    return match is not None and match[1] == f"{tenant}-{alias}"


def entry_path(entry: ProfileEntry) -> str:
    """Return where a replaced profile is entered."""
    return f"{ROOT}{entry.tenant}/replaced/{entry.key}"


@dataclass(slots=True)
class Memory:
    """What one container remembers between runs.

    Attributes:
        looked_at: When it last looked for replaced profiles, in the clock's seconds; None: never.
        foreign_at: When it began to remember which profiles are nobody's here, in the same.
        foreign: Those.
        idle_looked_at: When it last looked which replaced profiles are idle; None: never.
    """

    looked_at: float | None = None
    foreign_at: float = 0.0
    foreign: set[str] = field(default_factory=set)
    idle_looked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedProfiles:
    """Keeps the registry's entries of replaced profiles true.

    Attributes:
        client: Returns the boto3 client of a service.
        table: The state table, for the journal.
        place: Where the kill switch works.
        clock: Time.
        memory: What is remembered.
    """

    client: Callable[[str], Any]
    table: StateTable
    place: Place
    clock: Clock
    memory: Memory

    def look(self, registry: Registry, *, everybody: bool) -> Registry:
        """Enter what was replaced, strike out what is gone; return the registry as it is then.

        If AWS does not let it look, that is a fault of the registry.

        Args:
            registry: The registry as it was read.
            everybody: Whether to look now, rather than only if it has not lately.
        """
        seconds, before = self.clock.seconds(), self.memory.looked_at
        if not everybody and before is not None and seconds - before < _AT_MOST_EVERY_SECONDS:
            return registry
        self.memory.looked_at = seconds
        if seconds - self.memory.foreign_at >= _FOREIGN_FOR_SECONDS:
            self.memory.foreign.clear()
            self.memory.foreign_at = seconds
        try:
            there = self._there()
            known = self._without_those_gone(registry, there)
            return _with(known, list(self._found(known, there)))
        except (BotoCoreError, ClientError) as error:
            logger.exception("replaced profiles not readable")
            fault = RegistryFault(f"{ROOT}*/replaced", f"{type(error).__name__}: {error}")
            return replace(registry, faults=(*registry.faults, fault))

    def strike_out(self, entry: ProfileEntry) -> None:
        """Delete an entry, wherever its profile is."""
        ssm = self.client("ssm")
        try:
            ssm.delete_parameter(Name=entry_path(entry))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ParameterNotFound":
                raise

    def mark(self, entry: ProfileEntry) -> None:
        """Mark a profile as one that may be deleted once it is idle."""
        tags = [{"key": REPLACED_TAG, "value": f"{self.clock.now():%Y-%m-%d}"}]
        self.client("bedrock").tag_resource(resourceARN=entry.profile_arn, tags=tags)

    def journal(self, entry: ProfileEntry, kind: str) -> None:
        """Note in the tenant's journal what is done about a profile."""
        said = {
            "kind": kind,
            "alias": entry.alias,
            "profile_arn": entry.profile_arn,
            "model": entry.model_source,
            "replaced_at": entry.replaced_at,
        }
        item = journal_item(entry.tenant, said)
        self.client("dynamodb").put_item(TableName=self.table.name, Item=item)

    def _there(self) -> dict[str, Summary]:
        pages = (
            self.client("bedrock")
            .get_paginator("list_inference_profiles")
            .paginate(typeEquals="APPLICATION", PaginationConfig={"PageSize": 1000})
        )
        return {
            each["inferenceProfileArn"]: each
            for page in pages
            for each in page["inferenceProfileSummaries"]
        }

    def _without_those_gone(self, registry: Registry, there: Mapping[str, Summary]) -> Registry:
        for entry in registry.revived:
            self.strike_out(entry)
            self.client("bedrock").untag_resource(
                resourceARN=entry.profile_arn, tagKeys=[REPLACED_TAG]
            )
            self.journal(entry, "profile-restored")
        left: defaultdict[str, dict[str, ProfileEntry]] = defaultdict(dict)
        for tenant, entries in registry.replaced.items():
            for key, entry in entries.items():
                if entry.profile_arn in there:
                    left[tenant][key] = entry
                else:
                    self.strike_out(entry)
        return replace(registry, replaced=dict(left), revived=())

    def _found(self, registry: Registry, there: Mapping[str, Summary]) -> Iterator[ProfileEntry]:
        named = {
            entry.profile_arn
            for tenants in (registry.profiles, registry.replaced)
            for entries in tenants.values()
            for entry in entries.values()
        }
        unknown = [
            summary
            for arn, summary in there.items()
            if arn not in named
            and arn not in self.memory.foreign
            and _NAME.fullmatch(summary["inferenceProfileName"])
            and profile_fault(arn, self.place) is None
        ]
        for summary in unknown[:_MOST_READ]:
            entry = self._entry_of(registry, summary)
            if entry is not None:
                yield entry

    def _entry_of(self, registry: Registry, summary: Summary) -> ProfileEntry | None:
        arn = summary["inferenceProfileArn"]
        tags = tags_of(self.client("bedrock"), arn)
        tenant, alias = tags.get(TENANT_TAG, ""), tags.get(ALIAS_TAG, "")
        own = has_own_name(summary["inferenceProfileName"], tenant, alias)
        policy = registry.policies.get(tenant)
        known = policy is not None or tenant in registry.profiles
        if not (own and known) or (policy is not None and policy.retired):
            self.memory.foreign.add(arn)
            return None
        value = former_entry(self.client("ssm"), tenant, alias, arn)
        proven = value is not None
        if value is None and self.clock.now() - summary["createdAt"] >= _BEING_MADE:
            value = self._without_a_past(summary, tenant, alias)
        name = f"{alias}/{summary['inferenceProfileId']}"
        return self._entered(tenant, name, value, proven=proven)

    def _without_a_past(self, summary: Summary, tenant: str, alias: str) -> dict[str, Any]:
        """Describe a profile that no entry ever named: an update failed, or history was lost.

        Nothing tells its price: it can be stopped, and its calls are refused by the meter. Nor does
        anything prove that no stack has it: it is not marked, and so never removed.
        """
        model = summary["models"][0]["modelArn"].rpartition("/")[2]
        return {
            "schema_version": 1,
            "tenant": tenant,
            "alias": alias,
            "base_model_id": model,
            "model_source": model,
            "region": self.place.region,
            "profile_arn": summary["inferenceProfileArn"],
            "profile_id": summary["inferenceProfileId"],
            "price": None,
            "replaced_at": self.clock.now().isoformat(),
        }

    def _entered(
        self, tenant: str, name: str, value: Mapping[str, Any] | None, *, proven: bool
    ) -> ProfileEntry | None:
        if value is None:
            return None
        try:
            entry = parse_replaced(tenant, name, value)
        except EntryError:
            logger.exception("the entry of a replaced profile cannot be made", name=name)
            return None
        if proven:
            self.mark(entry)
        self.client("ssm").put_parameter(
            Name=entry_path(entry),
            Value=json.dumps(value, separators=(",", ":")),
            Description=f"What the alias {entry.alias} of tenant {tenant} led to before",
            Type="String",
            Overwrite=True,
        )
        self.journal(entry, "profile-replaced")
        logger.info("replaced profile entered", tenant=tenant, arn=entry.profile_arn)
        return entry


def _with(registry: Registry, found: list[ProfileEntry]) -> Registry:
    replaced = {tenant: dict(entries) for tenant, entries in registry.replaced.items()}
    for entry in found:
        replaced.setdefault(entry.tenant, {})[entry.key] = entry
    return replace(registry, replaced=replaced)
