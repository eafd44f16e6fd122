"""Orders to the commands function, signed as the canary's own role."""

import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

PERMISSIONS: Final = ("lambda:InvokeFunction", "lambda:InvokeFunctionUrl")
_AWS_HOST: Final = ".on.aws"
_SECONDS: Final = 30


class CommandError(Exception):
    """The commands function did not take an order; the text is its answer."""


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands function.

    Attributes:
        url: Its URL.
        region: Its Region.
        credentials: Botocore's, to sign with.
    """

    url: str
    region: str
    credentials: Any

    def order(self, **body: str) -> dict[str, Any]:
        """Give an order and return the answer.

        Raises:
            CommandError: If it was refused, or nobody answered.
        """
        address, host = _address(self.url, os.environ.get("AWS_ENDPOINT_URL"))
        content = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Host": host}
        signed = AWSRequest(method="POST", url=address, data=content, headers=headers)
        SigV4Auth(self.credentials, "lambda", self.region).add_auth(signed)
        request = urllib.request.Request(  # noqa: S310 - a function URL, or the emulator's
            address, data=content, method="POST", headers=dict(signed.headers)
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                found: dict[str, Any] = json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise CommandError(f"{error.code}: {error.read().decode()[:500]}") from error
        except (OSError, ValueError) as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error
        return found


def _address(url: str, emulator: str | None) -> tuple[str, str]:
    """Return where to send the request and the host it is for; an emulator answers for AWS's."""
    parts = urlsplit(url)
    if emulator is None or not (parts.hostname or "").endswith(_AWS_HOST):
        return url, parts.netloc
    other = urlsplit(emulator)
    return urlunsplit((other.scheme, other.netloc, parts.path or "/", "", "")), parts.netloc
