"""Resources of a whole stack, written in Python and handed to the CDK at once.

Every resource that is defined one by one, every reference to it and every property that is set
later crosses into Node and back, which costs up to a millisecond each; a tenant has some 200 such
crossings. Within `sheet(stack)`, `define` notes resources here instead, and one `CfnInclude` makes
the same resources, with the same logical ids, of the finished sheet.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk.cloudformation_include import CfnInclude
from constructs import Construct, IDependable

from finops_constructs import _references
from finops_constructs._acknowledge import acknowledge, acknowledge_at_once
from finops_constructs._place import node_path_of, path_of, stack_of
from finops_constructs._references import (
    as_json,
    cloudformation_name,
    in_cloudformation,
    logical_id,
)

_INCLUDE_ID: Final = "Resources"
_PATH_METADATA: Final = "aws:cdk:path"
_KEPT: Final = {RemovalPolicy.DESTROY: "Delete", RemovalPolicy.RETAIN: "Retain"}
P = ParamSpec("P")
R = TypeVar("R")


class Recorded:
    """A resource on a sheet; serves where the CDK's own resource would.

    Until the sheet is handed over, references to it are marks that `in_cloudformation` resolves;
    afterwards they are the CDK's tokens, and changes go to the CDK's resource.
    """

    def __init__(self, path: tuple[str, ...], type: str, properties: dict[str, Any]) -> None:
        """Note a resource of CloudFormation's `type` at `path`, the ids below its stack."""
        self.path, self.logical_id = path, logical_id(path)
        self.dependencies: list[IDependable | Recorded] = []
        self.definition: dict[str, Any] = {"Type": type, "Properties": properties}
        self._include: CfnInclude | None = None

    def hand_over(self, include: CfnInclude) -> None:
        """Let the CDK's resource speak from now on."""
        self._include = include

    @property
    def _made(self) -> CfnResource | None:
        return self._include.get_resource(self.logical_id) if self._include is not None else None

    @property
    def node(self) -> Any:
        """What takes dependencies."""
        made = self._made
        return self if made is None else made.node

    @property
    def ref(self) -> str:
        """What CloudFormation's `Ref` gives."""
        made = self._made
        return made.ref if made is not None else _references.mark(self.logical_id, "Ref")

    def __getattr__(self, name: str) -> str:
        """Return an attribute, named as the CDK does: `attr_` and its name."""
        if not name.startswith("attr_"):
            raise AttributeError(name)
        attribute = cloudformation_name(name.removeprefix("attr_"))
        made = self._made
        if made is not None:
            return made.get_att(attribute).to_string()
        return _references.mark(self.logical_id, attribute)

    def add_dependency(self, *dependencies: "IDependable | Recorded") -> None:
        """Make this resource after all resources of these."""
        self.dependencies.extend(dependencies)

    def add_resource_dependency(self, resource: "Recorded") -> None:
        """Make this resource after that one."""
        self.node.add_dependency(resource)

    def add_property_override(self, name: str, value: Any) -> None:
        """Set a property by CloudFormation's name."""
        made = self._made
        if made is not None:
            made.add_property_override(name, in_cloudformation(value))
        else:
            self.definition["Properties"][name] = value

    def add_metadata(self, key: str, value: Any) -> None:
        """Put something into the resource's metadata."""
        made = self._made
        if made is not None:
            made.add_metadata(key, value)
        else:
            self.definition.setdefault("Metadata", {})[key] = value

    def apply_removal_policy(self, policy: RemovalPolicy) -> None:
        """Say what becomes of the thing when the resource goes."""
        made = self._made
        if made is not None:
            made.apply_removal_policy(policy)
        else:
            kept = _KEPT[policy]
            self.definition |= {"DeletionPolicy": kept, "UpdateReplacePolicy": kept}


