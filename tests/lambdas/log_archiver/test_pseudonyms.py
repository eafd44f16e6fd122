import json

import boto3
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from log_archiver.pseudonyms import Pseudonyms, derive_key

ACCOUNT = "111122223333"
names = st.from_regex(r"[A-Za-z0-9_+=,.@-]{3,40}", fullmatch=True).filter(
    lambda name: not name.startswith("p-")
)
kinds = st.sampled_from(["assumed-role/WriterApp/{}", "user/staff/{}", "federated-user/{}"])


def arn(kind, name):
    service = "iam" if kind.startswith("user") else "sts"
    return f"arn:aws:{service}::{ACCOUNT}:{kind.format(name)}"


@settings(max_examples=40)
@given(kinds, names)
def test_no_name_is_left_and_the_same_name_is_the_same_pseudonym(kind, name):
    pseudonyms = Pseudonyms(b"key")
    principal = pseudonyms.principal(arn(kind, name))
    assert principal.person == pseudonyms.of(name)
    assert principal.arn == arn(kind, principal.person)
    assert pseudonyms.met == {principal.person: name}


@settings(max_examples=40)
@given(names, names)
def test_two_names_have_two_pseudonyms_and_another_key_gives_others(one, other):
    pseudonyms = Pseudonyms(b"key")
    assert (pseudonyms.of(one) == pseudonyms.of(other)) == (one == other)
    assert Pseudonyms(b"other key").of(one) != pseudonyms.of(one)


@settings(max_examples=40)
@given(st.lists(st.tuples(kinds, names), min_size=1, max_size=4), st.text(max_size=20))
def test_arns_anywhere_in_a_document_are_replaced(people, between):
    arns = [arn(kind, name) for kind, name in people]
    document = {"actor": arns[0], "notes": [f"told by {each} " for each in arns], "n": 1}
    replaced = json.dumps(Pseudonyms(b"key").document({between: document}))
    for each in arns:
        assert each not in replaced


def test_a_role_is_no_person_and_an_unknown_form_is_one():
    pseudonyms = Pseudonyms(b"key")
    role = f"arn:aws:iam::{ACCOUNT}:role/apps/WriterApp"
    assert pseudonyms.principal(role) == (role, "WriterApp", None)
    root = f"arn:aws:iam::{ACCOUNT}:root"
    assert pseudonyms.principal(root) == (root, None, None)
    odd = pseudonyms.principal("AROAEXAMPLE:alice")
    assert odd.person == odd.arn == pseudonyms.of("AROAEXAMPLE:alice")


def test_a_name_is_met_again_after_the_names_were_kept():
    pseudonyms = Pseudonyms(b"key")
    session = arn("assumed-role/WriterApp/{}", "alice")
    person = pseudonyms.principal(session).person
    pseudonyms.met.clear()
    pseudonyms.principal(session)
    assert pseudonyms.met == {person: "alice"}


@mock_aws
def test_the_key_is_computed_by_kms_alike_every_time(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    kms = boto3.client("kms", region_name="eu-west-1")
    key = kms.create_key(KeyUsage="GENERATE_VERIFY_MAC", KeySpec="HMAC_256")["KeyMetadata"]["Arn"]
    assert derive_key(kms, key) == derive_key(kms, key)
    assert len(derive_key(kms, key)) >= 32
