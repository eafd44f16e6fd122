"""Model access: a model that the account was not granted refuses every call."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import Finding
from finops_constructs.operations.aws import translated
from finops_constructs.operations.errors import AccessDeniedError, OperationsError

ITEM: Final = "model-access"
_SIDE_BY_SIDE: Final = 8


def examine(case: Case) -> Iterator[Finding]:
    """Yield the models that a tenant uses and the account may not call."""
    users: defaultdict[str, list[str]] = defaultdict(list)
    for tenant, entries in case.tenants.items():
        for profile in entries.profiles.values():
            users[str(profile.get("base_model_id"))].append(tenant)
    bedrock = case.aws.client("bedrock")
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        answers = pool.map(lambda model: _availability(bedrock, model), sorted(users))
        for model, missing in zip(sorted(users), answers, strict=True):
            if missing:
                yield _finding(model, missing, sorted(set(users[model])))


def _availability(bedrock: Any, model: str) -> str:
    """Return what is missing for calls of a model; empty if nothing is."""
    try:
        with translated(f"reading access to {model} (bedrock:GetFoundationModelAvailability)"):
            said: Mapping[str, Any] = bedrock.get_foundation_model_availability(modelId=model)
    except AccessDeniedError:
        raise
    except OperationsError as error:
        return f"access could not be read: {error}"
    agreement = said["agreementAvailability"]["status"]
    lacking = [
        *([f"the agreement is {agreement}"] if agreement != "AVAILABLE" else []),
        *(["the account is not authorised"] if said["authorizationStatus"] != "AUTHORIZED" else []),
        *(["it is not entitled"] if said["entitlementAvailability"] != "AVAILABLE" else []),
    ]
    return ", ".join(lacking)


def _finding(model: str, missing: str, tenants: list[str]) -> Finding:
    others = f" (and {len(tenants) - 1} more)" if len(tenants) > 1 else ""
    return Finding(
        item=ITEM,
        about=tenants[0] if len(tenants) == 1 else f"{tenants[0]}{others}",
        problem=f"model {model} cannot be called: {missing}",
        command=(
            "request access in the model catalog of the Bedrock console, then: "
            f"aws bedrock get-foundation-model-availability --model-id {model}"
        ),
    )
