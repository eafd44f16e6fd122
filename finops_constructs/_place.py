"""Partition, account and Region of a stack, read from the CDK once."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from aws_cdk import Stack
from constructs import IConstruct


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


# Every question to the CDK crosses a process boundary; a tenant's constructs ask these often.
_places: WeakKeyDictionary[Stack, Place] = WeakKeyDictionary()


def place_of(scope: IConstruct) -> Place:
    """Return where the stack of `scope` is deployed."""
    stack = scope if isinstance(scope, Stack) else Stack.of(scope)
    if stack not in _places:
        _places[stack] = Place(
            partition=stack.partition, account=stack.account, region=stack.region
        )
    return _places[stack]
