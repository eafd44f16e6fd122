"""`finops.statement-issued` events: a tenant's owner is told what it was charged.

The link is made here, from a bucket and a number: an event cannot bring one of its own. It opens
for who is signed in to the account of the cost lake and may read there; it carries no right.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from shared.money import format_usd
from shared.tenant_state import Notice

DETAIL_TYPE: Final = "finops.statement-issued"
TOLD_KIND: Final = "finops.tenant.charged"
_PATTERNS: Final = {
    "tenant": r".+",  # of lines without our tag it is the tool's name: nobody here is told
    "number": r"CB-\d{4}-\d{2}-\d{3,}",
    "month": r"\d{4}-\d{2}",
    "bucket": r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "region": r"[a-z]{2}(-[a-z]+)+-\d",
    "prefix": r"([a-z0-9-]+/)*",
    "basis": r"provisional|final",
}
_LONGEST_NAME: Final = 100


class NoStatementError(ValueError):
    """An event does not say what it must; the text says what is wrong."""


def parse_statement(detail: Mapping[str, Any], account: str) -> tuple[str, Notice]:
    """Return the tenant and the notice of an event's detail.

    Args:
        detail: The event's.
        account: Whose event it is: the account of the cost lake.

    Raises:
        NoStatementError: If it is not of that shape.
    """
    for name, pattern in _PATTERNS.items():
        value = detail.get(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise NoStatementError(f"{name} {value!r}")
    try:
        usd = Decimal(detail["usd"])
        lines = [
            f"  {each['month']}  {_name(each['kind']):<8}  {format_usd(Decimal(each['usd']))}"
            for each in detail["lines"]
        ]
        amount = format_usd(usd)
    except (InvalidOperation, KeyError, TypeError, ValueError) as error:
        raise NoStatementError(f"{type(error).__name__}: {error}") from error
    tenant, number, month = detail["tenant"], detail["number"], detail["month"]
    return tenant, Notice(
        key=f"statement#{number}",
        kind=TOLD_KIND,
        subject=f"finops: {tenant}: charged {amount} for {month}",
        text="\n".join([*_head(detail, amount), *lines, *_where(detail, account)]),
        detail={"tenant": tenant, "number": number, "month": month, "usd": str(usd)},
    )


def _head(detail: Mapping[str, Any], amount: str) -> list[str]:
    return [
        f"{detail['tenant']}: charged {amount} for the use of Amazon Bedrock in {detail['month']}",
        "",
        f"Statement:   {detail['number']}, from a {detail['basis']} bill; it never changes",
        f"Cost centre: {_name(detail.get('cost_centre'))}",
        f"Owner:       {_name(detail.get('owner'))}, by the books",
        "",
    ]


def _where(detail: Mapping[str, Any], account: str) -> list[str]:
    bucket, region = detail["bucket"], detail["region"]
    key = f"{detail['prefix']}{detail['number']}.html"
    return [
        "",
        f"Read it, signed in to account {account}:",
        f"  https://{region}.console.aws.amazon.com/s3/object/{bucket}?region={region}&prefix={key}",
        f"or: aws s3 cp s3://{bucket}/{key} .",
    ]


def _name(value: object) -> str:
    """Return free text of the books as one short line."""
    return " ".join(str(value or "not said").split())[:_LONGEST_NAME]
