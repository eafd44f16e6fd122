"""The parts of a platform in one small stack, as an app team would put them together."""

from dataclasses import dataclass
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_kms as kms

from finops_constructs import AlertKey, AlertTopic, KillSwitch, SpendMeter, WakeQueue
from tests.stacks_under_test import new_stack, resources


@dataclass(frozen=True)
class PlatformParts:
    stack: Stack
    key: kms.Key
    queue: WakeQueue
    alerts: AlertTopic
    meter: SpendMeter
    switch: KillSwitch


def platform_parts(
    name: str = "Platform", *, region: str = "eu-west-1", **switch: Any
) -> PlatformParts:
    stack = new_stack(name, region=region)
    key = AlertKey(stack, "Key").key
    queue = WakeQueue(stack, "WakeQueue")
    alerts = AlertTopic(stack, "Alerts", key=key, wake=False)
    meter = SpendMeter(stack, "Meter", wake_queue=queue, encryption_key=key)
    return PlatformParts(
        stack=stack,
        key=key,
        queue=queue,
        alerts=alerts,
        meter=meter,
        switch=KillSwitch(stack, "Switch", wake_queue=queue, meter=meter, alerts=alerts, **switch),
    )


def by_id(stack: Stack, kind: str, prefix: str) -> dict[str, Any]:
    """The properties of the one resource of a type whose logical id begins so."""
    found = {k: r for k, r in resources(stack, kind).items() if k.startswith(prefix)}
    assert len(found) == 1, f"{sorted(found)} of {kind} begin with {prefix}"
    (resource,) = found.values()
    properties: dict[str, Any] = resource["Properties"]
    return properties


def resource_by_id(stack: Stack, kind: str, prefix: str) -> dict[str, Any]:
    """The same with its attributes, such as its deletion policy."""
    found = [r for k, r in resources(stack, kind).items() if k.startswith(prefix)]
    assert len(found) == 1, f"{len(found)} of {kind} begin with {prefix}"
    resource: dict[str, Any] = found[0]
    return resource
