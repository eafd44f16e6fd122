"""The log's two stacks, synthesized once: with everything on, and as they are by default."""

from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from finops_constructs.stacks.audit_log_stack import AuditLogStack
from finops_constructs.stacks.platform_stack import PlatformStack
from tests.organisation_under_test import ACCOUNT, platform
from tests.stacks_under_test import FLAGS, REGION

EVERYTHING: dict[str, Any] = {
    "archive_account": "999900001111",
    "content": "full",
    "sign": True,
    "readers": [f"arn:aws:iam::{ACCOUNT}:role/auditor"],
    "legal_hold_roles": ["arn:aws:iam::999900001111:role/legal"],
    "request_metadata": ["case"],
    "retention": {
        "preset": "five-years",
        "mode": "COMPLIANCE",
        "owner": "Head of Records",
        "declared_on": "2026-11-24",
        "irreversible": "nobody, root included, can undo this",
    },
}


def synthesized(audit_log):
    app = App(context=FLAGS, builtin_cloud_formation_validation=False)
    config = platform(audit_log=audit_log)
    where: dict[str, Any] = {"platform": config, "account": ACCOUNT, "region": REGION}
    vault = AuditLogStack(app, "vault", **where, tenants=["writer", "chat"])
    stack = PlatformStack(app, "platform", **where)
    return Template.from_stack(vault).to_json(), Template.from_stack(stack).to_json()


@pytest.fixture(scope="session")
def default_stacks():
    return synthesized({})


@pytest.fixture(scope="session")
def full_stacks():
    return synthesized(EVERYTHING)


@pytest.fixture
def vault(default_stacks):
    return default_stacks[0]


@pytest.fixture
def one():
    """The one resource of a type whose logical id has a word in it."""

    def find(template, kind, word=""):
        found = [r for key, r in template["Resources"].items() if r["Type"] == kind and word in key]
        assert len(found) == 1, f"{len(found)} of {kind} with {word!r}"
        return found[0]

    return find
