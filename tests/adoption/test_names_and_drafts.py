"""Names that import gives, and how it puts together what belongs together."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.adoption.account import FoundBudget, FoundProfile
from finops_constructs.adoption.draft_yaml import draft_yaml
from finops_constructs.adoption.names import alias_of, same_model, slug, source_of
from finops_constructs.adoption.proposing import Proposing
from finops_constructs.config.loader import ConfigFaults, load_config
from finops_constructs.config.patterns import SLUG_PATTERN
from finops_constructs.invocations.use import Use, parse_principal

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ACCOUNT, REGION = "111122223333", "eu-west-1"
ROLES = {name: f"arn:aws:iam::{ACCOUNT}:role/apps/{name}" for name in ("app", "both", "bare")}
USERS = {"keyed": f"arn:aws:iam::{ACCOUNT}:user/keyed"}
SONNET = "anthropic.claude-sonnet-5-5"


def model_arn(region, model=SONNET):
    return f"arn:aws:bedrock:{region}::foundation-model/{model}"


def profile(name, *, tool="Writer", **changes):
    tags = {"bedrock:tool": tool, "bedrock:project": "Letters", "bedrock:environment": "prod"}
    found = {
        "arn": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/{name}",
        "name": name,
        "model_arns": [model_arn("eu-west-1"), model_arn("eu-central-1")],
        "tags": {key: value for key, value in tags.items() if value},
    }
    return FoundProfile(**(found | changes))


def use(who, model):
    kinds = {"role": f"arn:aws:sts::{ACCOUNT}:assumed-role/{who}/s", "user": USERS.get(who, "")}
    arn = kinds["user"] or kinds["role"]
    return Use(principal=parse_principal(arn), model_id=model, calls=7, first=NOW, last=NOW)


def propose(profiles=(), budgets=(), uses=()):
    return Proposing(
        account=ACCOUNT, region=REGION, role_arns=ROLES, user_arns=USERS, taken=["taken"]
    ).propose(list(profiles), list(budgets), list(uses))


@given(text=st.text(max_size=60), taken=st.lists(st.text(max_size=10), max_size=3))
def test_a_slug_is_always_a_valid_id_that_is_free(text, taken):
    first = slug(text, taken)
    second = slug(text, [*taken, first])
    for name in (first, second):
        assert re.fullmatch(SLUG_PATTERN, name)
        assert 2 <= len(name) <= 32
    assert second != first
    assert first not in taken


@pytest.mark.parametrize(
    ("arns", "source"),
    [
        ([model_arn("eu-west-1")], SONNET),
        ([model_arn("eu-west-1"), model_arn("eu-north-1")], f"eu.{SONNET}"),
        ([model_arn("us-east-1"), model_arn("us-west-2")], f"us.{SONNET}"),
        ([model_arn("ap-south-1"), model_arn("ap-east-1")], f"apac.{SONNET}"),
        ([model_arn("eu-west-1"), model_arn("")], f"global.{SONNET}"),
        ([f"arn:aws:bedrock:eu-west-1:1:inference-profile/eu.{SONNET}"], f"eu.{SONNET}"),
        ([model_arn("eu-west-1"), model_arn("us-east-1")], None),
        ([model_arn("eu-west-1"), model_arn("eu-west-1", "other.model")], None),
        ([], None),
    ],
)
def test_a_profiles_source_is_told_by_where_it_routes_or_left_open(arns, source):
    assert source_of(arns, REGION) == source


def test_aliases_say_what_kind_of_model_it_is_and_are_told_apart():
    assert alias_of(f"eu.{SONNET}", []) == "sonnet"
    assert alias_of(f"eu.{SONNET}", ["sonnet"]) == "sonnet-2"
    assert alias_of("amazon.titan-embed-text-v2:0", []) == "embed"
    assert alias_of("meta.llama3-3-70b-instruct-v1:0", []) == "llama3-3-70b-instruc"


def test_the_scope_makes_no_other_model():
    assert same_model(f"eu.{SONNET}", SONNET)
    assert not same_model("eu.anthropic.claude-haiku-5-5", SONNET)


def test_profiles_with_the_same_tags_are_one_application():
    drafts = propose([profile("b"), profile("a"), profile("c", tool="Reader")])
    assert [draft.id for draft in drafts] == ["reader", "writer"]
    assert [m.alias for m in drafts[1].models] == ["sonnet", "sonnet-2"]


def test_profiles_without_all_tags_are_each_their_own():
    drafts = propose([profile("a", tool=None), profile("b", tool=None)])
    assert [draft.id for draft in drafts] == ["a-app", "b-app"]
    assert drafts[0].tag_faults == {"tool": "no profile of it has the tag bedrock:tool"}
    assert "cost_tags.tool" in drafts[0].undecided


def test_a_role_of_two_applications_is_shared_and_says_so_in_both():
    writer, reader = profile("w"), profile("r", tool="Reader")
    drafts = propose([writer, reader], uses=[use("both", writer.arn), use("both", "r")])
    assert [(d.id, d.callers[0].shared_with) for d in drafts] == [
        ("reader", ["writer"]),
        ("writer", ["reader"]),
    ]


def test_a_role_that_calls_bare_models_only_is_an_application_of_its_own():
    (draft,) = propose(uses=[use("bare", f"eu.{SONNET}"), use("bare", model_arn("eu-west-1"))])
    assert (draft.id, [m.model for m in draft.models]) == ("bare", [f"eu.{SONNET}"])
    assert draft.models[0].profile_arn is None
    assert len(draft.notes) == 2
    assert all("must call alias sonnet instead" in note for note in draft.notes)


def test_a_user_is_proposed_for_its_key_and_a_strange_role_is_noted():
    uses = [use("keyed", "a"), use("gone", "a")]
    (draft,) = propose([profile("a")], uses=uses)
    assert draft.key_users == [USERS["keyed"]]
    assert draft.callers == []
    assert draft.notes == ["role gone calls it and does not exist any more"]


def budget(name, **tags):
    keys = {f"bedrock:{key}": value for key, value in tags.items()}
    return FoundBudget(name=name, limit_usd="900", tags=keys)


@pytest.mark.parametrize(
    ("budgets", "adopted"),
    [
        ([budget("b", tool="Writer", project="Letters", environment="prod")], "b"),
        ([budget("b", tool="Writer")], "b"),
        ([budget("b", tool="Writer"), budget("c", tool="Writer", project="Letters")], "c"),
        ([budget("b", tool="Writer"), budget("c", project="Letters")], None),
        ([budget("b", tool="Reader")], None),
        ([budget("b", tool="Writer", team="x")], None),
    ],
)
def test_the_budget_that_filters_most_closely_is_adopted_if_there_is_one(budgets, adopted):
    (draft,) = propose([profile("a")], budgets)
    assert draft.adopt_budget == adopted
    assert (draft.limit_usd == "900") is (adopted is not None)


def test_an_id_that_a_tenant_has_already_is_not_proposed_again():
    assert [draft.id for draft in propose([profile("a", tool="taken")])] == ["taken-2"]


def test_the_file_is_yaml_whatever_the_names_and_validate_names_what_is_open(tmp_path):
    odd = 'A "quoted": # name, with \\ and ü'
    (draft,) = propose([profile("a", tool=odd)], uses=[use("app", "a"), use("keyed", "a")])
    text = draft_yaml(draft, source="a test")
    assert yaml.safe_load(text)["display_name"] == odd
    folder = write(tmp_path, draft.id, text)
    with pytest.raises(ConfigFaults) as found:
        load_config(folder)
    keys = [fault.key for fault in found.value.faults]
    assert sorted(set(keys)) == sorted(draft.undecided)


def write(folder: Path, name: str, text: str) -> Path:
    (folder / "tenants").mkdir()
    (folder / "platform.yaml").write_text("schema_version: 1\norganization: Bank\n")
    (folder / "tenants" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder
