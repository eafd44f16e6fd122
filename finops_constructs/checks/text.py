"""CloudFormation values as text: what is known at synth stays readable, the rest is marked.

A value that only the deployment knows becomes a marked token, whose name is equal wherever it
means the same thing, also across the stacks of one app.
"""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from finops_constructs.checks.template import Template

_OPEN: Final = "\ue000"
_CLOSE: Final = "\ue001"
TOKEN: Final = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_SUB_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


def token(name: str) -> str:
    """Return the mark of a value known only at deployment."""
    return f"{_OPEN}{name}{_CLOSE}"


def has_token(text: str) -> bool:
    """Return whether any part of the text is known only at deployment."""
    return _OPEN in text


def display(text: str) -> str:
    """Return the text as a person would write it, `${Name}` for a token."""
    return TOKEN.sub(lambda match: "${" + match[1].rpartition("#")[2] + "}", text)


def render(value: object, template: "Template") -> str:
    """Return a template value as text.

    Args:
        value: A literal or an intrinsic function.
        template: The template it is written in.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and len(value) == 1:
        name, argument = next(iter(value.items()))
        known = _FUNCTIONS.get(name)
        rendered = known(argument, template) if known else None
        if rendered is not None:
            return rendered
    return _opaque(value) if isinstance(value, Mapping | list) else json.dumps(value)


def _opaque(value: object) -> str:
    # Without quotes and backslashes, so that it may stand in a JSON string.
    return token(json.dumps(value, sort_keys=True).replace('"', "'").replace("\\", "/"))


def _join(argument: object, template: "Template") -> str | None:
    match argument:
        case [str(separator), list(parts)]:
            return separator.join(render(part, template) for part in parts)
    return None


def _sub(argument: object, template: "Template") -> str | None:
    variables: Mapping[str, object] = {}
    match argument:
        case str(text):
            pass
        case [str(text), dict(variables)]:
            pass
        case _:
            return None

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in variables:
            return render(variables[name], template)
        logical_id, dot, attribute = name.partition(".")
        return _get_att([logical_id, attribute], template) if dot else _ref(name, template)

    return _SUB_VARIABLE.sub(replace, text)


def _ref(argument: object, template: "Template") -> str:
    name = str(argument)
    known = template.pseudo_parameters.get(name)
    if known is not None:
        return known
    if name in template.arguments:
        return render(template.arguments[name], template.parent or template)
    return token(name if name.startswith("AWS::") else f"{template.path}#{name}")


def _get_att(argument: object, template: "Template") -> str:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    match parts:
        case [str(logical_id), str(attribute)]:
            child = template.children.get(logical_id)
            output = child and child.outputs.get(attribute.removeprefix("Outputs."))
            if child and isinstance(output, Mapping) and "Value" in output:
                return render(output["Value"], child)
            return token(f"{template.path}#{logical_id}.{attribute}")
    return _opaque({"Fn::GetAtt": argument})


def _import_value(argument: object, template: "Template") -> str | None:
    export = template.exports.get(render(argument, template))
    return render(export[1], export[0]) if export else None


_FUNCTIONS: Final = {
    "Fn::GetAtt": _get_att,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Sub": _sub,
    "Ref": _ref,
}
