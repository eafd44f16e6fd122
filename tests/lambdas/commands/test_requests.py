import base64
import json

import pytest

from commands import handler as commands
from shared.canary_tenant import CANARY_TENANT
from tests.lambdas.commands.signed_requests import CONTEXT, KIM, request
from tests.lambdas.platform_under_test import STATE

CALLER = "arn:aws:sts::123456789012:assumed-role/app/i-0123"


def test_a_tenants_own_callers_may_only_ask_for_their_status(platform, ask):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    assert ask("status", "writer", actor=CALLER)[0] == 200
    for command in ("suspend", "resume", "approve"):
        status, answer = ask(command, "writer", actor=CALLER, reason="x")
        assert status == 403
        assert "callers may only ask" in answer["error"]
    assert ask("suspend", "reader", actor=CALLER, reason="x")[0] == 403
    assert ask("status", "reader", actor=CALLER)[0] == 403
    _, everybody = ask("status", actor=CALLER)
    assert [each["tenant"] for each in everybody["tenants"]] == ["writer"]
    assert platform.journal("writer") == []


def test_a_request_nobody_signed_is_refused_whatever_its_body_says(platform, ask):
    platform.add_tenant("writer")
    status, answer = ask("suspend", "writer", actor=None, reason="x", userArn=KIM)
    assert status == 403
    assert "sign the request" in answer["error"]


def test_unknown_tenants_and_aliases_list_the_known_ones(platform, ask):
    platform.add_tenant("writer")
    platform.add_tenant(CANARY_TENANT)
    assert ask("suspend", "nobody", reason="x") == (
        404,
        {"error": "no tenant 'nobody'; known tenants: writer"},
    )
    assert ask("suspend", "writer", alias="slow", reason="x") == (
        404,
        {"error": "writer has no alias 'slow'; it has fast, smart"},
    )


def test_an_alias_registered_a_moment_ago_is_found(platform, ask):
    platform.add_tenant("writer")
    ask("status", "writer")
    platform.add_profile("writer", "drill-1", canary=True)
    assert ask("suspend", "writer", alias="drill-1", reason="drill")[0] == 200


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"body": "{"}, "not JSON"),
        ({"body": "[]"}, "not a JSON object"),
        ({"body": None}, "not JSON"),
        ({"body": "%%", "isBase64Encoded": True}, "not JSON"),
        ({"body": "[" * 100_000}, "more than 20000 characters"),
        ({"body": json.dumps({"command": "rm"})}, "command must be one of"),
        ({"body": json.dumps({"command": "suspend"})}, "tenant is required"),
        ({"body": json.dumps({"command": "suspend", "tenant": 7})}, "tenant must be a text"),
    ],
)
def test_garbled_requests_are_answered_with_what_is_wrong(ask, event, text):
    answer = commands.handler(request({}) | event, CONTEXT)
    assert answer["statusCode"] == 400
    assert text in json.loads(answer["body"])["error"]


def test_a_base64_body_is_read_and_another_method_refused(platform, ask):
    platform.add_tenant("writer")
    body = base64.b64encode(json.dumps({"command": "status"}).encode()).decode()
    event = request({}) | {"body": body, "isBase64Encoded": True}
    assert commands.handler(event, CONTEXT)["statusCode"] == 200
    event["requestContext"]["http"]["method"] = "GET"
    assert commands.handler(event, CONTEXT)["statusCode"] == 405


def test_a_failure_of_the_platform_is_told_without_its_inside(ask, platform):
    platform.add_tenant("writer")
    platform.services("dynamodb").delete_table(TableName=STATE)
    status, answer = ask("suspend", "writer", reason="x")
    assert status == 500
    assert answer["error"] == "the platform failed: see the log of request r-1"