class _Sheet:
    def __init__(self, stack: Stack) -> None:
        self.stack_path = node_path_of(stack)
        self.resources: list[Recorded] = []
        self.accepted: dict[str, str] = {}

    def template(self) -> dict[str, Any]:
        entries = {each.logical_id: self._entry(each) for each in self.resources}
        if len(entries) < len(self.resources):
            paths = Counter("/".join(each.path) for each in self.resources)
            twice = [path for path, number in paths.items() if number > 1]
            raise ValueError(f"{self.stack_path}: defined twice: {', '.join(twice)}")
        return {"Resources": entries}

    def _entry(self, resource: Recorded) -> dict[str, Any]:
        entry = dict(resource.definition)
        path = "/".join([self.stack_path, *resource.path])
        entry["Metadata"] = {_PATH_METADATA: path, **entry.get("Metadata", {})}
        needed = {name for each in resource.dependencies for name in self._logical_ids(each)}
        return entry | ({"DependsOn": sorted(needed)} if needed else {})

    def _logical_ids(self, dependency: "IDependable | Recorded") -> list[str]:
        if isinstance(dependency, Recorded):
            return [dependency.logical_id]
        start = path_of(cast("Construct", dependency))
        return [r.logical_id for r in self.resources if r.path[: len(start)] == start]


_open: Final[WeakKeyDictionary[Stack, _Sheet]] = WeakKeyDictionary()
_types: Final[dict[Any, str]] = {}


def _type_of(kind: Any) -> str:
    if kind not in _types:
        _types[kind] = kind.CFN_RESOURCE_TYPE_NAME
    return _types[kind]


@contextmanager
def sheet(stack: Stack) -> Iterator[None]:
    """Note what `define` defines in `stack`, and hand it to the CDK at the end."""
    written = _open[stack] = _Sheet(stack)
    try:
        yield
    finally:
        del _open[stack]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "template.json")
        file.write_text(as_json(written.template()), encoding="utf-8")
        include = CfnInclude(stack, _INCLUDE_ID, template_file=str(file))
    for resource in written.resources:
        resource.hand_over(include)
    acknowledge_at_once(include, written.accepted)


def define(
    kind: Callable[Concatenate[Construct, str, P], R],
    scope: Construct,
    id: str,
    *args: P.args,  # noqa: ARG001
    **properties: P.kwargs,
) -> R:
    """Define a resource: `kind(scope, id, **properties)`, or the same on the stack's open sheet.

    Args:
        kind: One of the CDK's classes of CloudFormation resources.
        scope: The construct it belongs to.
        id: The construct's id.
        args: None; the CDK's resources take their properties by name.
        properties: As `kind` takes them.
    """
    written = _open.get(stack_of(scope))
    if written is None:
        given = {name: _references.made(each) for name, each in properties.items()}
        return cast("Callable[..., R]", kind)(scope, id, **given)
    given = dict(properties)
    if kind is CfnResource:
        resource = Recorded((*path_of(scope), id), given["type"], dict(given["properties"]))
    else:
        resource = Recorded((*path_of(scope), id), _type_of(kind), _references.properties(given))
    written.resources.append(resource)
    return cast("R", resource)


def is_written(scope: Construct) -> bool:
    """Return whether what `define` defines in the stack of `scope` goes to a sheet now."""
    return stack_of(scope) in _open


def struct(
    kind: Callable[P, R],
    *args: P.args,  # noqa: ARG001
    **fields: P.kwargs,
) -> R:
    """Describe a property of a resource for `define`, as `kind(**fields)` does.

    Args:
        kind: One of the CDK's property types.
        args: None; the CDK's property types take their fields by name.
        fields: As `kind` takes them.
    """
    return cast("R", _references.Struct(kind, fields))


def accept(scope: Construct, reasons: Mapping[str, str]) -> None:
    """Accept findings of cdk-nag on what `scope` defines, as `acknowledge` does.

    On a sheet they hold for all of it: it has but one construct.
    """
    written = _open.get(stack_of(scope))
    if written is None:
        acknowledge(scope, reasons)
    else:
        written.accepted |= reasons
