import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs._place import Place
from finops_constructs.attribution.model_source import Scope, parse_model_source

HERE = Place(partition="aws", account="111122223333", region="eu-west-1")
SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"


@pytest.mark.parametrize(
    ("text", "scope", "copied_from"),
    [
        (SONNET, Scope.REGIONAL, f"arn:aws:bedrock:eu-west-1::foundation-model/{SONNET}"),
        (
            f"eu.{SONNET}",
            Scope.EU,
            f"arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.{SONNET}",
        ),
        (
            f"arn:aws:bedrock:eu-west-1::foundation-model/{SONNET}",
            Scope.REGIONAL,
            f"arn:aws:bedrock:eu-west-1::foundation-model/{SONNET}",
        ),
        (
            f"arn:aws:bedrock:eu-west-1:111122223333:inference-profile/global.{SONNET}",
            Scope.GLOBAL,
            f"arn:aws:bedrock:eu-west-1:111122223333:inference-profile/global.{SONNET}",
        ),
    ],
)
def test_ids_and_arns_of_models_and_system_profiles_are_understood(text, scope, copied_from):
    source = parse_model_source(text)
    assert (source.base_model_id, source.scope) == (SONNET, scope)
    assert source.arn(HERE) == copied_from


def test_a_model_whose_name_starts_like_a_scope_is_still_a_model():
    assert parse_model_source("us-gov.anthropic.claude-x").scope is Scope.US_GOV
    assert parse_model_source("deepseek.v3.2").scope is Scope.REGIONAL


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("claude", "not a Bedrock model"),
        ("", "not a Bedrock model"),
        ("eu.", "not a Bedrock model"),
        ("arn:aws:s3:::bucket", "not a Bedrock ARN"),
        (
            "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc",
            "profile_arn",
        ),
        ("arn:aws:bedrock:eu-west-1:111122223333:provisioned-model/abc", "cannot be copied from"),
        (
            f"arn:aws:bedrock:eu-west-1:111122223333:inference-profile/{SONNET}",
            "no system inference profile",
        ),
    ],
)
def test_anything_else_is_refused_with_what_is_allowed(text, said):
    with pytest.raises(ValueError, match=said):
        parse_model_source(text)


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_refused_with_a_value_error(text):
    try:
        source = parse_model_source(text)
    except ValueError:
        return
    assert parse_model_source(source.source_id) is not None
