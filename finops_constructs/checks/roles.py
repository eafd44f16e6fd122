"""Which role is meant, whether a template gives its ARN, its name or a reference."""

import re
from dataclasses import dataclass
from typing import Final

from finops_constructs.checks.template import Resource, Template
from finops_constructs.checks.text import TOKEN, display, has_token, render, token

ROLE_TYPE: Final = "AWS::IAM::Role"
_ARN: Final = re.compile(r"arn:[^:]*:iam::(?P<account>[^:]*):role/(?:.*/)?(?P<name>[^/]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One IAM role; a name is unique in an account.

    Attributes:
        account: Its account; empty if known only at deployment.
        name: Its name, or the reference to it.
    """

    account: str
    name: str

    def is_same(self, other: "Role") -> bool:
        """Whether both are one role, as far as can be known before deployment."""
        accounts = {self.account, other.account} - {""}
        return self.name == other.name and len(accounts) < 2

    def __str__(self) -> str:
        return display(self.name)


def defined_role(resource: Resource) -> Role:
    """Return the role that a template defines."""
    name = resource.text("RoleName")
    if name and not has_token(name):
        return Role(account=resource.template.account or "", name=name)
    return Role(account="", name=token(f"{resource.template.path}#{resource.id}"))


def named_role(value: object, template: Template) -> Role:
    """Return the role that a name, an ARN or a reference in a template stands for."""
    return role_of_text(render(value, template), template)


def role_of_text(text: str, template: Template) -> Role:
    """Return the role that a rendered name or ARN stands for."""
    match = _ARN.fullmatch(text)
    account = template.account or ""
    if match:
        account, text = "" if has_token(match["account"]) else match["account"], match["name"]
    if not has_token(text):
        return Role(account=account, name=text)
    reference = re.sub("\\.Arn\ue001$", "\ue001", text)
    return _definition(reference, template) or Role(account="", name=reference)


def _definition(reference: str, template: Template) -> Role | None:
    """Return the role under the name its own template gives it."""
    match = TOKEN.fullmatch(reference)
    path, _, logical_id = (match[1] if match else "").rpartition("#")
    owner = template.siblings.get(path)
    resource = owner.resource(logical_id) if owner else None
    return defined_role(resource) if resource and resource.type == ROLE_TYPE else None
