"""The tags by which a tenant's Bedrock spend is found on the bill."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from finops_constructs._tokens import is_unresolved

TOOL_KEY: Final = "bedrock:tool"
PROJECT_KEY: Final = "bedrock:project"
ENVIRONMENT_KEY: Final = "bedrock:environment"

MAX_KEY_LENGTH: Final = 128
MAX_VALUE_LENGTH: Final = 256
# cfn-lint schema 4cfe04077b4d87f2 of the profile; an ASCII subset of what AWS allows.
_TAG_CHARACTERS: Final = re.compile(r"[a-zA-Z0-9 ._:/=+@\-]*")

DEFAULT_BROAD_VALUES: Final[frozenset[str]] = frozenset(
    {
        *("ai", "all", "any", "bedrock", "common", "default", "general", "genai", "llm", "misc"),
        *("ml", "n/a", "na", "none", "null", "other", "others", "project", "shared", "tbc", "tbd"),
        *("test123", "todo", "tool", "undefined", "unknown", "various"),
    }
)
"""Values too broad to allocate cost by, compared without case and surrounding blanks."""


def cur_column(key: str) -> str:
    """Return the key under which CUR 2.0 lists a cost allocation tag in `resource_tags`.

    Lower case, camel case to snake case, every other character to `_`, prefixed `user_`
    (aws-facts section 4.2, third-party evidence). Two tag keys with one column cannot be told
    apart on the bill.
    """
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)
    return "user_" + re.sub(r"[^a-z0-9]+", "_", snake.lower()).strip("_")


@dataclass(frozen=True, slots=True)
class TagFault:
    """One thing wrong with a set of cost tags."""

    key: str
    """The tag key at fault."""
    value: str
    """What was given."""
    problem: str
    """What is wrong and what is allowed: lower case, no final period."""


@dataclass(frozen=True, slots=True, init=False)
class CostTags:
    """The cost allocation tags of one tenant: three fixed dimensions and at most one more.

    Example:
        >>> CostTags(tool="Writer", project="Alpha", environment="prod").as_dict()["bedrock:tool"]
        'Writer'

    Attributes:
        values: Tag key -> tag value, in a fixed order.
    """

    values: tuple[tuple[str, str], ...]

    def __init__(
        self,
        *,
        tool: str,
        project: str,
        environment: str,
        extra: Mapping[str, str] | None = None,
        broad_values: Sequence[str] | frozenset[str] = DEFAULT_BROAD_VALUES,
    ) -> None:
        """Check and hold the tags.

        Args:
            tool: The product or tool that spends (`bedrock:tool`).
            project: The project it is spent for (`bedrock:project`).
            environment: The stage, such as `prod` (`bedrock:environment`).
            extra: One more dimension under a key the organisation names, such as
                `{"bedrock:cost-centre": "CC-1042"}`. Default: none.
            broad_values: Values refused as too broad to allocate by. Default:
                `DEFAULT_BROAD_VALUES`.

        Raises:
            ValueError: Naming every key, value and what is allowed.
        """
        values = {TOOL_KEY: tool, PROJECT_KEY: project, ENVIRONMENT_KEY: environment}
        faults = find_tag_faults(values, extra or {}, broad_values=broad_values)
        if faults:
            lines = "; ".join(f"{f.key}={f.value!r}: {f.problem}" for f in faults)
            raise ValueError(f"cost tags: {lines}")
        object.__setattr__(self, "values", tuple((values | dict(extra or {})).items()))

    def as_dict(self) -> dict[str, str]:
        """Return tag key -> tag value."""
        return dict(self.values)


def find_tag_faults(
    fixed: Mapping[str, str],
    extra: Mapping[str, str],
    *,
    broad_values: Sequence[str] | frozenset[str] = DEFAULT_BROAD_VALUES,
) -> list[TagFault]:
    """Return everything wrong with a set of cost tags; an empty list means usable.

    Args:
        fixed: The three standard dimensions, key -> value.
        extra: The organisation's own dimension, key -> value.
        broad_values: Values refused as too broad to allocate by.
    """
    faults: list[TagFault] = []
    if len(extra) > 1:
        listed = ", ".join(extra)
        problem = "at most one dimension beside tool, project and environment is allowed"
        faults.append(TagFault(key=listed, value=str(len(extra)), problem=problem))
    columns: dict[str, str] = {}
    broad = {value.strip().casefold() for value in broad_values}
    for key, value in [*fixed.items(), *extra.items()]:
        faults += [TagFault(key=key, value=str(value), problem=p) for p in _key_problems(key)]
        other = columns.setdefault(cur_column(key), key)
        if other != key or (key in extra and key in fixed):
            problem = f"becomes the same CUR column as {other!r} ({cur_column(key)}): rename it"
            faults.append(TagFault(key=key, value=str(value), problem=problem))
        if not is_unresolved(value):
            faults += [
                TagFault(key=key, value=value, problem=p) for p in _value_problems(value, broad)
            ]
    return faults


def _key_problems(key: str) -> list[str]:
    problems = []
    if not 1 <= len(key) <= MAX_KEY_LENGTH:
        problems.append(f"a tag key has 1 to {MAX_KEY_LENGTH} characters, got {len(key)}")
    if not _TAG_CHARACTERS.fullmatch(key):
        problems.append("a tag key has letters, digits, blanks and . _ : / = + - @ only")
    if key.lower().startswith("aws:"):
        problems.append("the prefix aws: is reserved by AWS")
    if key.startswith("finops:"):
        problems.append("the prefix finops: is reserved for the guard's own tags")
    return problems


def _value_problems(value: str, broad: set[str]) -> list[str]:
    problems = []
    if not value.strip():
        problems.append("must not be empty")
    if len(value) > MAX_VALUE_LENGTH:
        problems.append(f"a tag value has at most {MAX_VALUE_LENGTH} characters, got {len(value)}")
    if not _TAG_CHARACTERS.fullmatch(value):
        problems.append("a tag value has letters, digits, blanks and . _ : / = + - @ only")
    if value.strip().casefold() in broad:
        problems.append("too broad to allocate cost by: name the tool, project or stage itself")
    return problems
