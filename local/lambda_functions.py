"""Custom resources that fail with their function instead of waiting an hour for an answer."""

from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

_ministack_execute = lambda_svc._execute_function_with_config_scope


def install() -> None:
    """Answer CloudFormation for a function that broke before it did."""
    lambda_svc._execute_function_with_config_scope = _execute


def _execute(function: dict[str, Any], event: Any, *rest: Any, **options: Any) -> Any:
    result = _ministack_execute(function, event, *rest, **options)
    if isinstance(event, dict) and "ResponseURL" in event and result.get("error"):
        custom_resource.deliver_response(
            event["ResponseURL"].rsplit("/", 1)[-1],
            {"Status": "FAILED", "Reason": f"the function failed: {result.get('body')}"},
        )
    return result
