import pytest
from botocore.exceptions import ClientError

from local.testing import StackError

pytestmark = pytest.mark.emulator
NOVA = "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"
SYSTEM = (
    "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/"
    "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
)


def profile(name, source=NOVA, tags=None, **more):
    properties = {"InferenceProfileName": name, "ModelSource": {"CopyFrom": source}, **more}
    if tags is not None:
        properties["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"Type": "AWS::Bedrock::ApplicationInferenceProfile", "Properties": properties}


def tags_of(emulator, arn):
    listed = emulator.client("bedrock").list_tags_for_resource(resourceARN=arn)["tags"]
    return {tag["key"]: tag["value"] for tag in listed}


def names(emulator):
    listed = emulator.client("bedrock").list_inference_profiles(typeEquals="APPLICATION")
    return {item["inferenceProfileName"] for item in listed["inferenceProfileSummaries"]}


def test_a_profile_is_found_by_its_arn_by_its_id_and_in_the_list_of_application_profiles(
    emulator, stack
):
    made = stack.apply(
        {"P": profile("found-everywhere", SYSTEM, Description="Writer: smart")},
        ref={"Ref": "P"},
        arn={"Fn::GetAtt": ["P", "InferenceProfileArn"]},
        id={"Fn::GetAtt": ["P", "InferenceProfileId"]},
        status={"Fn::GetAtt": ["P", "Status"]},
    )
    bedrock = emulator.client("bedrock")
    by_arn = bedrock.get_inference_profile(inferenceProfileIdentifier=made["arn"])
    by_id = bedrock.get_inference_profile(inferenceProfileIdentifier=made["id"])
    assert made["ref"] == made["arn"] == by_arn["inferenceProfileArn"]
    assert by_arn["inferenceProfileId"] == by_id["inferenceProfileId"] == made["id"]
    assert by_arn["models"] == [{"modelArn": SYSTEM}]
    assert made["status"] == "ACTIVE"
    assert names(emulator) == {"found-everywhere"}


def test_tags_change_in_place_and_a_tag_set_by_somebody_else_survives(emulator, stack):
    arn = {"arn": {"Ref": "P"}}
    before = stack.apply({"P": profile("tagged", tags={"bedrock:tool": "A", "old": "x"})}, **arn)
    bedrock = emulator.client("bedrock")
    state = [{"key": "finops:state", "value": "suspended"}]
    bedrock.tag_resource(resourceARN=before["arn"], tags=state)
    after = stack.apply({"P": profile("tagged", tags={"bedrock:tool": "B", "new": "y"})}, **arn)
    assert after == before
    own = {k: v for k, v in tags_of(emulator, after["arn"]).items() if not k.startswith("aws:")}
    assert own == {"bedrock:tool": "B", "new": "y", "finops:state": "suspended"}


def test_another_model_under_another_name_replaces_the_profile(emulator, stack):
    arn = {"arn": {"Ref": "P"}}
    before = stack.apply({"P": profile("smart-1")}, **arn)
    after = stack.apply({"P": profile("smart-2", SYSTEM)}, **arn)
    assert after != before
    assert names(emulator) == {"smart-2"}


def test_another_model_under_the_same_name_collides_and_is_rolled_back(emulator, stack):
    stack.apply({"P": profile("kept")}, arn={"Ref": "P"})
    with pytest.raises(StackError, match="named kept already exists"):
        stack.apply({"P": profile("kept", SYSTEM)}, arn={"Ref": "P"})
    assert names(emulator) == {"kept"}


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        (profile("double--dash"), "does not match"),
        (profile("a/b"), "does not match"),
        (profile("x" * 65), "does not match"),
        (
            profile(
                "of-a-profile", NOVA.replace("foundation-model", "application-inference-profile")
            ),
            "not a foundation model or a system profile",
        ),
        (profile("comma", Description="one, two"), "description"),
        (profile("bad-tag", tags={"k": "a,b"}), "character not allowed"),
    ],
)
def test_what_the_resource_schema_forbids_is_refused(stack, properties, reason):
    with pytest.raises(StackError, match=reason):
        stack.apply({"P": properties})


def test_a_call_goes_through_a_profile_and_not_through_one_that_is_gone(emulator, stack):
    arn = stack.apply({"P": profile("called")}, arn={"Ref": "P"})["arn"]
    runtime = emulator.client("bedrock-runtime")
    message = [{"role": "user", "content": [{"text": "hello there"}]}]
    answer = runtime.converse(modelId=arn, messages=message)
    assert answer["usage"]["inputTokens"] > 0
    stack.delete()
    with pytest.raises(ClientError, match="does not exist"):
        runtime.converse(modelId=arn, messages=message)
    assert names(emulator) == set()
