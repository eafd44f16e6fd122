"""What is attached to a role must fit: IAM counts characters, without white space."""

import json
import re

import pytest

from finops_constructs.config.names import MAX_ALIASES, MAX_TENANT_ID_LENGTH
from finops_constructs.enforcement.statements import GuardExemptions, standing_deny_statements
from tests.iam import scenarios
from tests.iam.deployed import ACCOUNT
from tests.organisation_under_test import tenant

INLINE_LIMIT, MANAGED_LIMIT = 10_240, 6_144
# As many as a role by ARN that serves two tenants can hold, with one model to an alias.
MAX_ALIASES_OF_SHARING_TENANTS = 3
FIRST, SECOND = "a" * MAX_TENANT_ID_LENGTH, "b" * MAX_TENANT_ID_LENGTH
ROLE = "r" * 64


def size(document):
    return len(re.sub(r"\s", "", json.dumps(document, separators=(",", ":"))))


def serving(aliases, *tenants):
    """Tenants whose every alias is of another model with an id of the usual length."""
    model = "eu.anthropic.claude-sonnet-4-5-202509{:02}-v1:0"
    models = {f"alias-{n:02}": {"model": model.format(n), "metered": False} for n in range(aliases)}
    callers = {
        name: [
            {
                "role_arn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
                "shared_with": [other for other in tenants if other != name],
            }
        ]
        for name in tenants
    }
    return scenarios.configured(
        *(tenant(n, guard="enforce", models=models, callers=callers[n]) for n in tenants)
    )


def test_the_inline_policies_fit_a_role_that_serves_one_tenant_with_every_alias():
    policies = serving(MAX_ALIASES, FIRST).caller(ROLE).policies
    assert sum(map(size, policies.values())) <= INLINE_LIMIT


def test_the_inline_policies_fit_a_role_that_serves_two_tenants():
    policies = serving(MAX_ALIASES_OF_SHARING_TENANTS, FIRST, SECOND).caller(ROLE).policies
    assert len(policies) == 4
    assert sum(map(size, policies.values())) <= INLINE_LIMIT


def test_the_suspension_policy_of_a_tenant_with_every_alias_fits_one_managed_policy():
    _, document = serving(MAX_ALIASES, FIRST).suspension_policy(FIRST)
    assert size(document) <= MANAGED_LIMIT


def test_a_role_made_in_cdk_holds_grant_and_standing_deny_with_room_for_its_own(app_team):
    policies = app_team.caller("Chat-ChatRole3FC23F62").policies
    inline = {name: size(d) for name, d in policies.items() if "/" not in name}
    managed = {name: size(d) for name, d in policies.items() if "/" in name}
    assert len(inline) == len(managed) == 1
    assert sum(inline.values()) <= INLINE_LIMIT / 8
    assert max(managed.values()) <= MANAGED_LIMIT


@pytest.mark.parametrize("exemptions", [0, 10])
def test_the_standing_deny_leaves_two_thirds_of_a_roles_inline_policies(exemptions):
    arn = f"arn:aws:bedrock:ap-southeast-1:{ACCOUNT}:provisioned-model/"
    statements = standing_deny_statements(
        partition="aws",
        tenants=[FIRST, SECOND],
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        exempt=GuardExemptions(models=tuple(f"{arn}{n:012}" for n in range(exemptions))),
    )
    limit = INLINE_LIMIT / 3 + exemptions * 100
    assert size({"Version": "2012-10-17", "Statement": statements}) <= limit
