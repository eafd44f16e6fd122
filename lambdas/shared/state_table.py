"""The state table: a tenant's state, people's words about it, billed figures, and the journal.

Keys `pk` (the tenant) and `sk`; `doc` is the JSON of a dataclass of `decision_types` or
`tenant_state`. A state and the journal entry that tells of its change are one transaction.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from shared.corrections import Correction
from shared.decision_types import (
    Answer,
    Order,
    Override,
    Resume,
)
from shared.held_keys import HELD_KEYS, HeldKeys
from shared.json_values import from_json, plain, to_json
from shared.lasting_words import Pause, Retirement
from shared.tenant_state import BilledRecord, TenantState

READ_PERMISSIONS: Final = ("dynamodb:Query",)
WRITE_PERMISSIONS: Final = ("dynamodb:DeleteItem", "dynamodb:PutItem")
PLATFORM: Final = "#platform"
"""Partition of what is about no tenant; no tenant's id has a `#`."""
PAUSE: Final = "PAUSE"
RETIREMENT: Final = "RETIREMENT"
_TOLD: Final = "TOLD#"
_CONFLICTS: Final = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_SCOPED: Final = {"ORDER": Order, "RESUME": Resume, "APPROVAL": Answer}

Item = Mapping[str, Mapping[str, str]]


class StateConflictError(Exception):
    """Somebody else stored the tenant's state meanwhile."""


class StateUnreadableError(Exception):
    """An item of the state table is not what this release can read; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantItems:
    """What the state table holds of one tenant.

    Attributes:
        state: The kill switch's own; None: it never stored one.
        version: Its version; 0 if there is none.
        orders: Persons' suspensions, the last of each scope.
        resumes: Persons' resumptions, the last of each scope.
        answers: Persons' answers to approvals, the last of each scope.
        override: The last override.
        pauses: The last pause of the tenant, and the last of all tenants.
        retirement: That it was retired for good; None: it was not.
        held_keys: API keys that the switch has deactivated; None: never any.
        billed: Billed figures by source.
        told: What was told this month, by key.
    """

    state: TenantState | None = None
    version: int = 0
    orders: tuple[Order, ...] = ()
    resumes: tuple[Resume, ...] = ()
    answers: tuple[Answer, ...] = ()
    override: Override | None = None
    pauses: tuple[Pause, ...] = ()
    retirement: Retirement | None = None
    held_keys: HeldKeys | None = None
    billed: Mapping[str, BilledRecord] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


def parse_items(tenant: str, items: Sequence[Item], month: str) -> TenantItems:
    """Return a tenant's items; raises StateUnreadableError."""
    found: dict[str, Any] = {"orders": (), "resumes": (), "answers": (), "pauses": (), "billed": {}}
    told = set()
    for item in items:
        sk = item["sk"]["S"]
        if sk.startswith(_TOLD):
            if sk.startswith(f"{_TOLD}{month}#"):
                told.add(sk.removeprefix(f"{_TOLD}{month}#"))
            continue
        try:
            _take(found, sk, item)
        except (KeyError, ValueError) as error:
            raise StateUnreadableError(f"{tenant} {sk}: {error}") from error
    return TenantItems(**found, told=frozenset(told))


def _take(found: dict[str, Any], sk: str, item: Item) -> None:
    kind, _, _ = sk.partition("#")
    if sk == "STATE":
        found["state"] = from_json(TenantState, item["doc"]["S"])
        found["version"] = int(item["version"]["N"])
    elif sk == "OVERRIDE":
        found["override"] = from_json(Override, item["doc"]["S"])
    elif sk == HELD_KEYS:
        found["held_keys"] = from_json(HeldKeys, item["doc"]["S"])
    elif sk == RETIREMENT:
        found["retirement"] = from_json(Retirement, item["doc"]["S"])
    elif sk == PAUSE:
        found["pauses"] = (*found["pauses"], from_json(Pause, item["doc"]["S"]))
    elif kind == "BILLED":
        found["billed"][sk.partition("#")[2]] = from_json(BilledRecord, item["doc"]["S"])
    elif kind in _SCOPED:
        name = {"ORDER": "orders", "RESUME": "resumes", "APPROVAL": "answers"}[kind]
        found[name] = (*found[name], from_json(_SCOPED[kind], item["doc"]["S"]))


def word_key(kind: str, scope: str | None) -> str:
    """Return the sort key of a person's word (ORDER, RESUME, APPROVAL) about a scope."""
    return kind if scope is None else f"{kind}#{scope}"


