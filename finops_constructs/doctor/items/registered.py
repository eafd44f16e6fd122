"""The registry against what is there: entries that lead nowhere, tenants without a policy."""

from collections.abc import Iterator
from typing import Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import PLATFORM, Finding
from finops_constructs.operations.aws import translated

ITEM: Final = "registry"
_READABLE: Final = (0, 1)


def examine(case: Case) -> Iterator[Finding]:
    """Yield tenants and aliases that nothing would stop or meter."""
    for path in case.entries.unreadable:
        command = f"aws ssm get-parameter --name {path}   # then deploy its stack again"
        yield _finding(PLATFORM, f"registry entry {path} cannot be read", command)
    live = _live(case) if case.tenants else set()
    for tenant, entries in sorted(case.tenants.items()):
        deploy = f"cdk deploy finops-{tenant}"
        if entries.policy is None:
            yield _finding(tenant, "there is no policy entry: nothing would stop it", deploy)
        elif entries.policy.get("schema_version", 0) not in _READABLE:
            version = entries.policy["schema_version"]
            yield _finding(tenant, f"its policy entry is of schema {version}", case.deploy_platform)
        for alias, profile in sorted(entries.profiles.items()):
            if profile.get("profile_arn") not in live:
                problem = f"alias {alias} leads to a profile that is not there"
                yield _finding(tenant, f"{problem}: {profile.get('profile_arn')}", deploy)


def _live(case: Case) -> set[str]:
    bedrock = case.aws.client("bedrock")
    with translated("reading the profiles (bedrock:ListInferenceProfiles)"):
        pages = bedrock.get_paginator("list_inference_profiles").paginate(
            typeEquals="APPLICATION", PaginationConfig={"PageSize": 1000}
        )
        return {
            summary["inferenceProfileArn"]
            for page in pages
            for summary in page["inferenceProfileSummaries"]
        }


def _finding(about: str, problem: str, command: str) -> Finding:
    return Finding(item=ITEM, about=about, problem=problem, command=command, blind=True)
