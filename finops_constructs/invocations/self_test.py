"""The records that the platform's daily self-test writes, which are nobody's calls."""

from dataclasses import replace

from finops_constructs.doctor.registry import TenantEntries
from finops_constructs.invocations.use import Uses, parse_principal


def without_self_test(uses: Uses, canary: TenantEntries | None) -> Uses:
    """Return what a source says without the made-up calls of the canary tenant.

    Args:
        uses: Everything the source says.
        canary: What is registered of the canary tenant; None: the platform has no self-test.
    """
    if canary is None:
        return uses
    callers = {parse_principal(arn) for arn in canary.callers}
    profiles = {
        str(profile.get(key))
        for profile in canary.profiles.values()
        for key in ("profile_arn", "profile_id")
    }
    called = [
        use for use in uses.uses if use.principal not in callers and use.model_id not in profiles
    ]
    return replace(uses, uses=tuple(called))
