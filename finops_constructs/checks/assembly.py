"""Everything the rules look at: the templates of one app, read once and indexed."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from finops_constructs.checks.policies import Policy, read_policies
from finops_constructs.checks.profiles import Profile, read_profiles
from finops_constructs.checks.registry import Entry, EntryKind, read_entries
from finops_constructs.checks.template import Resource, Template


class Assembly:
    """The synthesized app, as the rules see it.

    Example:
        >>> Assembly([]).profiles
        []
    """

    def __init__(self, templates: Sequence[Template]) -> None:
        """Index the templates.

        Args:
            templates: All templates of the app.
        """
        self.templates = templates
        self.resources = [r for template in templates for r in template.resources()]
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            self._by_type[resource.type].append(resource)

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of the given types."""
        return [resource for type_ in types for resource in self._by_type.get(type_, [])]

    def entries(self, kind: EntryKind) -> list[Entry]:
        """Return the registry entries of one kind."""
        return [entry for entry in self._entries if entry.kind is kind]

    @cached_property
    def policy_entries(self) -> dict[str, Entry]:
        """Tenant -> its policy entry."""
        return {entry.tenant: entry for entry in self.entries(EntryKind.POLICY)}

    @cached_property
    def profiles(self) -> list[Profile]:
        """The application inference profiles, defined and adopted."""
        defined = self.of_type("AWS::Bedrock::ApplicationInferenceProfile")
        return read_profiles(defined, self.entries(EntryKind.PROFILE))

    @cached_property
    def policies(self) -> list[Policy]:
        """Every IAM policy document, with the roles it applies to."""
        return read_policies(self.resources)

    @cached_property
    def _entries(self) -> list[Entry]:
        return read_entries(self.of_type("AWS::SSM::Parameter"))
