"""Service quotas: no room for more profiles, a model that may take no token, calls throttled.

AWS publishes no codes for these quotas that could be relied on, so they are found by their names.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import PLATFORM, Finding
from finops_constructs.operations.aws import translated

ITEM: Final = "quota"
_PROFILES: Final = re.compile(r"inference profiles per account", re.IGNORECASE)
_TOKENS: Final = re.compile(r"tokens per minute|tokens per day", re.IGNORECASE)
_NEARLY_FULL: Final = 0.9
_LOOKED_BACK: Final = timedelta(days=7)
_QUERIES_A_CALL: Final = 500
_VERSION: Final = re.compile(r"(?<=\d)-(?=\d)")


def examine(case: Case) -> Iterator[Finding]:
    """Yield quotas that are too low for what is deployed, as far as that can be told."""
    quotas = _read(case)
    yield from _profile_quota(case, quotas)
    yield from _token_quotas(case, quotas)
    yield from _throttled(case)


def _read(case: Case) -> list[Mapping[str, Any]]:
    client = case.aws.client("service-quotas")
    with translated("reading the quotas (servicequotas:ListServiceQuotas)"):
        pages = client.get_paginator("list_service_quotas").paginate(ServiceCode="bedrock")
        return [quota for page in pages for quota in page["Quotas"]]


def _profile_quota(case: Case, quotas: list[Mapping[str, Any]]) -> Iterator[Finding]:
    used = sum(len(e.profiles) + len(e.replaced) for e in case.entries.tenants.values())
    for quota in quotas:
        if _PROFILES.search(quota["QuotaName"]) and used >= _NEARLY_FULL * quota["Value"]:
            problem = f"{used} of {quota['Value']:g} application inference profiles are used"
            yield _finding(PLATFORM, problem, quota, wanted=max(1, used) * 2)


def _token_quotas(case: Case, quotas: list[Mapping[str, Any]]) -> Iterator[Finding]:
    zero = [q for q in quotas if q["Value"] == 0 and _TOKENS.search(q["QuotaName"])]
    told = set()
    for tenant, entries in sorted(case.tenants.items()):
        for profile in entries.profiles.values():
            model = str(profile.get("base_model_id"))
            for quota in zero:
                if _is_about(quota["QuotaName"], model) and quota["QuotaCode"] not in told:
                    told.add(quota["QuotaCode"])
                    problem = f"{quota['QuotaName']} is 0: {model} refuses every call"
                    yield _finding(tenant, problem, quota, wanted="<tokens>")


def _is_about(name: str, model: str) -> bool:
    """Whether a quota's name has every word of a model's id, such as `claude sonnet 5.5`."""
    bare = model.partition(".")[2].partition(":")[0]
    bare = re.sub(r"-\d{8}.*$|-v\d+$", "", bare)
    words = _VERSION.sub(".", bare).split("-")
    said = set(re.findall(r"[a-z0-9.]+", name.lower()))
    return all(word in said for word in words)


def _throttled(case: Case) -> Iterator[Finding]:
    profiles = {
        str(profile.get("profile_id")): (tenant, alias)
        for tenant, entries in case.tenants.items()
        for alias, profile in entries.profiles.items()
    }
    for profile_id, count in _throttles(case, sorted(profiles)).items():
        tenant, alias = profiles[profile_id]
        yield Finding(
            item=ITEM,
            about=tenant,
            problem=f"{count:.0f} calls of {alias} were throttled within {_LOOKED_BACK.days} days",
            command=(
                "aws service-quotas list-service-quotas --service-code bedrock   "
                "# then request-service-quota-increase"
            ),
        )


def _throttles(case: Case, profile_ids: list[str]) -> dict[str, float]:
    cloudwatch = case.aws.client("cloudwatch")
    found: dict[str, float] = {}
    for start in range(0, len(profile_ids), _QUERIES_A_CALL):
        asked = profile_ids[start : start + _QUERIES_A_CALL]
        with translated("reading throttled calls (cloudwatch:GetMetricData)"):
            pages = cloudwatch.get_paginator("get_metric_data").paginate(
                MetricDataQueries=[_query(i, each) for i, each in enumerate(asked)],
                StartTime=case.now - _LOOKED_BACK,
                EndTime=case.now,
            )
            for result in (each for page in pages for each in page["MetricDataResults"]):
                total = sum(result["Values"])
                if total:
                    profile_id = asked[int(result["Id"][1:])]
                    found[profile_id] = found.get(profile_id, 0) + total
    return found


def _query(index: int, profile_id: str) -> dict[str, Any]:
    return {
        "Id": f"t{index}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/Bedrock",
                "MetricName": "InvocationThrottles",
                "Dimensions": [{"Name": "ModelId", "Value": profile_id}],
            },
            "Period": int(timedelta(days=1).total_seconds()),
            "Stat": "Sum",
        },
    }


def _finding(about: str, problem: str, quota: Mapping[str, Any], *, wanted: object) -> Finding:
    return Finding(
        item=ITEM,
        about=about,
        problem=problem,
        command=(
            "aws service-quotas request-service-quota-increase --service-code bedrock "
            f"--quota-code {quota['QuotaCode']} --desired-value {wanted}"
        ),
    )
