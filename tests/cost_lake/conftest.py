"""One synthesis of both cost stacks for all tests."""

import json

import pytest
from aws_cdk import App

from finops_constructs.stacks.organisation import _CONTEXT, define_cost_stacks
from tests.organisation_under_test import folder, tenant

BILLING = {"payer_account": "999988887777", "lake_region": "eu-west-1", "scan_limit_gib": 50}
MONTHLY = {"working_day": 5, "emails": ["finance@example.com"], "holidays": ["2026-12-25"]}


def quick_app(outdir=None):
    """An app without the built-in validation, which reads 20 views for seconds."""
    return App(
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        context=_CONTEXT,
        outdir=outdir,
    )


def synthesized(path, **platform):
    """The templates of both cost stacks by the stack's name."""
    settings = {"billing": BILLING, "reporting": {"monthly": MONTHLY}, **platform}
    config = folder(tenant("writer"), tenant("lab", region="eu-west-2"), **settings)
    app = quick_app(str(path))
    define_cost_stacks(app, config)
    app.synth()
    return {
        file.name.removesuffix(".template.json"): json.loads(file.read_text())
        for file in path.glob("*.template.json")
    }


@pytest.fixture(scope="session")
def outdir(tmp_path_factory):
    return tmp_path_factory.mktemp("cost") / "cdk.out"


@pytest.fixture(scope="session")
def templates(outdir):
    return synthesized(outdir, cost_account="111122223333")


@pytest.fixture(scope="session")
def cost(templates):
    return templates["finops-cost"]


@pytest.fixture(scope="session")
def billing(templates):
    return templates["finops-billing"]


def of_type(template, kind):
    """Logical id -> properties."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }
