import subprocess
import sys

import pytest

from local.cdk import Cdk, CdkError

pytestmark = pytest.mark.emulator

FUNCTION = """
import json, urllib.request
import boto3

def handler(event, context):
    asked = event["ResourceProperties"]
    boto3.client("ssm").put_parameter(
        Name=f"/cdk/{asked['tenant']}/{event['RequestType']}", Type="String", Value="told")
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": asked["tenant"]}
    urllib.request.urlopen(urllib.request.Request(
        event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT"))
"""
APP = """
import sys
from aws_cdk import App, CustomResource, Environment, Stack, aws_bedrock, aws_lambda

out, code, name = sys.argv[1:]
app = App(outdir=out, builtin_cloud_formation_validation=False)
for region in ("eu-west-1", "eu-west-2"):
    stack = Stack(app, f"tiny-{region}", env=Environment(account="111122223333", region=region))
    function = aws_lambda.Function(
        stack, "Function", runtime=aws_lambda.Runtime.PYTHON_3_13, handler="index.handler",
        code=aws_lambda.Code.from_asset(code))
    source = aws_bedrock.CfnApplicationInferenceProfile.InferenceProfileModelSourceProperty(
        copy_from=f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-lite-v1:0")
    profile = aws_bedrock.CfnApplicationInferenceProfile(
        stack, "Profile", inference_profile_name=name, model_source=source)
    release = CustomResource(
        stack, "Release", service_token=function.function_arn,
        resource_type="Custom::FinOpsTenantRelease", properties={"tenant": "writer"})
    release.node.add_dependency(profile)
app.synth()
"""


@pytest.fixture(scope="module")
def synthesize(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    code = folder / "code"
    code.mkdir()
    (code / "index.py").write_text(FUNCTION)

    def run(name):
        out = folder / f"out-{name}"
        subprocess.run([sys.executable, "-c", APP, out, code, name], check=True, timeout=120)
        return out

    return run


def told(emulator, region):
    read = emulator.client("ssm", region).get_parameters_by_path(Path="/cdk/writer")["Parameters"]
    return sorted(item["Name"].rsplit("/", 1)[1] for item in read)


def profiles(emulator, region):
    bedrock = emulator.client("bedrock", region)
    listed = bedrock.list_inference_profiles(typeEquals="APPLICATION")
    return [item["inferenceProfileName"] for item in listed["inferenceProfileSummaries"]]


def test_the_real_cli_bootstraps_deploys_and_destroys_in_two_regions_and_says_why_it_fails(
    emulator, synthesize, tmp_path, capsys
):
    cdk = Cdk(emulator, tmp_path)
    regions = ["eu-west-1", "eu-west-2"]
    cdk.bootstrap(regions)
    assembly = synthesize("tiny")
    cdk.deploy(assembly)
    assert "tiny-eu-west-2" in capsys.readouterr().out
    assert "CREATE_COMPLETE" in (tmp_path / "cdk-deploy.log").read_text()
    for region in regions:
        assert profiles(emulator, region) == ["tiny"]
        assert told(emulator, region) == ["Create"]

    with pytest.raises(CdkError, match=r"cdk-deploy\.log:(.|\n)*does not match"):
        cdk.deploy(synthesize("not--a--name"), "tiny-eu-west-1")
    assert profiles(emulator, "eu-west-1") == ["tiny"]

    cdk.destroy(assembly)
    for region in regions:
        assert profiles(emulator, region) == []
        assert told(emulator, region) == ["Create", "Delete"]
