"""E-mail addresses whose owners do not follow the link in AWS's mail.

ministack takes an address for confirmed at once. One that is listed here stays pending in what SNS
lists, as every address does on AWS until somebody reads its mail.
"""

import re

from ministack.core.responses import AccountScopedDict
from ministack.services import sns

from local.service_calls import Response

_MEMBER = re.compile(rb"<member>.*?</member>", re.DOTALL)
_ENDPOINT = re.compile(rb"<Endpoint>(.*?)</Endpoint>")
_ARN = re.compile(rb"<SubscriptionArn>.*?</SubscriptionArn>")
_PENDING = rb"<SubscriptionArn>PendingConfirmation</SubscriptionArn>"
_unread = AccountScopedDict()


def install() -> None:
    """Put the list operations that know of unread mail in the place of ministack's."""
    for name in ("_list_subscriptions", "_list_subscriptions_by_topic"):
        _wrap(name)


def leave(address: str) -> str:
    """Let an address never confirm."""
    _unread[address] = True
    return address


def _wrap(name: str) -> None:
    ministack = getattr(sns, name)

    def listed(request: dict[str, str]) -> Response:
        status, headers, body = ministack(request)
        return status, headers, _MEMBER.sub(_as_it_is, body)

    setattr(sns, name, listed)


def _as_it_is(member: re.Match[bytes]) -> bytes:
    endpoint = _ENDPOINT.search(member[0])
    if endpoint and endpoint[1].decode() in _unread:
        return _ARN.sub(_PENDING, member[0])
    return member[0]
