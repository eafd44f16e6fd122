"""Which profile a record's `modelId` is: the registry, read again before anything is refused."""

from typing import Final

from shared.registry_cache import RegistryCache
from shared.registry_entries import ProfileEntry
from spend_meter.former import FormerProfiles

KNOWN_AFTER_SECONDS: Final = 5.0
"""How long a new profile may stay unknown: how often at most one makes the registry be read."""


def names_profile(model_id: str) -> bool:
    """Whether a `modelId` is an application inference profile's ARN or id.

    Model ids and system profiles' ids contain dots, other ARNs another resource type.
    """
    if ":" in model_id or "/" in model_id:
        return ":application-inference-profile/" in model_id
    return "." not in model_id


def find_profile(
    registry: RegistryCache, former: FormerProfiles | None, model_id: str
) -> ProfileEntry | None:
    """Return the profile, or None if it is not even in a registry read just now.

    Args:
        registry: The registry.
        former: Finds what was replaced a moment ago. None: only the registry is asked.
        model_id: A record's `modelId`.
    """
    profile = registry.current().by_model_id.get(model_id)
    if profile is None and names_profile(model_id):
        newer = registry.current(max_age_seconds=KNOWN_AFTER_SECONDS)
        profile = newer.by_model_id.get(model_id)
        if profile is None and former is not None:
            profile = former.find(model_id)
    return profile
