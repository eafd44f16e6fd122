"""What a CloudFormation resource type is, and how the emulator learns about it."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Provisioned = tuple[str, Properties]


class ResourceType(ABC):
    """A resource type; a subclass says how its resources come, change and go.

    Attributes:
        name: The type's name in a template.
        create_only: The properties whose change replaces the resource.
        tag_property: The property that takes tags, which also receives the stack's tags.
            Default: None, the type has no tags.
    """

    name: ClassVar[str]
    create_only: ClassVar[tuple[str, ...]] = ()
    tag_property: ClassVar[str | None] = None

    @abstractmethod
    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Create the resource and return its physical id and its attributes."""

    @abstractmethod
    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Change the resource in place, or replace it by calling `create`."""

    @abstractmethod
    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the resource."""

    def register(self) -> None:
        """Enter the type into the emulator's tables."""
        known = provisioners._RESOURCE_HANDLERS.get(self.name, {})
        provisioners._RESOURCE_HANDLERS[self.name] = {
            # What a stack takes over by --import-existing-resources, it takes over as it is.
            **{key: known[key] for key in ("import",) if key in known},
            "create": self.create,
            "update": self.update,
            "update_with_logical_id": True,
            "delete": self.delete,
        }
        provisioners._REPLACING_PROPERTIES[self.name] = self.create_only
        if self.tag_property:
            provisioners._STACK_TAG_PROPERTY[self.name] = (self.tag_property, "list")


def generated_name(stack_name: str, logical_id: str, *, longest: int) -> str:
    """Return the name of a resource whose template gives none; a replacement gets another.

    Args:
        stack_name: The stack.
        logical_id: The resource in it.
        longest: The most characters the name may have.
    """
    return str(provisioners._physical_name(stack_name, logical_id, max_len=longest))


def tag_changes(old: Properties, new: Properties, name: str) -> tuple[dict[str, str], list[str]]:
    """Return the tags to set and the keys to remove; tags set by others are left alone.

    Args:
        old: The properties before.
        new: The properties after.
        name: The property that holds the tags.
    """
    before = {tag["Key"]: tag["Value"] for tag in old.get(name) or []}
    after = {tag["Key"]: tag["Value"] for tag in new.get(name) or []}
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    return changed, sorted(before.keys() - after.keys())
