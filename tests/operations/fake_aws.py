# ruff: noqa: N803 - boto3's own spelling
"""Registry, profiles and roles of one tenant in memory, for drills; calls can be made to fail."""

import json
from types import SimpleNamespace
from typing import Any

import botocore.exceptions

from tests.operations.fake_platform import ACTOR, FakePlatform, iso, status

REGION = "eu-west-1"
PREFIX = f"arn:aws:bedrock:{REGION}:111122223333:application-inference-profile/"
ROLE = "arn:aws:iam::111122223333:role/apps/writer-app"
POLICY = "arn:aws:iam::111122223333:policy/finops/suspension/eu-west-1/writer"


class NotFoundError(Exception):
    pass


def denied(operation):
    error: Any = {"Code": "AccessDenied", "Message": f"not authorized: {operation}"}
    return botocore.exceptions.ClientError({"Error": error}, operation)


def profile_entry(alias, model="eu.anthropic.claude-sonnet-4-5-20250929-v1:0"):
    return {
        "schema_version": 1,
        "tenant": "writer",
        "alias": alias,
        "base_model_id": model.removeprefix("eu."),
        "model_source": model,
        "scope": "eu",
        "cost_tags": {"bedrock:tool": "writer"},
        "metered": True,
        "region": REGION,
        "profile_arn": f"{PREFIX}{alias}",
        "profile_id": alias,
        "price": {"rates": {"input": "3"}},
        "hourly_cap_usd": "20.83",
        "burst_alarm_name": f"finops-burst-{REGION}-writer-{alias}",
    }


class FakeAws:
    """Gives clients as `Aws` does; `failing` maps an operation to what it raises, or a count."""

    region = REGION

    def __init__(self):
        self.parameters = {
            "/finops/writer/policy": {"suspension_policy_arn": POLICY},
            "/finops/writer/profiles/smart": profile_entry("smart"),
            "/finops/writer/profiles/fast": profile_entry("fast", "amazon.nova-lite-v1:0"),
            "/finops/writer/callers/abc": {"role_arn": ROLE},
        }
        self.profiles: dict[str, dict[str, Any]] = {
            f"{PREFIX}{a}": {"name": f"writer-{a}", "tags": {}} for a in ("smart", "fast")
        }
        self.created = []
        self.attached = []
        self.managed_policies: list[str] = []
        """What the role `writer-app` has beside its suspension policy."""
        self.calls = []
        self.failing = {}
        self.simulate = lambda state, _arn: "explicitDeny" if state == "suspended" else "allowed"
        self.heeds_tags = True

    def client(self, service):
        return {"bedrock": _Bedrock, "ssm": _Ssm, "iam": _Iam}[service](self)

    def called(self, operation):
        self.calls.append(operation)
        failure = self.failing.get(operation)
        if failure is not None:
            raise failure

    def state(self, arn):
        return self.profiles[arn]["tags"].get("finops:state")

    @property
    def left_over(self):
        """What a drill left: profiles and entries of canaries."""
        profiles = [each["name"] for each in self.profiles.values() if "drill-" in each["name"]]
        return profiles + [path for path in self.parameters if "drill-" in path]


class _Client:
    def __init__(self, aws):
        self._aws = aws
        self.exceptions = SimpleNamespace(
            NoSuchEntityException=NotFoundError, ResourceNotFoundException=NotFoundError
        )

    def get_paginator(self, name):
        def paginate(**arguments):
            self._aws.called(name)
            return [getattr(self, f"_{name}")(**arguments)]

        return SimpleNamespace(paginate=paginate)


