"""The preflight of one tenant's callers, as checks of a drill."""

from collections.abc import Sequence

from finops_constructs.operations.aws import Aws
from finops_constructs.operations.drill_report import Check, Verdict
from finops_constructs.operations.errors import OperationsError
from finops_constructs.preflight.preflight import unreached_callers


def caller_checks(
    aws: Aws, *, tenant: str, caller_arns: Sequence[str], account: str
) -> list[Check]:
    """Return for each caller whether a stop of the whole tenant would reach it.

    Args:
        aws: Where and as whom.
        tenant: The tenant.
        caller_arns: Its registered callers.
        account: Its account.
    """
    try:
        found = unreached_callers(aws, {tenant: caller_arns}, account=account)
    except OperationsError as error:
        name = "a stop would reach every caller"
        return [Check(name=name, verdict=Verdict.NOT_AVAILABLE, detail=str(error))]
    unreached = {each.caller_arn: each for each in found}
    return [_check(arn, unreached[arn].problem if arn in unreached else "") for arn in caller_arns]


def _check(caller_arn: str, problem: str) -> Check:
    return Check(
        name=f"a stop would reach {caller_arn.rpartition('/')[2]}",
        verdict=Verdict.FAILED if problem else Verdict.HELD,
        detail=problem,
    )
