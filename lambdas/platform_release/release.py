"""What the platform has to let go of, without boto3."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.reach import Place, profile_fault
from shared.registry import ROOT, Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is suspended, and written, at one moment.

    Attributes:
        tagged: Profiles with a state tag.
        attached: Suspension policies and the roles that have them.
        states: The kill switch's entries in the registry.
    """

    tagged: tuple[str, ...]
    attached: tuple[tuple[str, str], ...]
    states: tuple[str, ...]

    @property
    def is_clear(self) -> bool:
        """Whether nothing is left."""
        return not (self.tagged or self.attached or self.states)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Whose it is to let go.

    Attributes:
        place: The platform's account and Region.
        policy_path: The IAM path of the Region's suspension policies.
    """

    place: Place
    policy_path: str

    def profile_arns(self, registry: Registry) -> tuple[str, ...]:
        """Return the registered profiles of this account and Region."""
        arns = {
            entry.profile_arn
            for tenant in {*registry.profiles, *registry.replaced}
            for entry in registry.watched(tenant).values()
            if profile_fault(entry.profile_arn, self.place) is None
        }
        return tuple(sorted(arns))

    def own_policies(self, arns: Iterable[str]) -> list[str]:
        """Return those of `arns` that lie in the Region's suspension path."""
        prefix = f"arn:{self.place.partition}:iam::{self.place.account}:policy{self.policy_path}"
        return sorted(arn for arn in arns if arn.startswith(prefix))

    def state_parameters(self, registry: Registry) -> tuple[str, ...]:
        """Return the entries that the kill switch wrote."""
        return tuple(f"{ROOT}{tenant}/state" for tenant in sorted(registry.states))


def left_over(found: Found, most: int) -> str:
    """Return what is left, for a person: at most `most` names."""
    names = [*found.tagged, *(f"{role} ({policy})" for policy, role in found.attached)]
    names += found.states
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
