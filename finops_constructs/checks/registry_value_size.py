"""A standard SSM parameter holds 4 KB; a larger one fails in the middle of a deployment."""

import re
from typing import Final

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.rule import Finding, Rule, finding
from finops_constructs.checks.text import TOKEN

MAX_VALUE_BYTES: Final = 4096
_TOKEN_BYTES: Final = 256
# The longest that these can get; what else is unknown counts _TOKEN_BYTES.
_KNOWN_BYTES: Final = {"AWS::AccountId": 12, "AWS::Region": 20, "AWS::Partition": 12}


def _find(assembly: Assembly) -> list[Finding]:
    findings = []
    for parameter in assembly.of_type("AWS::SSM::Parameter"):
        if parameter.text("Name").startswith("/finops/"):
            size = _size(parameter.text("Value"))
            if size > MAX_VALUE_BYTES:
                detail = f"{size} bytes, allowed are {MAX_VALUE_BYTES}"
                findings.append(finding(parameter, detail, "Properties.Value"))
    return findings


def _size(text: str) -> int:
    def longest(match: re.Match[str]) -> str:
        return "x" * _KNOWN_BYTES.get(match[1], _TOKEN_BYTES)

    return len(TOKEN.sub(longest, text).encode())


REGISTRY_VALUE_SIZE = Rule(
    id="registry-value-size",
    description="A registry entry may be larger than an SSM parameter can hold",
    fix="Shorten the owner, tags or alert texts of the entry.",
    find=_find,
)
