"""Whose a fact is: a tenant's own, or of the platform, log archive or payer it stands on."""

import pytest

from tests.evidence.assemblies import (
    ACCOUNT,
    PLATFORM,
    TENANT,
    evidence_of,
    platform_resources,
    strongest,
    tenant_resources,
    verdicts,
)

CHATBOT = "finops-chatbot"
LOG = ("Log", "LogPolicy", "LogKey", "Records")


def split():
    """The log in a stack of its own, so is the bill."""
    whole = platform_resources()
    log = {name: whole.pop(name) for name in LOG}
    bill = {"Bill": whole.pop("Bill")}
    return {PLATFORM: whole, "log": log, "bill": bill, TENANT: tenant_resources()}


def test_a_tenant_has_its_own_facts_and_the_platforms(tmp_path):
    chatbot = tenant_resources(tenant="chatbot", mode="shadow")
    found = evidence_of(tmp_path, {**strongest(), CHATBOT: chatbot})
    assert verdicts(found, "writer")["finops.kill-switch"] == "supports"
    assert verdicts(found, "chatbot")["finops.kill-switch"] == "partially-supports"
    stacks = {tenant.id: set(tenant.stacks) for tenant in found.tenants}
    assert stacks == {"writer": {PLATFORM, TENANT}, "chatbot": {PLATFORM, CHATBOT}}


def test_tenants_of_one_stack_are_told_apart(tmp_path):
    both = tenant_resources() | {
        f"{name}Two": resource for name, resource in tenant_resources(tenant="chatbot").items()
    }
    both["BurstTwo"]["Properties"]["Metrics"][0]["MetricStat"]["Metric"]["Dimensions"][0][
        "Value"
    ] = {"Fn::GetAtt": ["SmartTwo", "InferenceProfileId"]}
    del both["SmartTwo"]["Properties"]["Tags"][0]
    found = evidence_of(tmp_path, {PLATFORM: platform_resources(), "both": both})
    assert verdicts(found, "writer")["finops.allocation"] == "supports"
    assert verdicts(found, "chatbot")["finops.allocation"] == "partially-supports"


def test_the_platforms_canary_is_no_tenant_and_takes_nothing_from_the_platform(tmp_path):
    stacks = strongest()
    canary = tenant_resources(tenant="finops-canary")
    stacks[PLATFORM] |= {f"Canary{name}": resource for name, resource in canary.items()}
    found = evidence_of(tmp_path, stacks)
    assert [tenant.id for tenant in found.tenants] == ["writer"]
    assert "not-evidenced" not in verdicts(found).values()


@pytest.mark.parametrize(
    "places",
    [
        {"log": "999900001111/eu-west-1", "bill": "444455556666/us-east-1"},
        {"bill": f"{ACCOUNT}/us-east-1"},
    ],
)
def test_archive_and_payer_serve_the_tenants_of_other_accounts(tmp_path, places):
    found = evidence_of(tmp_path, split(), places=places)
    assert "not-evidenced" not in verdicts(found).values()


def test_the_log_of_another_region_evidences_nothing(tmp_path):
    stacks = split() | {CHATBOT: tenant_resources(tenant="chatbot")}
    places = {CHATBOT: f"{ACCOUNT}/eu-west-2", "log": "999900001111/eu-west-1"}
    found = evidence_of(tmp_path, stacks, places=places)
    assert verdicts(found, "writer")["ai-act.art-19.1"] == "supports"
    assert verdicts(found, "chatbot")["ai-act.art-19.1"] == "not-evidenced"
