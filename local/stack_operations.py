"""CloudFormation answers an operation when it is over, so that nobody sleeps between two looks.

AWS answers at once and works on; the CDK CLI then looks every five seconds, which for stacks that
are done in one is most of a deployment's time. After twenty seconds it is answered meanwhile.
"""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any, Final

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, stacks

_LONGEST_SECONDS: Final = 20.0
_begun: ContextVar[list[asyncio.Task[None]] | None] = ContextVar("begun", default=None)
_ministack_handle_request = cloudformation.handle_request


def install() -> None:
    """Let every operation on a stack be awaited by the request that asked for it."""
    for module in (changesets, handlers, stacks):
        module._create_stack_task_in_region = _begin
    cloudformation.handle_request = _handle_request


def _begin(
    operation: Coroutine[Any, Any, None], stack: dict[str, Any] | None, stack_id: str | None = None
) -> None:
    with stacks._stack_region_context(stack, stack_id):
        task = asyncio.get_running_loop().create_task(operation)
    begun = _begun.get()
    if begun is not None:
        begun.append(task)


async def _handle_request(*request: Any) -> Any:
    begun: list[asyncio.Task[None]] = []
    _begun.set(begun)
    answer = await _ministack_handle_request(*request)
    if begun:
        await asyncio.wait(begun, timeout=_LONGEST_SECONDS)
    return answer
