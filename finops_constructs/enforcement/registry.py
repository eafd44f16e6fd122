"""The registry: how a tenant's stack, the platform's functions and tools find each other.

Plain SSM parameters of JSON with a schema version. Paths are contracts; see design.md, "How they
find each other".
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from aws_cdk import Stack, Token
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from finops_constructs._sheet import define
from finops_constructs._tokens import is_unresolved

SCHEMA_VERSION: Final = 1
# How the CDK writes a token in text, and the exponent of one that stands for a number.
_IN_TEXT: Final = "Token["
_AS_NUMBER: Final = "e+289"


def policy_path(tenant: str) -> str:
    """Return the path of the tenant's policy entry."""
    return f"/finops/{tenant}/policy"


def state_path(tenant: str) -> str:
    """Return the path of the state entry, which the kill switch writes for the tenant's callers."""
    return f"/finops/{tenant}/state"


def profile_path(tenant: str, alias: str) -> str:
    """Return the path of one alias's entry."""
    return f"/finops/{tenant}/profiles/{alias}"


def caller_path(tenant: str, caller: str) -> str:
    """Return the path of one caller's entry; `caller` is a hash of the role."""
    return f"/finops/{tenant}/callers/{caller}"


def commands_path() -> str:
    """Return the path of the entry that tells where commands to the kill switch go."""
    return "/finops/_platform/commands"


def invocation_logging_path() -> str:
    """Return the path of the logging configuration that was found, to be restored."""
    return "/finops/_platform/invocation-logging"


def audit_log_path() -> str:
    """Return the path of the entry that tells where the write-once log is."""
    return "/finops/_platform/audit-log"


def define_entry(
    scope: Construct,
    id: str,
    *,
    path: str,
    description: str,
    value: Mapping[str, Any],
    references: Mapping[str, str],
) -> ssm.CfnParameter:
    """Define one entry of the registry as a plain SSM parameter.

    Args:
        scope: The construct it belongs to.
        id: The parameter's id.
        path: The parameter's name, one of the paths of this module.
        description: What a person who finds it should know.
        value: The entry without its schema version; may hold tokens.
        references: More of the entry: ARNs, ids and names of resources, which need no escaping in
            JSON when they become known.
    """
    return define(
        ssm.CfnParameter,
        scope,
        id,
        name=path,
        description=description,
        tier="Standard",
        type="String",
        value=entry_text(scope, value, references),
    )


def entry_text(scope: Construct, value: Mapping[str, Any], references: Mapping[str, str]) -> str:
    """Return an entry as it is written; see `define_entry`."""
    entry = {"schema_version": SCHEMA_VERSION, **value, **references}
    if _may_hold_tokens(value):
        return Stack.of(scope).to_json_string(entry)
    return json.dumps(entry, separators=(",", ":"))


def money(amount: Decimal | float | None) -> str | None:
    """Return USD as an entry states them: text, exact to the cent; a token stays one."""
    if amount is None:
        return None
    if is_unresolved(amount):
        return Token.as_string(amount)
    return f"{Decimal(str(amount)):f}"


def _may_hold_tokens(value: Mapping[str, Any]) -> bool:
    # Looked for in the JSON, which is sooner written than every value is asked. What only looks
    # like a token costs a call into Node, and nothing else.
    text = json.dumps(value, default=lambda _: _IN_TEXT)
    return _IN_TEXT in text or _AS_NUMBER in text
