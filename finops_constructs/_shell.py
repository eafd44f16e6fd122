"""Constructs that enter the CDK's tree only when somebody looks for them there.

On a sheet a construct defines nothing below itself, and 16 of them a tenant are 16 calls into Node
for nothing.
"""

from typing import Any

import jsii
from constructs import Construct
from jsii._reference_map import register_reference

from finops_constructs._place import settle
from finops_constructs._sheet import is_written

_REFERENCE = "__jsii_ref__"


class _ShellMeta(jsii.JSIIMeta):
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - a metaclass's is a class
        made = type.__call__(cls, *args, **kwargs)
        if _REFERENCE in vars(made):
            register_reference(made)
        return made


class Shell(Construct, metaclass=_ShellMeta):
    """A construct whose resources may be on a sheet; it then is made when the CDK first needs it.

    It does need it as soon as something is defined below it, or its node is asked for.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        """Note where the construct is, and make it unless the stack's resources are on a sheet."""
        settle(self, scope, id)
        if is_written(scope):
            self._scope_and_id = scope, id
        else:
            super().__init__(scope, id)

    def __getattr__(self, name: str) -> Any:
        """Make the construct when jsii looks for its reference."""
        if name != _REFERENCE or "_scope_and_id" not in vars(self):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        Construct.__init__(self, *vars(self).pop("_scope_and_id"))
        register_reference(self)
        return vars(self)[_REFERENCE]
