"""One signed POST of JSON to a Lambda function URL, and what its answer means."""

import json
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import botocore.exceptions
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from finops_constructs.operations.aws import CONNECT_SECONDS, READ_SECONDS, Aws
from finops_constructs.operations.errors import (
    AccessDeniedError,
    AnswerError,
    CredentialsError,
    OperationsError,
    RefusedError,
    UncertainError,
    UnreachableError,
)

PERMISSIONS: Final = ("lambda:InvokeFunction", "lambda:InvokeFunctionUrl")
"""What the caller needs on the function; both since October 2025 (AWS's page `urls-auth`)."""
_AWS_HOST: Final = ".on.aws"
# 429: Lambda had no capacity, and nothing ran.
_NOTHING_RAN: Final = 429
_FAILED: Final = 500
_PAUSES_SECONDS: Final = (0.3, 0.6, 1.2)


class FunctionUrl:
    """A function behind an IAM-authorised URL.

    Args:
        aws: Where and as whom to call.
        url: The function URL.
        function_name: What to name in an error.
        role: Which function of the platform it is, in an error. Default: `commands function`.
    """

    def __init__(
        self, aws: Aws, *, url: str, function_name: str, role: str = "commands function"
    ) -> None:
        self._aws = aws
        self._function_name = function_name
        self._role = role
        self._url, self._host = _address(url, aws.other_endpoint_url)
        self._http = URLLib3Session(
            timeout=(CONNECT_SECONDS, READ_SECONDS),  # type: ignore[arg-type] # as botocore does
            proxies=get_environ_proxies(self._url),
            verify=aws.certificates(),  # type: ignore[arg-type] # a path, as botocore does
        )

    def post(self, body: Mapping[str, Any], *, repeatable: bool) -> dict[str, Any]:
        """Send one JSON object and return the one that is answered.

        Args:
            body: What to send.
            repeatable: Whether it only asks, so that nothing is lost if the answer is.

        Raises:
            RefusedError: If the function refused, in its own words.
            UncertainError: If it may have acted and no answer came.
            OperationsError: If the request did not get through.
        """
        response = self._send(json.dumps(body).encode(), repeatable=repeatable)
        content = _json(response)
        if response.status_code == 200 and content is not None:
            return content
        content = content or {}
        if isinstance(content.get("error"), str) and response.status_code < _FAILED:
            raise RefusedError(content["error"], response.status_code)
        raise self._failure(response, content, repeatable=repeatable)

    def _send(self, body: bytes, *, repeatable: bool) -> AWSResponse:
        response = self._send_once(body, repeatable=repeatable)
        for pause_seconds in _PAUSES_SECONDS:
            if response.status_code != _NOTHING_RAN:
                break
            time.sleep(pause_seconds)
            response = self._send_once(body, repeatable=repeatable)
        return response

    def _send_once(self, body: bytes, *, repeatable: bool) -> AWSResponse:
        request = AWSRequest(
            method="POST",
            url=self._url,
            data=body,
            headers={"Content-Type": "application/json", "Host": self._host},
        )
        SigV4Auth(self._aws.credentials(), "lambda", self._aws.region).add_auth(request)
        try:
            return self._http.send(request.prepare())
        except botocore.exceptions.ConnectionError as error:
            raise UnreachableError(f"{self._where} cannot be reached: {error}") from error
        except botocore.exceptions.HTTPClientError as error:
            text = f"no answer came from {self._where}: {error}"
            raise self._unanswered(text, repeatable=repeatable) from error

    def _failure(
        self, response: AWSResponse, content: Mapping[str, Any], *, repeatable: bool
    ) -> OperationsError:
        words = (content.get(key) for key in ("error", "Message", "message"))
        said = str(next(filter(None, words), "")).strip()
        if response.status_code == 403:
            return self._forbidden(said)
        if response.status_code == _NOTHING_RAN:
            return UnreachableError(f"{self._where} is throttled; nothing was done, try again")
        if response.status_code >= _FAILED:
            text = f"{self._where} failed with {response.status_code} {said}".rstrip()
            return self._unanswered(text, repeatable=repeatable)
        text = f"{self._where} answered {response.status_code} with {response.text[:200]!r}"
        return AnswerError(f"{text}: is it the platform's {self._role}?")

    @staticmethod
    def _unanswered(text: str, *, repeatable: bool) -> OperationsError:
        if repeatable:
            return UnreachableError(text)
        return UncertainError(
            f"{text}; the order may have been accepted: look at the status before you repeat it"
        )

    def _forbidden(self, said: str) -> OperationsError:
        lower = said.lower()
        if "signature expired" in lower or "signature not yet current" in lower:
            return CredentialsError(f"AWS says {said!r}: set this machine's clock")
        if "token" in lower and ("expired" in lower or "invalid" in lower):
            return CredentialsError(
                f"the AWS credentials are no longer good ({said}): log in again"
            )
        return AccessDeniedError(
            f"access denied: your identity needs {' and '.join(PERMISSIONS)} on the function "
            f"{self._function_name} (AWS says: {said or 'Forbidden'})"
        )

    @property
    def _where(self) -> str:
        return f"the {self._role} {self._function_name} at {self._url}"


def _address(url: str, other_endpoint_url: str | None) -> tuple[str, str]:
    """Return where to send the request, and the host it is for.

    An emulator answers AWS's host names on its own address.
    """
    parts = urlsplit(url)
    host = parts.netloc
    if other_endpoint_url is None or not (parts.hostname or "").endswith(_AWS_HOST):
        return url, host
    other = urlsplit(other_endpoint_url)
    return urlunsplit((other.scheme, other.netloc, parts.path or "/", "", "")), host


def _json(response: AWSResponse) -> dict[str, Any] | None:
    try:
        content = json.loads(response.content)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
