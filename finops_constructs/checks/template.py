"""The templates of a cloud assembly, with the account and Region each is deployed to."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from finops_constructs.checks.text import render

_NESTED_STACK: Final = "AWS::CloudFormation::Stack"


@dataclass(slots=True, kw_only=True, eq=False)
class Template:
    """One template and what is known about where it is deployed.

    Attributes:
        path: The template file, as CDK named it.
        construct_path: Path of the stack in the construct tree; empty if not known.
        account: The account; None if known only at deployment.
        region: The Region; None if known only at deployment.
        stack_tags: Tags CloudFormation gives to every resource of the stack.
        body: The parsed template.
        exports: Export name -> template and value, shared by all templates of the app.
        siblings: Path -> template, shared by all templates of the app.
        parent: The template that nests this one.
        arguments: Parameter -> value given by the parent, to be read in the parent.
        children: Logical id of a nested stack -> its template.
    """

    path: str
    body: Mapping[str, Any]
    construct_path: str = ""
    account: str | None = None
    region: str | None = None
    stack_tags: Mapping[str, str] = field(default_factory=dict)
    exports: dict[str, tuple["Template", object]] = field(default_factory=dict)
    siblings: dict[str, "Template"] = field(default_factory=dict)
    parent: "Template | None" = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    children: dict[str, "Template"] = field(default_factory=dict)
    pseudo_parameters: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        known = {"AWS::Region": self.region, "AWS::AccountId": self.account}
        if self.region:
            known["AWS::Partition"] = _partition(self.region)
        self.siblings[self.path] = self
        self.pseudo_parameters = {name: value for name, value in known.items() if value}

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Output name -> output."""
        outputs: Mapping[str, Any] = self.body.get("Outputs") or {}
        return outputs

    def resources(self) -> list["Resource"]:
        """Return every resource."""
        found = self.body.get("Resources") or {}
        return [self._resource(logical_id, raw) for logical_id, raw in found.items()]

    def resource(self, id: str) -> "Resource | None":
        """Return one resource; None if there is none of this logical id."""
        raw = (self.body.get("Resources") or {}).get(id)
        return None if raw is None else self._resource(id, raw)

    def _resource(self, id: str, raw: Mapping[str, Any]) -> "Resource":
        properties = raw.get("Properties") or {}
        return Resource(template=self, id=id, type=raw.get("Type", ""), properties=properties)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """One resource of a template."""

    template: Template
    id: str
    type: str
    properties: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a property as text; empty if it is not set."""
        value = self.properties.get(name)
        return "" if value is None else render(value, self.template)

    def tags(self, name: str = "Tags") -> dict[str, str] | None:
        """Return tag key -> value; None if the tags are known only at deployment.

        Args:
            name: The property that holds the tags.
        """
        raw = self.properties.get(name) or []
        if isinstance(raw, Mapping) and any(key.startswith("Fn::") for key in raw):
            return None
        pairs = (
            raw.items()
            if isinstance(raw, Mapping)
            else [(tag.get("Key"), tag.get("Value")) for tag in raw if isinstance(tag, Mapping)]
        )
        return {
            render(key, self.template): render(value, self.template)
            for key, value in pairs
            if key is not None and value is not None
        }


def read_templates(paths: Iterable[str]) -> list[Template]:
    """Read the templates of an app, the nested ones included.

    Args:
        paths: The templates of the stacks, as the validation context lists them.
    """
    siblings: dict[str, Template] = {}
    exports: dict[str, tuple[Template, object]] = {}
    manifests: dict[Path, dict[str, Any]] = {}
    templates = []
    for path in paths:
        folder = Path(path).parent
        if folder not in manifests:
            manifests[folder] = _artifacts_by_template(folder)
        artifact = manifests[folder].get(Path(path).name, {})
        _, _, environment = artifact.get("environment", "").partition("aws://")
        account, _, region = environment.partition("/")
        template = Template(
            path=path,
            body=_read(Path(path)),
            construct_path=artifact.get("displayName", ""),
            account=account if account.isdecimal() else None,
            region=None if region == "unknown-region" else region or None,
            stack_tags=artifact.get("properties", {}).get("tags") or {},
            exports=exports,
            siblings=siblings,
        )
        templates += [template, *_nested(template, folder, artifact)]
    for template in templates:
        _export(template)
    return templates


def _export(template: Template) -> None:
    for output in template.outputs.values():
        if "Export" in output:
            name = render(output["Export"].get("Name"), template)
            template.exports[name] = (template, output.get("Value"))


def _nested(template: Template, folder: Path, artifact: Mapping[str, Any]) -> list[Template]:
    stacks = [resource for resource in template.resources() if resource.type == _NESTED_STACK]
    if not stacks:
        return []
    manifest = folder / f"{artifact.get('id', '')}.assets.json"
    files = _read(manifest).get("files", {}) if manifest.is_file() else {}
    found = []
    for stack in stacks:
        url = stack.text("TemplateURL")
        path = next((a["source"]["path"] for key, a in files.items() if key in url), None)
        if path is None:
            continue
        child = Template(
            path=str(folder / path),
            body=_read(folder / path),
            construct_path=template.construct_path,
            account=template.account,
            region=template.region,
            exports=template.exports,
            siblings=template.siblings,
            parent=template,
            arguments=stack.properties.get("Parameters") or {},
        )
        template.children[stack.id] = child
        found += [child, *_nested(child, folder, artifact)]
    return found


def _artifacts_by_template(folder: Path) -> dict[str, Any]:
    manifest = folder / "manifest.json"
    artifacts = _read(manifest).get("artifacts", {}) if manifest.is_file() else {}
    return {
        artifact["properties"]["templateFile"]: {"id": artifact_id, **artifact}
        for artifact_id, artifact in artifacts.items()
        if "templateFile" in artifact.get("properties", {})
    }


def _read(path: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(path.read_bytes())
    return body


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
