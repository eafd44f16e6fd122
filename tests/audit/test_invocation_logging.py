import json
import re

import pytest

from finops_constructs import InvocationLogging
from tests.platform_under_test import by_id, platform_parts
from tests.stacks_under_test import flat

LOGGING = "Custom::FinOpsInvocationLogging"


def logging(**changes):
    parts = platform_parts()
    InvocationLogging(parts.stack, "Logging", log_group=parts.meter.log_group, **changes)
    return parts.stack


@pytest.fixture(scope="module")
def stack():
    return logging()


def test_records_go_to_the_meters_log_group(stack):
    setting = by_id(stack, LOGGING, "Logging")
    assert setting["LogGroupName"]["Ref"].startswith("MeterLogs")
    assert setting["RoleArn"]["Fn::GetAtt"][0].startswith("LoggingRole")


@pytest.mark.parametrize(("overwrite", "told"), [(False, "false"), (True, "true")])
def test_a_configuration_of_others_is_overwritten_only_if_told_to(overwrite, told):
    setting = by_id(logging(overwrite=overwrite), LOGGING, "Logging")
    assert setting["Overwrite"] == told


def test_bedrock_may_assume_the_role_for_this_account_and_region_only(stack):
    role = by_id(stack, "AWS::IAM::Role", "LoggingRole")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    source = trust["Condition"]["ArnLike"]["aws:SourceArn"]
    assert flat(source).endswith(":bedrock:eu-west-1:111122223333:*")


def test_the_role_may_write_bedrocks_stream_of_the_group_only(stack):
    role = by_id(stack, "AWS::IAM::Role", "LoggingRole")
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert flat(statement["Resource"]).endswith(
        "log-group:/finops/bedrock-invocations:log-stream:aws/bedrock/modelinvocations"
    )
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]


def test_the_function_needs_no_layer(stack):
    function = by_id(stack, "AWS::Lambda::Function", "LoggingFunction")
    assert "Layers" not in function
    assert "Environment" not in function
    assert function["Handler"] == "invocation_logging.handler.handler"


def test_a_schedule_watches_exactly_what_was_deployed(stack):
    (target,) = by_id(stack, "AWS::Events::Rule", "LoggingWatch")["Targets"]
    watched = json.loads(re.sub(r"\$\{([^}]*)\}", r"\1", flat(target["Input"])))
    assert set(watched["watch"]) <= set(by_id(stack, LOGGING, "Logging"))


def test_records_go_to_the_landing_bucket_once_its_policy_is_there(full_stacks, one):
    setting = one(full_stacks[1], LOGGING)
    assert setting["Properties"]["KeyPrefix"] == "bedrock"
    assert setting["Properties"]["Content"] == "full"
    assert any("LandingPolicy" in each for each in setting["DependsOn"])


def test_content_is_logged_only_with_a_warning():
    parts = platform_parts()
    with pytest.raises(ValueError, match="needs a landing bucket"):
        InvocationLogging(parts.stack, "Logging", log_group=parts.meter.log_group, content="full")
