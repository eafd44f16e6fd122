import io
import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from rich.console import Console

from finops_constructs.cli import estate_tables
from finops_constructs.estate.model import LiveProfile, find_problems
from finops_constructs.estate.reader import RegistryError, read_tenants

POLICY = {"schema_version": 1, "tenant": "writer", "budget_name": "writer", "mode": "shadow"}


def _nothing(*_, **__):
    return [{"inferenceProfileSummaries": [], "Subscriptions": [], "Notifications": []}]


@pytest.fixture
def put(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        ssm = boto3.client("ssm", region_name="eu-west-1")
        yield lambda name, value: ssm.put_parameter(
            Name=name, Type="String", Value=value if isinstance(value, str) else json.dumps(value)
        )


def _read():
    no_profiles = SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=_nothing))
    moto = ("ssm", "sns", "sts", "budgets")
    session: Any = boto3.Session()
    return read_tenants(
        lambda service, region: (
            session.client(service, region_name=region) if service in moto else no_profiles
        ),
        ["eu-west-1"],
    )


def test_what_belongs_to_the_platform_is_no_tenant(put):
    put("/finops/_platform/commands", {"function_url": "https://x/"})
    put("/finops/_platform/more", "not JSON at all")
    put("/finops/writer/policy", POLICY)
    assert [tenant.id for tenant in _read()] == ["writer"]


def test_the_state_the_kill_switch_wrote_is_the_tenants(put):
    put("/finops/writer/policy", POLICY)
    put("/finops/writer/state", {"state": "applied", "why": []})
    put("/finops/chat/policy", POLICY | {"tenant": "chat"})
    chat, writer = _read()
    assert (writer.state or {})["state"] == "applied"
    assert chat.state is None
    assert estate_tables.as_json([writer])[0]["state"] == {"state": "applied", "why": []}


def test_the_table_of_tenants_shows_the_state_and_says_when_there_is_none(put):
    put("/finops/writer/policy", POLICY)
    put("/finops/writer/state", {"state": "applied"})
    put("/finops/chat/policy", POLICY | {"tenant": "chat"})
    console = Console(width=160, record=True, file=io.StringIO())
    estate_tables.print_tenants(console, _read())
    shown = " ".join(console.export_text().split())
    assert "writer ? eu-west-1 none shadow unguarded applied 0" in shown
    assert "chat ? eu-west-1 none shadow unguarded not written yet 0" in shown


@pytest.mark.parametrize("value", ["{", "[]"])
def test_fails_for_an_entry_of_a_tenant_that_is_no_json_object(put, value):
    put("/finops/writer/state", value)
    with pytest.raises(RegistryError, match="/finops/writer/state"):
        _read()


def test_a_profile_that_was_replaced_is_no_problem_and_a_stray_one_is():
    arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/"
    entries = {"smart": {"profile_arn": f"{arn}new"}}

    def problems(*profiles, replaced=None):
        found = find_problems(
            policy=POLICY | {"budget_name": "b"},
            entries=entries,
            replaced=replaced or {},
            profiles=[live("new", "writer-smart-00000001"), *profiles],
            budget=None,
            subscriptions=[],
        )
        return [each for each in found if "profile" in each]

    def live(id, name):
        tags = {"finops:tenant": "writer", "finops:alias": "smart"}
        return LiveProfile(arn=f"{arn}{id}", name=name, status="ACTIVE", tags=tags)

    assert problems(live("old", "writer-smart-00000002")) == []
    by_hand = live("stray", "by-hand")
    assert problems(by_hand) == [f"profile by-hand is in no registry entry: {arn}stray"]
    assert problems(by_hand, replaced={"smart/stray": {"profile_arn": f"{arn}stray"}}) == []
