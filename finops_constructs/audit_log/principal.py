"""Who is meant by a principal: a role, a pseudonym, an ARN, or a person's name."""

import re
from dataclasses import dataclass
from typing import Any, Final

from finops_constructs.operations.aws import translated

PERMISSIONS: Final = ("dynamodb:Query",)
_PSEUDONYM: Final = re.compile(r"p-[0-9a-f]{32}")
_SESSION: Final = re.compile(r"arn:aws[a-z-]*:sts::[0-9]{12}:assumed-role/([^/]+)/(.+)")
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/(?:.*/)?([^/]+)")
_USER: Final = re.compile(
    r"arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:(?:user|federated-user)/(?:.*/)?([^/]+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """What records are looked for.

    Attributes:
        roles: Names of roles; a record of any of them matches.
        pseudonyms: Pseudonyms; a record of any of them matches.
    """

    roles: frozenset[str]
    pseudonyms: frozenset[str]

    def called(self, said: dict[str, Any]) -> bool:
        """Return whether a record's `finops` part is of this principal."""
        return said.get("role") in self.roles or said.get("person") in self.pseudonyms

    def is_named_in(self, text: str) -> bool:
        """Return whether a document names one of the pseudonyms or roles."""
        return any(each in text for each in self.pseudonyms | self.roles)


class Names:
    """The re-identification table.

    Args:
        dynamodb: A botocore DynamoDB client.
        table: The table.
    """

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._met: dict[str, str | None] = {}

    def pseudonyms_of(self, name: str) -> frozenset[str]:
        """Return the pseudonyms of a name; none if it was never met, or is erased."""
        return self._sort_keys(f"NAME#{name}")

    def name_of(self, pseudonym: str) -> str | None:
        """Return the name that a pseudonym stands for; None if it is erased."""
        if pseudonym not in self._met:
            found = self._sort_keys(f"PSEUDONYM#{pseudonym}")
            self._met[pseudonym] = next(iter(found), None)
        return self._met[pseudonym]

    def erase(self, name: str) -> frozenset[str]:
        """Delete what leads from a name to its pseudonyms and back; return the pseudonyms.

        A name that is met again later is noted again.
        """
        known = self.pseudonyms_of(name)
        with translated(f"erasing from the table {self._table} (dynamodb:DeleteItem)"):
            for pseudonym in sorted(known):
                # The way back goes first: what is left of an interrupted run is found again.
                self._delete(f"PSEUDONYM#{pseudonym}", name)
                self._delete(f"NAME#{name}", pseudonym)
                self._met.pop(pseudonym, None)
        return known

    def _delete(self, pk: str, sk: str) -> None:
        self._dynamodb.delete_item(TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}})

    def _sort_keys(self, partition: str) -> frozenset[str]:
        with translated(f"reading the table {self._table} ({', '.join(PERMISSIONS)})"):
            answer = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": partition}},
            )
        return frozenset(item["sk"]["S"] for item in answer["Items"])


def may_be_name(principal: str) -> bool:
    """Return whether a principal may be a person's name, which only the table resolves."""
    return not (_PSEUDONYM.fullmatch(principal) or _ROLE.fullmatch(principal))


def is_name(principal: str) -> bool:
    """Return whether a principal can be nothing but a person: a session's or a user's ARN."""
    return bool(_SESSION.fullmatch(principal) or _USER.fullmatch(principal))


def resolve(principal: str, names: Names | None) -> Principal:
    """Return what is meant.

    Args:
        principal: A role's name or ARN, a session's or user's ARN, a pseudonym, or a name as
            sessions and users have it.
        names: The re-identification table; None: names cannot be resolved.
    """
    if _PSEUDONYM.fullmatch(principal):
        return Principal(roles=frozenset(), pseudonyms=frozenset({principal}))
    role = _ROLE.fullmatch(principal)
    if role:
        return Principal(roles=frozenset({role[1]}), pseudonyms=frozenset())
    person = _SESSION.fullmatch(principal)
    user = _USER.fullmatch(principal)
    name = person[2] if person else user[1] if user else principal
    known = names.pseudonyms_of(name) if names else frozenset[str]()
    roles = frozenset() if person or user else frozenset({principal})
    return Principal(roles=roles, pseudonyms=known)
