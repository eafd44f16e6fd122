"""Keyed pseudonyms: what stands for a person's name in anything that is locked.

A pseudonym is an HMAC of the name: the same name always gives the same one, and without the key
nobody can tell which name it is, not even by trying all of them.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

PREFIX: Final = "p-"
_MOST_REMEMBERED: Final = 50_000
"""Of names and ARNs in memory; a container lives for hours."""
_KEY_CONTEXT: Final = b"finops-constructs audit log, pseudonyms, version 1"
_NAME: Final = r"[\w+=,.@-]{1,64}"
_PRINCIPAL: Final = re.compile(
    r"(?P<front>arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:)"
    r"(?:assumed-role/(?P<role>" + _NAME + r")/(?P<session>[^/\s\"']{1,128})"
    r"|user/(?P<path>(?:[\w+=,.@-]+/)*)(?P<user>" + _NAME + r")"
    r"|federated-user/(?P<federated>" + _NAME + r"))",
    re.ASCII,
)
_PLAIN_ROLE: Final = re.compile(
    r"arn:aws[a-z-]*:iam::[0-9]{12}:role/(?:[\w+=,.@-]+/)*(" + _NAME + ")", re.ASCII
)


class Principal(NamedTuple):
    """Who called, as the log may say it."""

    arn: str | None
    """The ARN with every person's name replaced."""
    role: str | None
    """The role; roles are not people."""
    person: str | None
    """The pseudonym of the session or user; None if there is none."""


def derive_key(kms: Any, key_id: str) -> bytes:
    """Return the key that names are replaced with; only KMS can compute it.

    Args:
        kms: A boto3 KMS client; its errors are not caught.
        key_id: A key of spec HMAC_256.
    """
    answer = kms.generate_mac(KeyId=key_id, MacAlgorithm="HMAC_SHA_256", Message=_KEY_CONTEXT)
    return bytes(answer["Mac"])


class Pseudonyms:
    """Replaces names and remembers which ones were met.

    Args:
        key: What `derive_key` returned.

    Attributes:
        met: Pseudonym -> name, of every name replaced since it was last emptied.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}
        self._principals: dict[str, Principal] = {}
        self.met: dict[str, str] = {}

    def of(self, name: str) -> str:
        """Return the pseudonym of a name."""
        known = self._known.get(name)
        if known is None:
            if len(self._known) > _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[name] = PREFIX + self.hmac("name", name.encode())[:32]
        self.met[known] = name
        return known

    def hmac(self, purpose: str, content: bytes) -> str:
        """Return a keyed digest, hexadecimal, that differs by purpose."""
        digest = hmac.new(self._key, purpose.encode() + b"\0", hashlib.sha256)
        digest.update(content)
        return digest.hexdigest()

    def principal(self, arn: str) -> Principal:
        """Return who an ARN is, with persons' names replaced; an ARN of no known form is one."""
        known = self._principals.get(arn)
        if known is None:
            if len(self._principals) > _MOST_REMEMBERED:
                self._principals.clear()
            known = self._principals[arn] = self._principal(arn)
        elif known.person and known.person not in self.met:
            self._principal(arn)
        return known

    def _principal(self, arn: str) -> Principal:
        found = _PRINCIPAL.fullmatch(arn)
        if found:
            person = self.of(found["session"] or found["user"] or found["federated"])
            return Principal(self._replaced(found), found["role"], person)
        role = _PLAIN_ROLE.fullmatch(arn)
        if role:
            return Principal(arn, role[1], None)
        if arn.endswith(":root"):
            return Principal(arn, None, None)
        person = self.of(arn)
        return Principal(person, None, person)

    def text(self, text: str) -> str:
        """Return a text with the persons' names in every principal's ARN replaced."""
        return _PRINCIPAL.sub(self._replaced, text) if "arn:aws" in text else text

    def document(self, value: Any) -> Any:
        """Return a JSON value with the persons' names in principals' ARNs replaced."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.document(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.document(each) for each in value]
        return value

    def _replaced(self, found: re.Match[str]) -> str:
        if found["role"]:
            return f"{found['front']}assumed-role/{found['role']}/{self.of(found['session'])}"
        if found["user"]:
            return f"{found['front']}user/{found['path']}{self.of(found['user'])}"
        return f"{found['front']}federated-user/{self.of(found['federated'])}"
