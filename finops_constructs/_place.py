"""Partition, account and Region of a stack, read from the CDK once."""

from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary, WeakSet

from aws_cdk import App, Stack
from constructs import Construct, IConstruct

from finops_constructs._tokens import is_unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a stack is deployed; each part may be a token.

    Attributes:
        partition: Such as `aws`.
        account: The account id.
        region: The Region.
    """

    partition: str
    account: str
    region: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a Regional resource of this account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account that belongs to no Region."""
        return f"arn:{self.partition}:{service}::{self.account}:{resource}"


class Uploads(NamedTuple):
    """A bootstrapped account and Region.

    Attributes:
        qualifier: The bootstrap's qualifier.
        account: The account id.
        region: The Region.
    """

    qualifier: str
    account: str
    region: str


# Every question to the CDK crosses a process boundary; a tenant's constructs ask these often.
_stacks: WeakKeyDictionary[IConstruct, Stack] = WeakKeyDictionary()
_paths: WeakKeyDictionary[IConstruct, tuple[str, ...]] = WeakKeyDictionary()
_places: WeakKeyDictionary[Stack, Place] = WeakKeyDictionary()
_names: WeakKeyDictionary[Stack, str] = WeakKeyDictionary()
_uploads: WeakKeyDictionary[Stack, Uploads] = WeakKeyDictionary()
_in_app: WeakSet[Stack] = WeakSet()
_partitions: WeakKeyDictionary[IConstruct, dict[str, str]] = WeakKeyDictionary()


def stack_of(scope: IConstruct) -> Stack:
    """Return the stack of `scope`; ask for that of a scope, rather than of what is new in it."""
    if isinstance(scope, Stack):
        return scope
    if scope not in _stacks:
        _stacks[scope] = Stack.of(scope)
    return _stacks[scope]


def path_of(scope: IConstruct) -> tuple[str, ...]:
    """Return the ids that lead from the stack of `scope` to it."""
    if isinstance(scope, Stack):
        return ()
    if scope not in _paths:
        ids = scope.node.path.split("/")
        above = stack_of(scope).node.path
        _paths[scope] = tuple(ids[len(above.split("/")) if above else 0 :])
    return _paths[scope]


def name_of(stack: Stack) -> str:
    """Return the stack's name."""
    if stack not in _names:
        _names[stack] = stack.stack_name
    return _names[stack]


def node_path_of(stack: Stack) -> str:
    """Return the path of a stack below its app."""
    return _names[stack] if stack in _in_app else stack.node.path


def uploads_of(stack: Stack) -> Uploads | None:
    """Return where the assets of `stack` go; None if only its synthesizer knows."""
    return _uploads.get(stack)


def settle_stack(stack: Stack, scope: Construct, id: str, uploads: Uploads) -> None:
    """Note where a new stack is, which was given no name of its own.

    Args:
        stack: The stack.
        scope: What it was defined in.
        id: Its id.
        uploads: Its bootstrap's qualifier, and its account and Region, all literals.
    """
    account, region = uploads.account, uploads.region
    _uploads[stack] = uploads
    if isinstance(scope, App) and "/" not in id:  # which the CDK would replace
        _names[stack] = id
        _in_app.add(stack)
    known = _partitions.setdefault(scope, {})
    partition = known.get(region) or stack.partition
    if not is_unresolved(partition):
        known[region] = partition
    _places[stack] = Place(partition=partition, account=account, region=region)


def settle(construct: Construct, scope: IConstruct, id: str) -> None:
    """Note where a new construct is, which the CDK then need not be asked."""
    _stacks[construct] = stack_of(scope)
    _paths[construct] = (*path_of(scope), id)


def place_of(scope: IConstruct) -> Place:
    """Return where the stack of `scope` is deployed."""
    stack = stack_of(scope)
    if stack not in _places:
        _places[stack] = Place(
            partition=stack.partition, account=stack.account, region=stack.region
        )
    return _places[stack]
