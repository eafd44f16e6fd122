"""What CloudFormation makes of templates, as far as IAM is concerned: names, ARNs, attachments."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.bedrock_calls import Profile
from local.simulator import Caller

ACCOUNT, REGION = "111122223333", "eu-west-1"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": None,
}
# The property that gives a resource of a type its name, where a template sets it.
_NAMED = {
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
}


@dataclass(frozen=True)
class DeployedStack:
    """One template with every token replaced by what it would be after deployment."""

    name: str
    template: Mapping[str, Any]
    exports: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for output in self.template.get("Outputs", {}).values():
            if "Export" in output:
                name = self.resolve(output["Export"]["Name"])
                self.exports[name] = self.resolve(output["Value"])

    def resources(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for logical_id, resource in self.template["Resources"].items():
            if resource["Type"] == kind:
                yield logical_id, self.resolve(resource.get("Properties", {}))

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((key, argument),) = value.items()
            if key == "Ref" or key.startswith("Fn::"):
                return self._function(key, argument)
        return {key: self.resolve(item) for key, item in value.items()}

    def role_arn(self, name: str) -> str | None:
        """ARN of a role of this stack, by its physical name."""
        for logical_id, properties in self.resources("AWS::IAM::Role"):
            if self.resolve({"Ref": logical_id}) == name:
                return f"arn:aws:iam::{ACCOUNT}:role{properties.get('Path', '/')}{name}"
        return None

    def _function(self, name: str, argument: Any) -> Any:
        if name == "Ref":
            return _PSEUDO[argument] if argument in _PSEUDO else self._ref(argument)
        if name == "Fn::GetAtt":
            return self._attribute(*argument)
        if name == "Fn::Sub":
            raise AssertionError(f"Fn::Sub is in no template of this library yet: {argument}")
        argument = self.resolve(argument)
        if name == "Fn::Join":
            return argument[0].join(argument[1])
        if name == "Fn::Select":
            return argument[1][int(argument[0])]
        if name == "Fn::Split":
            return argument[1].split(argument[0])
        if name == "Fn::ImportValue":
            return self.exports[argument]
        raise AssertionError(f"{name} is not understood")

    def _ref(self, logical_id: str) -> str:
        if logical_id in self.template.get("Parameters", {}):
            return f"parameter-{logical_id}"
        resource = self.template["Resources"][logical_id]
        properties = resource.get("Properties", {})
        named = _NAMED.get(resource["Type"], "")
        if named in properties:
            return str(self.resolve(properties[named]))
        return f"{self.name}-{logical_id}"

    def _attribute(self, logical_id: str, attribute: str) -> str:
        kind = self.template["Resources"][logical_id]["Type"]
        if kind == "AWS::Bedrock::ApplicationInferenceProfile":
            name = f"{self.name}/{logical_id}".encode()
            profile_id = hashlib.sha256(name).hexdigest()[:12]
            if attribute == "InferenceProfileArn":
                return _regional("bedrock", f"application-inference-profile/{profile_id}")
            return profile_id
        physical = self._ref(logical_id)
        if kind == "AWS::IAM::Role" and attribute == "Arn":
            return str(self.role_arn(physical))
        if kind == "AWS::Logs::LogGroup" and attribute == "Arn":
            return _regional("logs", f"log-group:{physical}:*")
        if kind == "AWS::Lambda::Function" and attribute == "Arn":
            return _regional("lambda", f"function:{physical}")
        return f"{physical}.{attribute}"


class Deployment:
    """Stacks deployed one after the other into one account and Region, callers and all."""

    def __init__(self, templates: Mapping[str, Mapping[str, Any]]) -> None:
        exports: dict[str, Any] = {}
        self.stacks = [DeployedStack(n, template, exports) for n, template in templates.items()]

    def profile(self, tenant: str, alias: str) -> Profile:
        """The profile of an alias, with the tags it is deployed or adopted with."""
        wanted = {"finops:tenant": tenant, "finops:alias": alias}
        for stack in self.stacks:
            for logical_id, properties in stack.resources(
                "AWS::Bedrock::ApplicationInferenceProfile"
            ):
                tags = {tag["Key"]: tag["Value"] for tag in properties["Tags"]}
                if wanted.items() <= tags.items():
                    arn = stack.resolve({"Fn::GetAtt": [logical_id, "InferenceProfileArn"]})
                    source = properties["ModelSource"]["CopyFrom"]
                    return Profile(arn=arn, tags=tags, copied_from=source)
        raise AssertionError(f"no profile {alias!r} of tenant {tenant!r}")

    def caller(self, role: str) -> Caller:
        """A role by its physical name, with everything the stacks attach to it."""
        arns = [arn for stack in self.stacks if (arn := stack.role_arn(role))]
        arns += [
            properties["Value"].split('"role_arn":"')[1].split('"')[0]
            for stack in self.stacks
            for _, properties in stack.resources("AWS::SSM::Parameter")
            if f'/{role}"' in properties["Value"]
        ]
        policies: dict[str, Any] = {}
        for stack in self.stacks:
            for name, document in (*_inline(stack, role), *_managed(stack, role)):
                assert name not in policies, f"{name} of one stack overwrites another's"
                policies[name] = document
        assert arns, f"no stack knows role {role}"
        assert policies, f"nothing is attached to role {role}"
        return Caller(arn=arns[0], policies=policies)

    def suspension_policy(self, tenant: str) -> tuple[str, Mapping[str, Any]]:
        """Name and document of what the kill switch attaches; attached to nobody so far."""
        ending = f"finops-suspension-{REGION}-{tenant}"
        for stack in self.stacks:
            for _, properties in stack.resources("AWS::IAM::ManagedPolicy"):
                if properties.get("ManagedPolicyName") == ending:
                    assert not properties.get("Roles")
                    return ending, properties["PolicyDocument"]
        raise AssertionError(f"tenant {tenant} has no suspension policy")


def _inline(stack: DeployedStack, role: str) -> Iterator[tuple[str, Any]]:
    for _, properties in stack.resources("AWS::IAM::Policy"):
        if role in properties.get("Roles", []):
            yield properties["PolicyName"], properties["PolicyDocument"]
    for _, properties in stack.resources("AWS::IAM::RolePolicy"):
        if role == properties["RoleName"]:
            yield properties["PolicyName"], properties["PolicyDocument"]
    for logical_id, properties in stack.resources("AWS::IAM::Role"):
        if role == stack.resolve({"Ref": logical_id}):
            for policy in properties.get("Policies", []):
                yield policy["PolicyName"], policy["PolicyDocument"]


def _managed(stack: DeployedStack, role: str) -> Iterator[tuple[str, Any]]:
    for logical_id, properties in stack.resources("AWS::IAM::ManagedPolicy"):
        if role in properties.get("Roles", []):
            yield f"{stack.name}/{logical_id}", properties["PolicyDocument"]


def _regional(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"
