"""A drill against the emulator's own Bedrock, registry and IAM; the switch is a stand-in."""

import json
from contextlib import contextmanager

import pytest

from finops_constructs.operations.aws import Aws
from finops_constructs.operations.drill import Drill
from finops_constructs.operations.drill_report import Verdict
from local.emulator import Emulator
from tests.operations.fake_aws import SwitchedPlatform, profile_entry
from tests.operations.fake_platform import served, status

pytestmark = pytest.mark.emulator
SOURCE = (
    "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/"
    "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
)


class _Switch(SwitchedPlatform):
    """Flips the tag that the emulator's registry leads to."""

    def __init__(self, emulator):
        super().__init__(None)
        self._bedrock = emulator.client("bedrock")
        self._ssm = emulator.client("ssm")

    def _act(self, body):
        path = f"/finops/writer/profiles/{body['alias']}"
        entry = json.loads(self._ssm.get_parameter(Name=path)["Parameter"]["Value"])
        assert entry["canary"] is True
        stops = body["command"] == "suspend"
        value = "suspended" if stops else "active"
        self._bedrock.tag_resource(
            resourceARN=entry["profile_arn"], tags=[{"key": "finops:state", "value": value}]
        )
        aliases = {"smart": "active", body["alias"]: "applied" if stops else "active"}
        self.tenants["writer"] = status(aliases=aliases, decided=1)


@pytest.fixture(scope="module")
def emulator():
    with Emulator() as running:
        yield running


@pytest.fixture
def deployed(emulator):
    """A tenant with one profile and one caller role; everything goes afterwards."""
    bedrock, iam, ssm = (emulator.client(name) for name in ("bedrock", "iam", "ssm"))
    made = bedrock.create_inference_profile(
        inferenceProfileName="writer-smart", modelSource={"copyFrom": SOURCE}
    )
    arn = made["inferenceProfileArn"]
    role = iam.create_role(
        RoleName="writer-app",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}),
    )["Role"]["Arn"]
    entries = {
        "profiles/smart": profile_entry("smart") | {"profile_arn": arn},
        "callers/abc": {"role_arn": role},
    }
    for path, value in entries.items():
        ssm.put_parameter(
            Name=f"/finops/writer/{path}", Type="String", Value=json.dumps(value), Overwrite=True
        )
    yield arn
    bedrock.delete_inference_profile(inferenceProfileIdentifier=arn)
    iam.delete_role(RoleName="writer-app")


@contextmanager
def _drill(emulator, monkeypatch):
    for name, value in emulator.env.items():
        monkeypatch.setenv(name, value)
    with served(_Switch(emulator).answer) as (url, _):
        emulator.client("ssm").put_parameter(
            Name="/finops/_platform/commands",
            Type="String",
            Value=json.dumps({"function_url": url, "function_name": "finops-commands"}),
            Overwrite=True,
        )
        yield Drill(Aws(endpoint_url=emulator.endpoint_url), tenant="writer", timeout_seconds=10)


def _profiles(emulator):
    found = emulator.client("bedrock").list_inference_profiles(typeEquals="APPLICATION")
    return [each["inferenceProfileName"] for each in found["inferenceProfileSummaries"]]


def test_a_drill_holds_and_leaves_the_account_as_it_was(emulator, deployed, monkeypatch):
    with _drill(emulator, monkeypatch) as drill:
        report = drill.run()
    assert report.held, report.checks
    assert [hop.name for hop in report.hops][-1] == "resume: active"
    assert _profiles(emulator) == ["writer-smart"]
    paths = emulator.client("ssm").get_parameters_by_path(Path="/finops/writer", Recursive=True)
    assert sorted(each["Name"] for each in paths["Parameters"]) == [
        "/finops/writer/callers/abc",
        "/finops/writer/profiles/smart",
    ]


def test_a_simulator_that_does_not_heed_tags_is_never_passed_in_silence(
    emulator, deployed, monkeypatch
):
    emulator.client("iam").put_role_policy(
        RoleName="writer-app",
        PolicyName="calls",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": "*"}
                ],
            }
        ),
    )
    with _drill(emulator, monkeypatch) as drill:
        report = drill.run()
    emulator.client("iam").delete_role_policy(RoleName="writer-app", PolicyName="calls")
    (check,) = [c for c in report.checks if c.name.startswith("role writer-app")]
    assert check.verdict is not Verdict.HELD
    assert check.detail


def test_a_caller_that_a_stop_would_not_reach_is_a_failure_of_the_drill(
    emulator, deployed, monkeypatch
):
    partner = "arn:aws:iam::999999999999:role/partner"
    emulator.client("ssm").put_parameter(
        Name="/finops/writer/callers/def", Type="String", Value=json.dumps({"role_arn": partner})
    )
    with _drill(emulator, monkeypatch) as drill:
        report = drill.run()
    emulator.client("ssm").delete_parameter(Name="/finops/writer/callers/def")
    verdicts = {c.name: (c.verdict, c.detail) for c in report.checks}
    assert verdicts["a stop would reach writer-app"] == (Verdict.HELD, "")
    verdict, detail = verdicts["a stop would reach partner"]
    assert verdict is Verdict.FAILED
    assert "is no role of account 111122223333" in detail
    assert not report.held


def test_ctrl_c_leaves_the_account_as_it_was(emulator, deployed, monkeypatch):
    with _drill(emulator, monkeypatch) as drill:

        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(drill, "_ask_the_simulator", interrupted)
        with pytest.raises(KeyboardInterrupt):
            drill.run()
    assert _profiles(emulator) == ["writer-smart"]
    assert drill.report.checks[-1].verdict is Verdict.HELD
