"""Functions' processes: begun quickly, ended for certain, and apart by Region."""

import datetime as dt
import json
import os

import botocore.exceptions
import pytest

from local.controls import Controls
from local.testing import TestStack
from tests.local.functions import function
from tests.local.model_calls import until

pytestmark = pytest.mark.emulator
TELLS = """
import os, time
import boto3
NAME = os.environ["AWS_LAMBDA_FUNCTION_NAME"]

def handler(event, context):
    if event.get("spin"):
        while True:
            pass
    return {"process": os.getpid(), "name": NAME, "year": time.gmtime(time.time()).tm_year,
            "caller": boto3.client("sts").get_caller_identity()["Account"]}
"""


def ask(emulator, name, region=None, **event):
    answer = emulator.client("lambda", region).invoke(FunctionName=name, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def test_a_function_that_is_out_of_time_is_ended_with_the_process_that_serves_it(emulator, stack):
    stack.apply({"F": function(TELLS, FunctionName="spinner", Timeout=2)})
    told = ask(emulator, "spinner")
    assert (told["name"], told["caller"]) == ("spinner", emulator.account)
    assert os.path.exists(f"/proc/{told['process']}")  # noqa: PTH110 - a process, not a file
    assert "timed out" in str(ask(emulator, "spinner", spin=True))
    until(lambda: not os.path.exists(f"/proc/{told['process']}"))  # noqa: PTH110
    assert ask(emulator, "spinner")["process"] != told["process"]


def test_two_functions_of_one_code_have_their_own_environments(emulator, stack):
    stack.apply({each: function(TELLS, FunctionName=f"twin-{each}") for each in ("A", "B")})
    told = [ask(emulator, f"twin-{each}") for each in ("A", "B")]
    assert [each["name"] for each in told] == ["twin-A", "twin-B"]
    assert told[0]["process"] != told[1]["process"]


def test_the_clock_of_one_region_is_not_that_of_another(emulator, stack):
    elsewhere = TestStack(emulator, "clock-elsewhere", "eu-west-2")
    code = {"F": function(TELLS, FunctionName="clocks")}
    stack.apply(code)
    elsewhere.apply(code)
    real = dt.datetime.now(dt.UTC)
    controls = Controls(emulator)
    before = ask(emulator, "clocks")["process"]
    controls.set_function_clock(real.replace(year=real.year + 2, day=1), "eu-west-2")
    try:
        assert ask(emulator, "clocks", "eu-west-2")["year"] == real.year + 2
        told = ask(emulator, "clocks")
        assert (told["year"], told["process"]) == (real.year, before), "it goes on undisturbed"
    finally:
        controls.set_function_clock(None, "eu-west-2")
        elsewhere.delete()


def test_a_function_made_in_one_region_leaves_its_namesake_alone(emulator, stack):
    stack.apply({"F": function(TELLS, FunctionName="namesake")})
    before = ask(emulator, "namesake")["process"]
    elsewhere = TestStack(emulator, "namesake-elsewhere", "eu-west-2")
    elsewhere.apply({"F": function(TELLS, FunctionName="namesake")})
    assert ask(emulator, "namesake")["process"] == before
    elsewhere.delete()
    assert ask(emulator, "namesake")["process"] == before


def test_cloudformation_answers_when_the_operation_is_over(emulator):
    cloudformation = emulator.client("cloudformation")
    template = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    made = cloudformation.create_stack(StackName="at-once", TemplateBody=template)
    (stack,) = cloudformation.describe_stacks(StackName="at-once")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    cloudformation.delete_stack(StackName="at-once")
    (stack,) = cloudformation.describe_stacks(StackName=made["StackId"])["Stacks"]
    assert stack["StackStatus"] == "DELETE_COMPLETE"


def test_a_service_that_is_not_emulated_says_so_without_a_pause(emulator):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        emulator.client("polly").describe_voices()
    assert "NoSuchBucket" not in str(refused.value)
