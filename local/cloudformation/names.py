"""Resources whose name is taken: CloudFormation refuses to create them, ministack takes over."""

from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch_logs, eventbridge, lambda_svc, sns, sqs
from ministack.services.cloudformation import provisioners

from local.cloudformation.resource_type import Properties, Provisioned
from local.service_calls import ServiceCallError

_TAKEN: dict[str, tuple[str, Callable[[str], bool]]] = {
    "AWS::Events::Rule": (
        "Name",
        lambda name: eventbridge._rule_key(name, "default") in eventbridge._rules,
    ),
    "AWS::Lambda::Function": ("FunctionName", lambda name: name in lambda_svc._functions),
    "AWS::Logs::LogGroup": ("LogGroupName", lambda name: name in cloudwatch_logs._log_groups),
    "AWS::SNS::Topic": (
        "TopicName",
        lambda name: any(arn.endswith(f":{name}") for arn in sns._topics),
    ),
    "AWS::SQS::Queue": ("QueueName", lambda name: name in sqs._queue_name_to_url),
}


def refuse_taken_names() -> None:
    """Let a resource be created only where nothing has its name; rules on the default bus."""
    for resource_type, (name_property, taken) in _TAKEN.items():
        handlers: dict[str, Any] = provisioners._RESOURCE_HANDLERS[resource_type]
        handlers["create"] = _checked(resource_type, handlers["create"], name_property, taken)


def _checked(
    resource_type: str,
    create: Callable[[str, Properties, str], Provisioned],
    name_property: str,
    taken: Callable[[str], bool],
) -> Callable[[str, Properties, str], Provisioned]:
    def checked(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        name = properties.get(name_property)
        if name and taken(name):
            raise ServiceCallError(
                f"Resource of type '{resource_type}' with identifier '{name}' already exists."
            )
        return create(logical_id, properties, stack_name)

    return checked