@dataclass(frozen=True, slots=True)
class StateTable:
    """The table and the client that reaches it; the client's errors are not caught."""

    dynamodb: Any
    name: str

    def read(
        self, tenant: str, month: str, *, pauses_of_all: tuple[Pause, ...] | None = None
    ) -> TenantItems:
        """Read everything of a tenant but its journal and what was told in other months.

        Args:
            tenant: The tenant.
            month: The month whose notices are read.
            pauses_of_all: The last pause of all tenants. Default: it is read with the tenant, since
                one given now must hold at once.

        Raises:
            StateUnreadableError: If an item cannot be read: nothing may be decided without it.
        """
        before = self._query(tenant, "sk < :edge", "JOURNAL#")
        after = self._query(tenant, "sk > :edge", "JOURNAL#~")
        items = parse_items(tenant, [*before, *after], month)
        if pauses_of_all is None:
            pauses_of_all = self.read_pauses(PLATFORM)
        return replace(items, pauses=(*items.pauses, *pauses_of_all))

    def read_pauses(self, partition: str) -> tuple[Pause, ...]:
        """Read the last pause of a tenant, or with `PLATFORM` of all tenants; empty: none."""
        found = self._query(partition, "sk = :edge", PAUSE)
        return parse_items(partition, found, "").pauses

    def read_journal(self, partition: str) -> list[dict[str, Any]]:
        """Read the whole journal of a tenant, or of `PLATFORM`, in its order."""
        found = self._query(partition, "begins_with(sk, :edge)", "JOURNAL#")
        return [json.loads(item["doc"]["S"]) for item in found]

    def store_state(
        self,
        tenant: str,
        state: TenantState,
        version: int,
        journal: Mapping[str, Any] | None = None,
    ) -> int:
        """Store a tenant's state over version `version`, with its journal entry.

        Returns:
            The new version.

        Raises:
            StateConflictError: If another version is there.
        """
        item = {"version": {"N": str(version + 1)}, **_item(tenant, "STATE", to_json(state))}
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if version:
            condition = {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        changes: list[Any] = [{"Put": {"TableName": self.name, "Item": item, **condition}}]
        if journal is not None:
            changes.append(self._journal(tenant, journal))
        try:
            self.dynamodb.transact_write_items(TransactItems=changes)
        except self.dynamodb.exceptions.TransactionCanceledException as error:
            codes = {each.get("Code") for each in error.response.get("CancellationReasons", [])}
            if codes & _CONFLICTS:
                raise StateConflictError(tenant) from error
            raise
        return version + 1

    def store_word(self, tenant: str, sk: str, word: Any, journal: Mapping[str, Any]) -> None:
        """Store a person's word, or with None delete it, together with its journal entry."""
        change = (
            {"Delete": {"TableName": self.name, "Key": {"pk": {"S": tenant}, "sk": {"S": sk}}}}
            if word is None
            else {"Put": {"TableName": self.name, "Item": _item(tenant, sk, to_json(word))}}
        )
        self.dynamodb.transact_write_items(TransactItems=[change, self._journal(tenant, journal)])

    def store_corrections(
        self,
        ledger: str,
        tenant: str,
        corrections: Sequence[Correction],
        journal: Mapping[str, Any],
    ) -> None:
        """Book corrections in the ledger together with their journal entry, at most 99."""
        name = secrets.token_hex(6)
        changes = [
            {
                "Put": {
                    "TableName": ledger,
                    "Item": each.item(tenant, f"{name}-{number:02}"),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for number, each in enumerate(corrections)
        ]
        self.dynamodb.transact_write_items(TransactItems=[*changes, self._journal(tenant, journal)])

    def store_billed(self, tenant: str, source: str, record: BilledRecord) -> None:
        """Store a billing source's last answer."""
        item = _item(tenant, f"BILLED#{source}", to_json(record))
        self.dynamodb.put_item(TableName=self.name, Item=item)

    def _journal(self, tenant: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        return {"Put": {"TableName": self.name, "Item": journal_item(tenant, entry)}}

    def _query(self, tenant: str, condition: str, edge: str) -> list[Item]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression=f"pk = :pk AND {condition}",
            ExpressionAttributeValues={":pk": {"S": tenant}, ":edge": {"S": edge}},
        )
        return [item for page in pages for item in page["Items"]]


def journal_item(tenant: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a journal entry as an item, under the instant it is made."""
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    doc = json.dumps(plain(entry), separators=(",", ":"), sort_keys=True)
    return _item(tenant, f"JOURNAL#{at}#{secrets.token_hex(4)}", doc)


def _item(tenant: str, sk: str, doc: str) -> dict[str, Any]:
    return {"pk": {"S": tenant}, "sk": {"S": sk}, "doc": {"S": doc}}
