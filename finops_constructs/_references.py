"""CloudFormation's names, ids and intrinsic functions, made without asking the CDK."""

import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# As tokens of the CDK look, so that nothing takes one for plain text; the CDK itself would refuse
# it ("Unrecognized token key"), should one ever get there.
_MARK: Final = re.compile(r"\$\{Token\[finops-sheet:(\w+):([\w.]+)\]\}")
_MARKED_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*?\$\{Token\[finops-sheet:(?:[^"\\]|\\.)*"')
_ANY_TOKEN: Final = re.compile(r"(\$\{Token\[[^\]]+\]\})")
_LONGEST_READABLE: Final = 240
_NOT_ALPHANUMERIC: Final = re.compile("[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Struct:
    """One of the CDK's property types that was not made yet: making one costs 0.3 ms of checks."""

    kind: Any
    fields: Mapping[str, Any]


def made(value: Any) -> Any:
    """Return `value` with every `Struct` in it as the CDK's own."""
    if isinstance(value, Struct):
        return value.kind(**{name: made(each) for name, each in value.fields.items()})
    return [made(each) for each in value] if isinstance(value, list | tuple) else value


def mark(logical_id: str, attribute: str) -> str:
    """Return text that stands for an attribute of a resource, or for its `Ref`."""
    return f"${{Token[finops-sheet:{logical_id}:{attribute}]}}"


def as_json(value: Any) -> str:
    """Return JSON of `value`, every mark in its texts as CloudFormation's intrinsic function.

    Marks are looked for in the JSON, which is sooner written than its thousand values are visited.
    """
    text = json.dumps(value, separators=(",", ":"))
    return _MARKED_TEXT.sub(lambda found: _intrinsic(found[0]), text)


def in_cloudformation(value: Any) -> Any:
    """Return JSON-like data with every mark in its texts as CloudFormation's intrinsic function."""
    return json.loads(as_json(value))


# Ids below a stack are much the same in every tenant's, and so are the references to them.
@functools.lru_cache(maxsize=4096)
def _intrinsic(text: str) -> str:
    parts = [_part(each) for each in _ANY_TOKEN.split(json.loads(text)) if each]
    return json.dumps(parts[0] if len(parts) == 1 else {"Fn::Join": ["", parts]})


@functools.lru_cache(maxsize=4096)
def logical_id(path: tuple[str, ...]) -> str:
    """Return the logical id the CDK gives the resource at `path`, the ids below its stack.

    Source: aws-cdk-lib, core/lib/private/uniqueid.ts.
    """
    parts = [part for part in path if part != "Default"]
    if len(parts) == 1:
        return re.sub(_NOT_ALPHANUMERIC, "", parts[0])
    return "".join(_readable(parts))[:_LONGEST_READABLE] + _digest(parts)


def unique_name(path: tuple[str, ...], *, longest: int) -> str:
    """Return the name the CDK makes for what is at `path`, its stack's name and the ids below it.

    Source: aws-cdk-lib, core/lib/private/unique-resource-name.ts, with the separator `-`.

    Args:
        path: Two parts at least.
        longest: The most characters that it may have.
    """
    parts = [part for part in path if part != "Default"]
    digest = _digest(parts)
    readable = "".join(f"{each}-" for each in _readable(parts) if each)
    left = longest - len(digest)
    if len(readable) > left:
        half = left // 2
        readable = readable[:half] + readable[-half:]
    return readable + digest


def _readable(parts: Sequence[str]) -> list[str]:
    return [
        re.sub(_NOT_ALPHANUMERIC, "", part)
        for before, part in zip(["", *parts], parts, strict=False)
        if part != "Resource" and not before.endswith(part)
    ]


def _digest(parts: Sequence[str]) -> str:
    return hashlib.md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()[:8].upper()


@functools.cache
def cloudformation_name(name: str) -> str:
    """Return CloudFormation's spelling of a name of the CDK: `policy_name` -> `PolicyName`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def properties(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return keyword arguments of one of the CDK's resources as CloudFormation's properties."""
    return {
        cloudformation_name(name): _property(value)
        for name, value in given.items()
        if value is not None
    }


def _property(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return [_property(each) for each in value]
    return properties(value.fields) if isinstance(value, Struct) else value


def _part(text: str) -> Any:
    marked = _MARK.fullmatch(text)
    if marked is None:
        return text
    resource, attribute = marked.groups()
    return {"Ref": resource} if attribute == "Ref" else {"Fn::GetAtt": [resource, attribute]}
