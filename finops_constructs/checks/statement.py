"""One IAM statement, and what it lets somebody invoke."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from finops_constructs.checks.template import Template
from finops_constructs.checks.text import TOKEN, has_token, render
from finops_constructs.enforcement.statements import INVOKE_ACTIONS

FOUNDATION_MODEL: Final = "foundation-model"
SYSTEM_PROFILE: Final = "inference-profile"
_OPAQUE: Final = "\x00"
_PROFILE_KEY: Final = "bedrock:inferenceprofilearn"
# Operators that are false where the key is absent, as it is on a call of the bare model.
_LIMITING_OPERATORS: Final = frozenset({"stringequals", "stringlike", "arnequals", "arnlike"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, its values as text.

    Attributes:
        allows: Whether it allows; otherwise it denies.
        actions: `Action`, or `NotAction` if `not_action`.
        not_action: Whether the actions are those left out.
        resources: `Resource`, or `NotResource` if `not_resource`.
        not_resource: Whether the resources are those left out.
        condition: (Operator, key) in lower case -> values.
    """

    allows: bool
    actions: tuple[str, ...]
    not_action: bool
    resources: tuple[str, ...]
    not_resource: bool
    condition: Mapping[tuple[str, str], tuple[str, ...]]

    @property
    def covers_invoke(self) -> bool:
        """Whether any way to invoke a model is among its actions."""
        return any(
            any(glob(pattern).fullmatch(action) for pattern in self.actions) is not self.not_action
            for action in INVOKE_ACTIONS
        )

    def reached(self, kind: str) -> list[str]:
        """Return its resources that admit a resource of a kind; `NotResource` if it does.

        What only the deployment knows is taken to admit none.

        Args:
            kind: `FOUNDATION_MODEL` or `SYSTEM_PROFILE`.
        """
        if self.not_resource:
            example = f"arn:{_OPAQUE}:bedrock:{_OPAQUE}:{_OPAQUE}:{kind}/{_OPAQUE}"
            if kind == FOUNDATION_MODEL:
                example = f"arn:{_OPAQUE}:bedrock:{_OPAQUE}::{kind}/{_OPAQUE}"
            # A partition left open by a token is the one the caller is in.
            patterns = [TOKEN.sub("*", p) if p.startswith("arn:") else p for p in self.resources]
            patterns = [re.sub(r"^arn:aws[a-z-]*:", "arn:*:", p) for p in patterns]
            return [] if any(glob(p).fullmatch(example) for p in patterns) else ["NotResource"]
        return [resource for resource in self.resources if _admits(resource, kind)]

    @property
    def only_through_application_profiles(self) -> bool:
        """Whether a condition admits calls through application inference profiles only."""
        return any(
            operator.removeprefix("foranyvalue:") in _LIMITING_OPERATORS
            and key == _PROFILE_KEY
            and all(":application-inference-profile/" in v or has_token(v) for v in values)
            for (operator, key), values in self.condition.items()
        )


def read_statements(document: object, template: Template) -> list[Statement]:
    """Return the statements of a policy document; none where they are known at deployment only."""
    raw = document.get("Statement") if isinstance(document, Mapping) else None
    statements = raw if isinstance(raw, list) else [raw]
    return [
        _read(statement, template)
        for statement in statements
        if isinstance(statement, Mapping) and "Effect" in statement
    ]


@lru_cache(maxsize=4096)
def glob(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of an IAM pattern, compared without case."""
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=4096)
def _admits(pattern: str, kind: str) -> bool:
    segments = TOKEN.sub(_OPAQUE, pattern).split(":", 5)
    if len(segments) < 6 and segments[-1].endswith("*"):
        segments += ["*"] * (6 - len(segments))
    if len(segments) < 6:
        return False
    account_admits = kind != FOUNDATION_MODEL or glob(segments[4]).fullmatch("") is not None
    service_admits = glob(segments[2]).fullmatch("bedrock") is not None
    literal = re.split(r"[*?]", segments[5])[0]
    prefix = f"{kind}/"
    is_pattern = literal != segments[5]
    named = literal.startswith(prefix) or (is_pattern and prefix.startswith(literal))
    return account_admits and service_admits and named


def _read(raw: Mapping[str, Any], template: Template) -> Statement:
    not_action, not_resource = "NotAction" in raw, "NotResource" in raw
    condition = {
        (operator.lower(), key.lower()): _texts(values, template)
        for operator, keys in (raw.get("Condition") or {}).items()
        if isinstance(keys, Mapping)
        for key, values in keys.items()
    }
    return Statement(
        allows=raw["Effect"] == "Allow",
        actions=_texts(raw.get("NotAction" if not_action else "Action"), template),
        not_action=not_action,
        resources=_texts(raw.get("NotResource" if not_resource else "Resource"), template),
        not_resource=not_resource,
        condition=condition,
    )


def _texts(value: object, template: Template) -> tuple[str, ...]:
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    return tuple(render(item, template) for item in values)