class _Bedrock(_Client):
    def create_inference_profile(self, *, inferenceProfileName, tags, **rest):
        self._aws.called("create_inference_profile")
        arn = f"{PREFIX}{inferenceProfileName.rsplit('-', 1)[-1]}"
        self._aws.created.append({"name": inferenceProfileName, "tags": tags} | rest)
        self._aws.profiles[arn] = {
            "name": inferenceProfileName,
            "tags": {tag["key"]: tag["value"] for tag in tags},
        }
        return {"inferenceProfileArn": arn}

    def delete_inference_profile(self, *, inferenceProfileIdentifier):
        self._aws.called("delete_inference_profile")
        if self._aws.profiles.pop(inferenceProfileIdentifier, None) is None:
            raise NotFoundError

    def list_tags_for_resource(self, *, resourceARN):
        self._aws.called("list_tags_for_resource")
        tags = self._aws.profiles[resourceARN]["tags"]
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def _list_inference_profiles(self, **_):
        return {
            "inferenceProfileSummaries": [
                {"inferenceProfileName": each["name"], "inferenceProfileArn": arn}
                for arn, each in self._aws.profiles.items()
            ]
        }


class _Ssm(_Client):
    def _get_parameters_by_path(self, **_):
        return {
            "Parameters": [
                {"Name": name, "Value": json.dumps(value)}
                for name, value in self._aws.parameters.items()
            ]
        }

    def put_parameter(self, *, Name, Value, **_):
        self._aws.called("put_parameter")
        self._aws.parameters[Name] = json.loads(Value)

    def delete_parameters(self, *, Names):
        self._aws.called("delete_parameters")
        for name in Names:
            self._aws.parameters.pop(name, None)

    def get_parameters(self, *, Names):
        return {"Parameters": [{"Name": n} for n in Names if n in self._aws.parameters]}


class _Iam(_Client):
    def get_role(self, *, RoleName):
        self._aws.called("get_role")
        if not ROLE.endswith(f"/{RoleName}"):
            raise NotFoundError
        return {"Role": {"Arn": ROLE}}

    def get_account_summary(self):
        return {"SummaryMap": {"AttachedPoliciesPerRoleQuota": 10}}

    def _list_attached_role_policies(self, **_):
        return {"AttachedPolicies": [{"PolicyArn": arn} for arn in self._aws.managed_policies]}

    def _list_role_policies(self, **_):
        return {"PolicyNames": []}

    def _list_entities_for_policy(self, **_):
        return {"PolicyRoles": [{"RoleName": name} for name in self._aws.attached]}

    def _simulate_principal_policy(self, *, ActionNames, ResourceArns, ContextEntries, **_):
        tags = {each["ContextKeyName"]: each["ContextKeyValues"] for each in ContextEntries}
        (state,) = tags["aws:ResourceTag/finops:state"]
        assert tags["aws:ResourceTag/finops:tenant"] == ["writer"]
        return {
            "EvaluationResults": [
                {
                    "EvalActionName": action,
                    "EvalResourceName": arn,
                    "EvalDecision": self._aws.simulate(state, arn),
                }
                for arn in ResourceArns
                for action in ActionNames
            ]
        }

    def simulate_custom_policy(self, **_):
        self._aws.called("simulate_custom_policy")
        decision = "explicitDeny" if self._aws.heeds_tags else "allowed"
        return {"EvaluationResults": [{"EvalDecision": decision}]}


class SwitchedPlatform(FakePlatform):
    """A platform whose kill switch looks at once and flips the tags of `aws`."""

    def __init__(self, aws):
        super().__init__()
        self.aws = aws
        self.stopped = set()
        self.answers_in = 0
        """How many questions are answered before the switch has acted."""

    def answer(self, body):
        code, content = super().answer(body)
        if code == 200 and body["command"] in {"suspend", "resume"}:
            self._act(body)
        return code, content

    def _act(self, body):
        arn = self.aws.parameters[f"/finops/writer/profiles/{body['alias']}"]["profile_arn"]
        stops = body["command"] == "suspend"
        self.aws.profiles[arn]["tags"]["finops:state"] = "suspended" if stops else "active"
        aliases = {"smart": "active", "fast": "active"}
        aliases[body["alias"]] = "applied" if stops else "active"
        self.tenants["writer"] = status(aliases=aliases, decided=1)


__all__ = ["ACTOR", "FakeAws", "SwitchedPlatform", "denied", "iso"]
