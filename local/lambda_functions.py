"""Functions whose failures CloudFormation hears of, and that do not end their namesakes' runs.

A custom resource fails with its function instead of waiting an hour for an answer. And a function
that CloudFormation makes ends no run of its namesake in another Region.
"""

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

_ministack_execute = lambda_svc._execute_function_with_config_scope
_ministack_invalidate = lambda_svc.invalidate_worker


def install() -> None:
    """Answer CloudFormation for a function that broke before it did; keep Regions apart."""
    lambda_svc._execute_function_with_config_scope = _execute
    lambda_svc.invalidate_worker = _invalidate


def _execute(function: dict[str, Any], event: Any, *rest: Any, **options: Any) -> Any:
    result = _ministack_execute(function, event, *rest, **options)
    if isinstance(event, dict) and "ResponseURL" in event and result.get("error"):
        custom_resource.deliver_response(
            event["ResponseURL"].rsplit("/", 1)[-1],
            {"Status": "FAILED", "Reason": f"the function failed: {result.get('body')}"},
        )
    return result


def _invalidate(name: str, qualifier: str | None = None, **place: str | None) -> None:
    here = {"account": get_account_id(), "region": get_region()}
    _ministack_invalidate(name, qualifier, **{key: place.get(key) or here[key] for key in here})
