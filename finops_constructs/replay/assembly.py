"""What a synthesized app declares of one tenant: its registry entries and its burst alarms."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from finops_constructs.checks.template import Resource, Template, read_templates
from finops_constructs.checks.text import TOKEN, display, render

_ROOT: Final = "/finops/"
_ALARM: Final = "AWS::CloudWatch::Alarm"
_PARAMETER: Final = "AWS::SSM::Parameter"


class AssemblyError(ValueError):
    """The assembly cannot be replayed; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesizedAlarm:
    """A CloudWatch alarm as the template has it, with what only a deployment knows made up."""

    name: str
    logical_id: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantAssembly:
    """One tenant in a cloud assembly.

    Attributes:
        entries: Registry entries by path, as SSM would return them after the deployment.
        alarms: Every alarm of the app that has a name, by name.
        stack: The file of the template that holds the tenant's policy.
    """

    entries: Mapping[str, str]
    alarms: Mapping[str, SynthesizedAlarm]
    stack: str


def read_tenant(assembly: Path, tenant: str) -> TenantAssembly:
    """Return what the assembly declares of `tenant`.

    ARNs and ids that only a deployment knows are made up, the same for the same resource.

    Args:
        assembly: The folder that `cdk synth` or `python app.py` wrote, or one within it.
        tenant: The tenant's id.

    Raises:
        AssemblyError: If there is no assembly, no such tenant, or more than one.
    """
    resources = [each for template in _templates(assembly) for each in template.resources()]
    parameters = [each for each in resources if each.type == _PARAMETER]
    policies = [each for each in parameters if _name(each) == f"{_ROOT}{tenant}/policy"]
    if len(policies) != 1:
        raise AssemblyError(_no_single_tenant(assembly, tenant, policies, parameters))
    home = policies[0].template
    prefix = f"{_ROOT}{tenant}/"
    return TenantAssembly(
        entries={
            name: _known(each.text("Value"), each.template, in_json=True)
            for each in parameters
            if (name := _name(each)).startswith(prefix)
        },
        alarms={
            alarm.name: alarm
            for each in resources
            if each.type == _ALARM and each.properties.get("AlarmName") is not None
            for alarm in [_alarm(each)]
        },
        stack=Path(home.path).name,
    )


def _templates(assembly: Path) -> list[Template]:
    # Nested stacks are read with the templates that hold them.
    paths = sorted(
        str(path)
        for path in assembly.rglob("*.template.json")
        if not path.name.endswith(".nested.template.json")
    )
    if not paths:
        raise AssemblyError(f"{assembly}: no templates here; synthesize first: python app.py")
    try:
        return read_templates(paths)
    except (json.JSONDecodeError, KeyError, AttributeError, TypeError) as error:
        raise AssemblyError(f"{assembly}: not a cloud assembly: {error!r}") from None


def _name(parameter: Resource) -> str:
    return _known(parameter.text("Name"), parameter.template)


def _no_single_tenant(
    assembly: Path, tenant: str, found: Sequence[Resource], parameters: Sequence[Resource]
) -> str:
    if found:
        stacks = ", ".join(sorted(Path(each.template.path).name for each in found))
        return (
            f"{assembly}: tenant {tenant!r} is in several stacks ({stacks}); give --assembly the "
            "folder of one stage, or synthesize one Region"
        )
    names = [_name(each) for each in parameters]
    tenants = sorted(
        {
            name.removeprefix(_ROOT).removesuffix("/policy")
            for name in names
            if name.startswith(_ROOT) and name.endswith("/policy")
        }
    )
    return f"{assembly}: no tenant {tenant!r} (there: {', '.join(tenants) or 'none'})"


def _alarm(resource: Resource) -> SynthesizedAlarm:
    def resolved(value: object) -> Any:
        if isinstance(value, list):
            return [resolved(each) for each in value]
        if isinstance(value, Mapping) and not _is_function(value):
            return {key: resolved(each) for key, each in value.items()}
        if isinstance(value, str | Mapping):
            return _known(render(value, resource.template), resource.template)
        return value

    properties = {key: resolved(value) for key, value in resource.properties.items()}
    return SynthesizedAlarm(
        name=properties["AlarmName"], logical_id=resource.id, properties=properties
    )


def _is_function(value: Mapping[str, object]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))


def _known(text: str, template: Template, *, in_json: bool = False) -> str:
    """Replace what only the deployment knows by something that looks like it."""

    def made_up(token: str) -> str:
        region, account = template.region or "us-east-1", template.account or "000000000000"
        pseudo = {"AWS::Region": region, "AWS::AccountId": account, "AWS::Partition": "aws"}
        if token in pseudo:
            return pseudo[token]
        logical_id, _, attribute = token.rpartition("#")[2].partition(".")
        if attribute == "InferenceProfileArn":
            kind = "application-inference-profile"
            return f"arn:aws:bedrock:{region}:{account}:{kind}/{logical_id.lower()}"
        if attribute in {"InferenceProfileId", "InferenceProfileIdentifier"}:
            return logical_id.lower()
        shown = display(token)
        return json.dumps(shown)[1:-1] if in_json else shown

    return TOKEN.sub(lambda match: made_up(match[1]), text)
