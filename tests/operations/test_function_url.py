import json
from datetime import UTC, datetime

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from finops_constructs.operations import function_url as module
from finops_constructs.operations.aws import Aws
from finops_constructs.operations.errors import (
    AccessDeniedError,
    AnswerError,
    CredentialsError,
    RefusedError,
    UncertainError,
    UnreachableError,
)
from finops_constructs.operations.function_url import FunctionUrl
from tests.operations.fake_platform import served

AWS_URL = "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-west-1.on.aws/"
AWS_HOST = AWS_URL.split("/")[2]


@pytest.fixture(autouse=True)
def at_once(aws_settings, monkeypatch):
    monkeypatch.setattr(module, "_PAUSES_SECONDS", (0, 0, 0))


def _post(answer, *, repeatable=False, got=None, **settings):
    with served(lambda _: answer) as (url, requests):
        channel = FunctionUrl(Aws(**settings), url=url, function_name="finops-commands")
        try:
            return channel.post({"command": "status"}, repeatable=repeatable), requests
        finally:
            if got is not None:
                got.extend(requests)


def _signature(headers, body, url):
    """Sign the request once more, as AWS does to compare."""
    request = AWSRequest(
        method="POST",
        url=url,
        data=body,
        headers={name: headers[name] for name in ("Content-Type", "Host")},
    )
    request.context["timestamp"] = headers["X-Amz-Date"]
    request.headers["X-Amz-Date"] = headers["X-Amz-Date"]
    auth = SigV4Auth(Credentials("testing", "testing"), "lambda", "eu-west-1")
    return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


def test_the_request_is_json_signed_for_lambda_in_the_region():
    answer, requests = _post((200, {"status": "fine"}))
    path, headers, body = requests[0]
    assert answer == {"status": "fine"}
    assert (path, json.loads(body)) == ("/", {"command": "status"})
    today = datetime.now(UTC)
    assert f"/{today:%Y}" in headers["Authorization"]
    assert "/eu-west-1/lambda/aws4_request" in headers["Authorization"]
    assert "SignedHeaders=content-type;host;x-amz-date" in headers["Authorization"]
    signed = _signature(headers, body, f"http://{headers['Host']}/")
    assert headers["Authorization"].endswith(f"Signature={signed}")


def test_a_session_token_is_sent_and_signed(monkeypatch):
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-a-role")
    _, requests = _post((200, {}))
    headers = requests[0][1]
    assert headers["X-Amz-Security-Token"] == "of-a-role"
    assert "x-amz-security-token" in headers["Authorization"]


@pytest.mark.parametrize("how", ["option", "environment", "profile"])
def test_an_emulator_is_asked_under_the_host_name_of_the_function_url(
    how, monkeypatch, aws_settings
):
    with served(lambda _: (200, {})) as (url, requests):
        if how == "environment":
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        if how == "profile":
            (aws_settings / "config").write_text(f"[profile local]\nendpoint_url = {url}\n")
        aws = Aws(
            endpoint_url=url if how == "option" else None,
            profile="local" if how == "profile" else None,
        )
        monkeypatch.setattr(
            aws._session,
            "get_credentials",
            botocore.session.Session().get_credentials,
        )
        FunctionUrl(aws, url=AWS_URL, function_name="f").post({}, repeatable=True)
    assert requests[0][1]["Host"] == AWS_HOST


def test_a_function_url_that_is_an_address_already_is_used_as_it_is():
    _, requests = _post((200, {}), endpoint_url="http://127.0.0.1:9")
    assert requests[0][1]["Host"].startswith("127.0.0.1:")


def test_the_platforms_own_words_are_passed_on():
    with pytest.raises(RefusedError, match=r"^minutes must be at most 1440, got 9999$") as info:
        _post((400, {"error": "minutes must be at most 1440, got 9999"}))
    assert info.value.status_code == 400


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        (
            {"Message": "Forbidden. For troubleshooting Function URL authorization issues, see: x"},
            AccessDeniedError,
            "lambda:InvokeFunction and lambda:InvokeFunctionUrl on the function finops-commands",
        ),
        ({"Message": None}, AccessDeniedError, "AWS says: Forbidden"),
        (
            {"message": "The security token included in the request is expired"},
            CredentialsError,
            "log in again",
        ),
        (
            {"message": "Signature expired: 20261125T104200Z is now earlier than 20261125T110000Z"},
            CredentialsError,
            "set this machine's clock",
        ),
    ],
)
def test_a_403_of_lambda_says_what_is_missing(said, kind, text):
    with pytest.raises(kind, match="(?s)" + text.replace(":", r"\:")):
        _post((403, said))


def test_a_refusal_by_the_function_is_not_taken_for_a_missing_permission():
    with pytest.raises(RefusedError, match=r"^a caller of the tenant may not approve$"):
        _post((403, {"error": "a caller of the tenant may not approve"}))


def test_a_throttled_request_is_sent_again_because_nothing_ran():
    answers = [(429, {"Reason": "ConcurrentInvocationLimitExceeded"})] * 2 + [(200, {"ok": True})]
    with served(lambda _: answers.pop(0)) as (url, requests):
        channel = FunctionUrl(Aws(), url=url, function_name="f")
        assert channel.post({}, repeatable=False) == {"ok": True}
    assert len(requests) == 3


def test_endless_throttling_is_reported_as_nothing_done():
    got: list[object] = []
    with pytest.raises(UnreachableError, match="throttled; nothing was done"):
        _post((429, {}), got=got)
    assert len(got) == 4


FAILURES = [
    (502, {"message": "Internal Server Error"}),
    (500, {"error": "the platform failed: see the log of request r-1"}),
    (None, b""),
]


@pytest.mark.parametrize("answer", FAILURES)
def test_an_order_that_may_have_run_is_neither_repeated_nor_called_failed(answer):
    got: list[object] = []
    with pytest.raises(UncertainError, match="look at the status before you repeat"):
        _post(answer, got=got)
    assert len(got) == 1


def test_a_failing_platform_is_quoted():
    with pytest.raises(UncertainError, match="failed with 500 the platform failed: see the log"):
        _post(FAILURES[1])


@pytest.mark.parametrize("answer", FAILURES)
def test_a_question_without_an_answer_is_only_unreachable(answer):
    with pytest.raises(UnreachableError):
        _post(answer, repeatable=True)


def test_nobody_listening_is_unreachable_even_for_an_order():
    channel = FunctionUrl(Aws(), url="http://127.0.0.1:9/", function_name="finops-commands")
    with pytest.raises(UnreachableError, match=r"finops-commands at http://127.0.0.1:9/ cannot be"):
        channel.post({}, repeatable=False)


@pytest.mark.parametrize("answer", [(200, b"<html>"), (200, b"[]"), (404, b"not here")])
def test_what_is_no_answer_of_the_platform_is_said_to_be_none(answer):
    with pytest.raises(AnswerError, match="is it the platform's commands function"):
        _post(answer)
