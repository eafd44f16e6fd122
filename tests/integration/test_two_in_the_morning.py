"""The drill of 2 a.m.: no kill switch, a runaway, the runbook, and the switch comes back."""

import json
import os
import sys
from pathlib import Path

import pytest
from rich.console import Console

from local.demo.finops_cli import OPERATOR
from local.demo.narration import Narrator, wait_until
from local.demo.runbook import commands_of, follow
from local.token_usage import TokenUsage
from local.traffic import CallRefusedError, Traffic
from tests.integration.scene import LIMIT_USD, PLATFORM, REGION, guarded, opened

pytestmark = pytest.mark.emulator
SWITCH = "finops-kill-switch"
TOOLS = Path(sys.executable).parent
QUIET = Narrator(Console(quiet=True))


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("night")) as scene:
        scene.deploy(guarded("writer"), guarded("chat"))
        yield scene


def environment(scene):
    role = f"arn:aws:iam::{scene.aws.account}:role/{OPERATOR}"
    env = scene.aws.env_as(scene.aws.assume_role(role, "night-shift"))
    return env | {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "PATH": os.environ["PATH"]}


def code_of_the_switch(scene):
    template = scene.aws.client("cloudformation", REGION).get_template(StackName=PLATFORM)
    body = template["TemplateBody"]
    resources = (json.loads(body) if isinstance(body, str) else body)["Resources"]
    (code,) = [
        each["Properties"]["Code"]
        for each in resources.values()
        if each["Type"] == "AWS::Lambda::Function"
        and each["Properties"].get("FunctionName") == SWITCH
    ]
    bucket = f"cdk-hnb659fds-assets-{scene.aws.account}-{REGION}"
    return {"S3Bucket": bucket, "S3Key": code["S3Key"]}


def delete_the_switch(scene):
    functions = scene.aws.client("lambda", REGION)
    known = functions.get_function_configuration(FunctionName=SWITCH)
    functions.delete_function(FunctionName=SWITCH)
    return known


def deploy_the_switch_again(scene, known):
    scene.aws.client("lambda", REGION).create_function(
        FunctionName=SWITCH,
        Role=known["Role"],
        Runtime=known["Runtime"],
        Handler=known["Handler"],
        Timeout=known["Timeout"],
        MemorySize=known["MemorySize"],
        Environment={"Variables": known["Environment"]["Variables"]},
        Layers=[layer["Arn"] for layer in known.get("Layers", ())],
        Code=code_of_the_switch(scene),
    )


def refused(scene, tenant):
    stage = scene.stage(tenant)
    little = TokenUsage(input=1000, output=200)
    try:
        Traffic(scene.aws, scene.simulator).call(stage.caller, stage.profiles["smart"], little)
    except CallRefusedError:
        return True
    return False


def test_the_runbooks_commands_stop_a_runaway_and_the_switch_adopts_the_stop(scene):
    known = delete_the_switch(scene)
    scene.spend("writer", 2 * LIMIT_USD)
    wait_until("the runaway is metered", lambda: scene.stage("writer").estimate() >= 100 or None)
    assert scene.stage("writer").suspended() == []
    assert not refused(scene, "writer")

    said = follow("runaway-by-hand.md", environment(scene), QUIET, tools=TOOLS)

    assert said[-1].split() == ["writer-app"]
    assert refused(scene, "writer")
    assert not refused(scene, "chat")
    deploy_the_switch_again(scene, known)
    scene.reconcile()
    status = scene.status("writer")
    assert status["state"] in {"applied", "confirmed"}
    (ordered,) = [each for each in status["why"] if each["code"] == "ordered"]
    assert "night-shift: runaway stopped by hand, INC-42" in ordered["text"]
    assert scene.stage("writer").all_suspended()
    assert scene.stage("writer").attached_to() == ["writer-app"]


def test_a_resume_ends_what_the_runbook_stopped(scene):
    scene.finops.run("override", "writer", "--hours", "1", "--up-to-usd", "900", "--reason", "x")
    scene.finops.run("resume", "writer", "--reason", "loop fixed, INC-42")
    assert scene.stage("writer").suspended() == []
    assert not refused(scene, "writer")


def test_the_false_stop_page_lets_a_tenant_go_on_for_good(scene):
    scene.reconcile()
    missing = 3210 - int(scene.stage("writer").estimate())
    for _ in range(10):
        scene.spend("writer", missing // 10)
    wait_until("the stop", lambda: scene.stage("writer").all_suspended() or None)

    follow("false-stop.md", environment(scene), QUIET, tools=TOOLS)

    for _ in range(2):
        scene.reconcile()
        assert scene.stage("writer").suspended() == []
        assert scene.stage("writer").attached_to() == []
    status = scene.status("writer")
    assert (status["state"], status["pause"]) == ("active", None)
    assert [each["usd"] for each in status["corrections"]] == ["-3200.000000"]
    assert not refused(scene, "writer")


@pytest.mark.parametrize("page", ["false-stop.md", "runaway-by-hand.md"])
def test_what_is_executed_names_the_tenant_of_the_pages_and_leaves_no_blank_to_fill(page):
    commands = "".join(commands_of(page))
    assert "writer" in commands
    assert "<" not in commands.replace("<(", "")
