"""A template that sets the state tag resurrects a suspended tenant on its next deployment."""

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.rule import Finding, Rule, finding
from finops_constructs.enforcement.statements import STATE_TAG


def _find(assembly: Assembly) -> list[Finding]:
    findings = [
        finding(resource, f"{name} has {STATE_TAG}", f"Properties.{name}")
        for resource in assembly.resources
        for name in ("Tags", "ResourceTags")
        if name in resource.properties and STATE_TAG in (resource.tags(name) or {})
    ]
    findings += [
        Finding(detail=f"the stack's own tags have {STATE_TAG}", template=template)
        for template in assembly.templates
        if STATE_TAG in template.stack_tags
    ]
    return findings


STATE_TAG_IN_TEMPLATE = Rule(
    id="state-tag-in-template",
    description="A template sets the tag that belongs to the kill switch",
    fix=f"Remove {STATE_TAG} from the tags: the kill switch alone sets it.",
    find=_find,
)
