"""A tag value such as `AI` or `shared` allocates cost to nobody."""

from collections.abc import Collection

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.rule import Finding, Rule, finding


def broad_tag_value(broad_values: Collection[str], extra_tag_key: str | None) -> Rule:
    """Return the rule.

    Args:
        broad_values: Values too broad to allocate by, compared without case.
        extra_tag_key: The organisation's own dimension; None: there is none.
    """
    broad = {value.strip().casefold() for value in broad_values}

    def find(assembly: Assembly) -> list[Finding]:
        return [
            finding(
                profile.resource, f"{key}={value!r} says nothing to allocate by", profile.location
            )
            for profile in assembly.profiles
            for key, value in (profile.tags or {}).items()
            if (key.startswith("bedrock:") or key == extra_tag_key)
            and value.strip().casefold() in broad
        ]

    return Rule(
        id="broad-tag-value",
        description="A cost tag of an application inference profile is too broad",
        fix="Name the tool, project or stage itself.",
        find=find,
    )
