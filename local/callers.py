"""Who sends a request, as STS would say it."""

from ministack.core.iam_evaluator import resolve_caller_identity
from ministack.core.responses import get_account_id
from ministack.core.router import extract_access_key_id


def caller_arn(headers: dict[str, str]) -> str:
    """Return the ARN of the session, the user or the account that signed a request.

    Args:
        headers: The request's headers, their names in lower case.

    Returns:
        The ARN that GetCallerIdentity gives for the same credentials; that of the account's root
        for an access key that is nobody's.
    """
    identity = resolve_caller_identity(extract_access_key_id(headers, {}))
    return identity["userArn"] if identity else f"arn:aws:iam::{get_account_id()}:root"
