"""The order to retire a tenant: stopped for good, with its final figures and whose money it was."""

from decimal import Decimal

from commands.identity import Actor
from commands.request import Request
from commands.situation import Situation, Word, senseless
from shared.lasting_words import Retirement
from shared.money import format_usd
from shared.state_table import RETIREMENT


def retire(request: Request, actor: Actor, situation: Situation) -> Word:
    """Stop a tenant for good; books, journal and what maps the bill to it stay."""
    months = situation.all_months()
    if months is None:
        raise senseless("the ledger cannot be read now, so there are no final figures")
    policy = situation.policy
    owner = policy.owner if policy else None
    retirement = Retirement(
        at=situation.now,
        actor=actor.arn,
        reason=request.reason,
        display_name=policy.display_name if policy else f"{request.tenant}",
        cost_centre=owner.cost_centre if owner else "",
        profiles={key: p.profile_arn for key, p in situation.watched.items() if not p.canary},
        final_usd=months,
    )
    total = format_usd(sum(months.values(), Decimal(0)))
    message = (
        f"{request.tenant} is being stopped for good; estimated spend of {len(months)} months: "
        f"{total}. Its id stays taken, and ledger, journal and cost mapping stay. Once it is "
        f"stopped, destroy its stack: cdk destroy finops-{request.tenant}"
    )
    return Word(sk=RETIREMENT, value=retirement, message=message)
