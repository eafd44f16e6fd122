"""What evidence is read from: a cloud assembly's templates, their hashes, and what was accepted."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.template import Template, read_templates

_STACK: Final = "aws:cloudformation:stack"
_NESTED_ASSEMBLY: Final = "cdk:cloud-assembly"
_ACKNOWLEDGED: Final = "aws:cdk:acknowledged-rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One stack of the assembly.

    Attributes:
        name: Its artifact's name.
        account: The account; None if known only at deployment.
        region: The Region; None if known only at deployment.
        file: The template's file, below the assembly.
        sha256: Of that file's bytes.
        template: The template.
    """

    name: str
    account: str | None
    region: str | None
    file: str
    sha256: str
    template: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedFinding:
    """A finding of a check that somebody accepted.

    Attributes:
        stack: The stack.
        where: The construct's path.
        rule: The rule, by its qualified id.
        reason: Why it was accepted.
    """

    stack: str
    where: str
    rule: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Sources:
    """One cloud assembly, read.

    Attributes:
        folder: Where it is.
        stacks: Its stacks, nested ones included, by name.
        exceptions: The findings of checks that were accepted.
    """

    folder: Path
    stacks: tuple[Stack, ...]
    exceptions: tuple[AcceptedFinding, ...]

    @cached_property
    def assembly(self) -> Assembly:
        """The templates, indexed."""
        return Assembly([stack.template for stack in self.stacks])

    @cached_property
    def by_template(self) -> Mapping[str, Stack]:
        """Path of a template -> its stack."""
        return {stack.template.path: stack for stack in self.stacks}


def read_sources(folder: Path) -> Sources:
    """Read a cloud assembly.

    Args:
        folder: What `cdk synth` wrote, usually `cdk.out`.

    Raises:
        ValueError: If it is no cloud assembly, or one of its files cannot be read.
    """
    artifacts = list(_stack_artifacts(folder))
    if not artifacts:
        raise ValueError(
            f"{folder}: no stack in this cloud assembly; run python app.py, or cdk synth"
        )
    paths = {
        str(where / a["properties"]["templateFile"]): (where, name, a)
        for where, name, a in artifacts
    }
    try:
        templates = read_templates(paths)
    except (OSError, ValueError) as error:
        raise ValueError(f"{folder}: a template cannot be read: {error}") from None
    owner = ""
    stacks = []
    for template in templates:
        owner = paths[template.path][1] if template.path in paths else owner
        stacks.append(_stack(folder, template, owner))
    exceptions = [
        e for where, name, artifact in artifacts for e in _accepted(where, name, artifact)
    ]
    return Sources(
        folder=folder,
        stacks=tuple(sorted(stacks, key=lambda stack: (stack.name, stack.file))),
        exceptions=tuple(sorted(set(exceptions), key=lambda e: (e.stack, e.where, e.rule))),
    )


def _stack(folder: Path, template: Template, owner: str) -> Stack:
    content = Path(template.path).read_bytes()
    file = Path(template.path).relative_to(folder).as_posix()
    nested = template.parent is not None
    return Stack(
        name=f"{owner}/{Path(template.path).name.removesuffix('.nested.template.json')}"
        if nested
        else owner,
        account=template.account,
        region=template.region,
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
        template=template,
    )


def _stack_artifacts(folder: Path) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    for name, artifact in sorted(_json(folder / "manifest.json").get("artifacts", {}).items()):
        if artifact.get("type") == _STACK:
            yield folder, name, artifact
        elif artifact.get("type") == _NESTED_ASSEMBLY:
            yield from _stack_artifacts(folder / artifact["properties"]["directoryName"])


def _accepted(folder: Path, stack: str, artifact: Mapping[str, Any]) -> Iterator[AcceptedFinding]:
    metadata: Mapping[str, Sequence[Mapping[str, Any]]] = artifact.get("metadata") or {}
    if "additionalMetadataFile" in artifact:
        metadata = _json(folder / artifact["additionalMetadataFile"])
    for where, entries in metadata.items():
        for entry in entries:
            if entry.get("type") == _ACKNOWLEDGED:
                for rule, reason in entry["data"].items():
                    yield AcceptedFinding(stack=stack, where=where, rule=rule, reason=reason)


def _json(file: Path) -> Mapping[str, Any]:
    try:
        content: Mapping[str, Any] = json.loads(file.read_bytes())
    except OSError as error:
        reason = error.strerror or error
        raise ValueError(f"{file}: {reason}; give the folder that cdk synth wrote") from None
    except ValueError as error:
        raise ValueError(f"{file}: not JSON: {error}") from None
    return content
