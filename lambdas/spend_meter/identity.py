"""To whom a call is attributed: the role, never the session."""

import re
from typing import Final

from spend_meter.rejection import Reason, RejectedError

UNKNOWN_ROLE: Final = "(unknown)"
"""Who called where the record does not say; no role or user can be named so."""

_NAME: Final = r"[\w+=,.@-]{1,64}"
_PRINCIPAL: Final = re.compile(
    r"arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:(?:"
    rf"assumed-role/(?P<assumed>{_NAME})/[^/]+"
    rf"|role/(?:[!-~]{{1,512}}/)?(?P<role>{_NAME})"
    rf"|user/(?:[!-~]{{1,512}}/)?(?P<user>{_NAME})"
    rf"|federated-user/(?P<federated>{_NAME})"
    r"|(?P<root>root))",
    re.ASCII,
)


def role_of(arn: object) -> str:
    """Return the name a call is attributed to.

    Sessions of a role are one caller: their names often are people's, and there are thousands.

    Args:
        arn: The record's `identity.arn`; None where the record has none.

    Returns:
        A role's name, `user/<name>`, `federated-user/<name>`, `(root)` or `(unknown)`.

    Raises:
        RejectedError: If it is something else than an ARN of a principal.
    """
    if arn is None:
        return UNKNOWN_ROLE
    principal = _PRINCIPAL.fullmatch(arn) if isinstance(arn, str) else None
    if principal is None:
        raise RejectedError(Reason.BAD_IDENTITY)
    if principal["user"]:
        return f"user/{principal['user']}"
    if principal["federated"]:
        return f"federated-user/{principal['federated']}"
    return principal["assumed"] or principal["role"] or "(root)"
