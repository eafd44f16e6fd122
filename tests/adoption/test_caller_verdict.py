"""Whether a stop would reach a caller, by what IAM says of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.preflight.caller_verdict import (
    CallerFacts,
    Declared,
    Reach,
    carries_state_deny,
    judge,
)
from finops_constructs.preflight.permission_set import permission_set_snippet

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/apps/app"
RESERVED = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_1"
USER = f"arn:aws:iam::{ACCOUNT}:user/key-user"
SNIPPET = json.loads(permission_set_snippet("aws"))
OURS = f"arn:aws:iam::{ACCOUNT}:policy/finops/suspension/eu-west-1/finops-suspension-eu-west-1-"


def reach(arn, facts, *, tenants=("writer",), quota=10):
    declared = Declared(arn=arn, tenants=tenants)
    return [each.reach for each in judge(declared, facts, account=ACCOUNT, quota=quota)]


def role(arn=ROLE, attached=(), documents=()):
    return CallerFacts(arn=arn, attached=attached, documents=documents)


def policies(count):
    return [f"arn:aws:iam::{ACCOUNT}:policy/own-{number}" for number in range(count)]


def test_a_role_of_the_account_with_room_is_reached():
    assert reach(ROLE, role(attached=policies(9))) == []


@pytest.mark.parametrize(
    ("arn", "facts", "expected"),
    [
        ("arn:aws:iam::999999999999:role/app", None, Reach.OTHER_ACCOUNT),
        (ROLE, None, Reach.NO_SUCH_CALLER),
        (ROLE, role(arn=ROLE.replace("/apps/", "/other/")), Reach.WRONG_PATH),
        (RESERVED, role(arn=RESERVED), Reach.IDENTITY_CENTER),
        (ROLE.replace("apps", "finops"), role(ROLE.replace("apps", "finops")), Reach.NOT_EDITABLE),
        (ROLE, role(attached=policies(10)), Reach.FULL),
        (USER, None, Reach.NO_SUCH_CALLER),
        (USER, CallerFacts(arn=USER, tags={}), Reach.KEY_USER),
        (USER, CallerFacts(arn=USER, tags={"finops:tenant": "reader"}), Reach.KEY_USER),
    ],
)
def test_each_reason_has_its_word(arn, facts, expected):
    assert reach(arn, facts) == [expected]


def test_a_user_with_the_tenants_tag_is_reached():
    assert reach(USER, CallerFacts(arn=USER, tags={"finops:tenant": "writer"})) == []


def test_a_role_of_two_tenants_needs_room_for_two_policies():
    shared = ("reader", "writer")
    assert reach(ROLE, role(attached=policies(8)), tenants=shared) == []
    assert reach(ROLE, role(attached=policies(9)), tenants=shared) == [Reach.FULL, Reach.FULL]


def test_a_policy_that_a_stop_has_attached_already_takes_no_more_room():
    attached = [*policies(9), f"{OURS}writer"]
    assert reach(ROLE, role(attached=attached)) == []
    assert reach(ROLE, role(attached=[*policies(9), f"{OURS}other"])) == [Reach.FULL]


def test_a_raised_quota_counts():
    assert reach(ROLE, role(attached=policies(12)), quota=20) == []


def test_a_role_that_carries_the_snippet_is_reached_by_the_tag():
    assert reach(RESERVED, role(arn=RESERVED, documents=[SNIPPET])) == []
    assert reach(ROLE, role(attached=policies(10), documents=[SNIPPET])) == []


def test_the_snippet_is_given_where_it_is_needed_and_nowhere_else():
    (found,) = judge(
        Declared(arn=RESERVED, tenants=["writer"]), role(arn=RESERVED), account=ACCOUNT, quota=10
    )
    assert json.loads(found.snippet or "") == SNIPPET
    (full,) = judge(
        Declared(arn=ROLE, tenants=["writer"]),
        role(attached=policies(10)),
        account=ACCOUNT,
        quota=10,
    )
    assert full.snippet is None
    assert "detach-role-policy --role-name app" in full.command


def changed(**changes):
    return {"Statement": [SNIPPET["Statement"][0] | changes]}


@pytest.mark.parametrize(
    ("document", "carries"),
    [
        (SNIPPET, True),
        (changed(Action="bedrock:InvokeModel*"), True),
        (changed(Action="bedrock:*", Resource="*"), True),
        ({"Statement": SNIPPET["Statement"][0]}, True),
        (changed(Effect="Allow"), False),
        (changed(Action="bedrock:InvokeModel"), False),
        (changed(Resource="arn:aws:bedrock:*:*:application-inference-profile/abc"), False),
        (changed(Resource="arn:aws:bedrock:*::foundation-model/*"), False),
        (changed(Condition={"StringEquals": {"aws:ResourceTag/finops:state": "stopped"}}), False),
        (
            changed(
                Condition={
                    "StringEquals": {
                        "aws:ResourceTag/finops:state": "suspended",
                        "aws:RequestedRegion": "eu-west-1",
                    }
                }
            ),
            False,
        ),
        (changed(Condition=SNIPPET["Statement"][0]["Condition"] | {"Bool": {"x": "y"}}), False),
        ({"Statement": []}, False),
    ],
)
def test_only_a_deny_by_the_tag_alone_counts(document, carries):
    assert carries_state_deny([document]) is carries


@given(count=st.integers(0, 25), quota=st.integers(1, 25), tenants=st.integers(1, 3))
def test_a_role_is_full_exactly_if_the_policies_of_its_tenants_do_not_fit(count, quota, tenants):
    ids = tuple(f"tenant-{number}" for number in range(tenants))
    found = reach(ROLE, role(attached=policies(count)), tenants=ids, quota=quota)
    assert found == ([Reach.FULL] * tenants if count + tenants > quota else [])
