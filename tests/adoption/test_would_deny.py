"""What the guard report says would be denied is what IAM's simulator denies."""

from datetime import UTC, datetime

import pytest

from finops_constructs.doctor.registry import TenantEntries
from finops_constructs.enforcement.statements import GuardExemptions, standing_deny_statements
from finops_constructs.guard_report.would_deny import Guards
from finops_constructs.invocations.use import Use, parse_principal
from local.bedrock_calls import Profile, through, through_system_profile
from local.simulator import Caller, Request, Simulator

ACCOUNT, REGION = "111122223333", "eu-west-1"
PREFIX = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/apps/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/i-1"
SYSTEM = f"{PREFIX}inference-profile/eu.anthropic.claude-sonnet-5-5"
MODEL = "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-sonnet-5-5"
PROVISIONED = f"{PREFIX}provisioned-model/abcdefghijkl"
OTHER_PROVISIONED = f"{PREFIX}provisioned-model/mnopqrstuvwx"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
BROAD = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}],
}


def profile(name, tenant=None):
    tags = {"finops:tenant": tenant} if tenant else {}
    return Profile(
        arn=f"{PREFIX}application-inference-profile/{name}", tags=tags, copied_from=SYSTEM
    )


OWN, SHARED, FOREIGN = profile("own", "writer"), profile("shared", "reader"), profile("x", "else")
UNKNOWN = profile("unknown")
# What was called -> how IAM is asked about it.
CALLS = {
    OWN.arn: through(OWN),
    SHARED.arn: through(SHARED),
    FOREIGN.arn: through(FOREIGN),
    UNKNOWN.arn: through(UNKNOWN),
    SYSTEM: through_system_profile(SYSTEM),
    MODEL: [Request(action="bedrock:InvokeModel", resource=MODEL)],
    PROVISIONED: [Request(action="bedrock:InvokeModel", resource=PROVISIONED)],
    OTHER_PROVISIONED: [Request(action="bedrock:InvokeModel", resource=OTHER_PROVISIONED)],
}


def tenant(profiles, **entries):
    return TenantEntries(
        policy={"guard": "observe", **entries.pop("policy", {})},
        profiles={
            f"a{number}": {"profile_arn": each.arn, "profile_id": each.arn.rpartition("/")[2]}
            for number, each in enumerate(profiles)
        },
        **entries,
    )


@pytest.fixture(scope="module")
def guards():
    return Guards(
        {
            "writer": tenant(
                [OWN], callers={ROLE: ["reader"]}, policy={"allowed_models": [PROVISIONED]}
            ),
            "reader": tenant([SHARED]),
            "else": tenant([FOREIGN]),
        },
        ACCOUNT,
    )


def use(model_id, who=SESSION):
    return Use(principal=parse_principal(who), model_id=model_id, calls=2, first=NOW, last=NOW)


@pytest.fixture(scope="module")
def verdicts():
    statements = standing_deny_statements(
        partition="aws",
        tenants=["writer", "reader"],
        role_arn=ROLE,
        exempt=GuardExemptions(models=(PROVISIONED,)),
    )
    deny = {"Version": "2012-10-17", "Statement": statements}
    simulator = Simulator()
    allowed = simulator.allowed_ones(Caller(arn=ROLE, policies={"a": BROAD, "b": deny}), CALLS)
    simulator.close()
    return allowed


@pytest.mark.parametrize("called", CALLS)
def test_the_report_denies_what_the_simulator_denies(guards, verdicts, called):
    assert bool(guards.denials([use(called)])) is (called not in verdicts)


def test_both_verdicts_occur(verdicts):
    assert verdicts == {OWN.arn, SHARED.arn, PROVISIONED}


@pytest.mark.parametrize(
    ("called", "clause"),
    [
        (FOREIGN.arn, "FinOpsForeignProfile"),
        (UNKNOWN.arn, "FinOpsForeignProfile"),
        (SYSTEM, "FinOpsBareModel"),
        ("eu.anthropic.claude-sonnet-5-5", "FinOpsBareModel"),
        ("anthropic.claude-sonnet-5-5", "FinOpsBareModel"),
        (OTHER_PROVISIONED, "FinOpsOtherModels"),
    ],
)
def test_each_denial_names_its_clause_and_what_to_change(guards, called, clause):
    (found,) = guards.denials([use(called)])
    assert (found.tenant, found.role, found.clause, found.calls) == ("writer", "app", clause, 2)
    assert found.change


def test_it_names_the_alias_that_leads_to_the_same_model(guards):
    entries = tenant([OWN], callers={ROLE: []})
    entries.profiles["a0"] = {
        **entries.profiles["a0"],
        "model_source": "eu.anthropic.claude-sonnet-5-5",
        "base_model_id": "anthropic.claude-sonnet-5-5",
    }
    (found,) = Guards({"writer": entries}, ACCOUNT).denials([use(SYSTEM)])
    assert found.change == f"call alias a0 ({OWN.arn}) instead of the system profile"


@pytest.mark.parametrize(
    "who",
    [
        f"arn:aws:sts::{ACCOUNT}:assumed-role/somebody/s",
        "arn:aws:sts::999999999999:assumed-role/app/s",
        f"arn:aws:iam::{ACCOUNT}:user/app",
        f"arn:aws:iam::{ACCOUNT}:root",
    ],
)
def test_who_is_no_declared_caller_carries_no_guard_and_is_named_as_a_stranger(guards, who):
    assert guards.denials([use(MODEL, who)]) == []
    (stranger,) = guards.strangers([use(OWN.arn, who)])
    assert (stranger.tenant, stranger.calls) == ("writer", 2)


def test_a_declared_caller_is_no_stranger_and_a_bare_model_has_none(guards):
    assert guards.strangers([use(OWN.arn)]) == []
    assert guards.strangers([use(MODEL, f"arn:aws:iam::{ACCOUNT}:root")]) == []


def test_a_profile_may_be_called_by_its_id(guards):
    assert guards.denials([use("own")]) == []
    assert len(guards.denials([use("x")])) == 1
