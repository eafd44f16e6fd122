from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.attribution.cost_tags import CostTags, cur_column, find_tag_faults

GOOD: dict[str, Any] = {"tool": "Writer", "project": "Alpha", "environment": "prod"}


def problems(extra=None, **changes):
    with pytest.raises(ValueError, match="cost tags: ") as caught:
        CostTags(**{**GOOD, **changes}, extra=extra)
    return str(caught.value)


def test_the_three_dimensions_and_the_organisations_own_become_tags_in_a_fixed_order():
    tags = CostTags(**GOOD, extra={"bedrock:cost-centre": "CC-1042"})
    assert list(tags.as_dict().items()) == [
        ("bedrock:tool", "Writer"),
        ("bedrock:project", "Alpha"),
        ("bedrock:environment", "prod"),
        ("bedrock:cost-centre", "CC-1042"),
    ]


def test_a_second_dimension_of_ones_own_is_refused():
    text = problems(extra={"bedrock:team": "Red", "bedrock:unit": "Blue"})
    assert "at most one dimension" in text


@pytest.mark.parametrize("value", ["AI", "shared", " Misc ", "DEFAULT", "genai"])
def test_a_value_too_broad_to_allocate_by_is_refused(value):
    text = problems(project=value)
    assert "bedrock:project" in text
    assert "too broad" in text


def test_what_counts_as_too_broad_can_be_configured():
    assert CostTags(**{**GOOD, "project": "shared"}, broad_values=["everything"])
    assert "too broad" in problems_with_broad("Everything", ["everything"])


def problems_with_broad(value, broad):
    with pytest.raises(ValueError, match="cost tags: ") as caught:
        CostTags(**{**GOOD, "tool": value}, broad_values=broad)
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [("", "empty"), ("x" * 257, "at most 256 characters, got 257"), ("a,b", "letters, digits")],
)
def test_a_value_aws_would_refuse_is_refused_here(value, said):
    assert said in problems(tool=value)


@pytest.mark.parametrize("key", ["bedrock_tool", "Bedrock:Tool", "bedrock-project"])
def test_a_key_that_becomes_the_same_cur_column_as_another_is_refused(key):
    assert "same CUR column" in problems(extra={key: "CC-1"})


@pytest.mark.parametrize("key", ["aws:cost", "finops:state", "", "k" * 129, "a,b"])
def test_reserved_and_malformed_keys_are_refused(key):
    assert problems(extra={key: "CC-1"})


def test_every_fault_is_reported_at_once():
    text = problems(tool="", project="AI", environment="x" * 300)
    assert all(key in text for key in ("bedrock:tool", "bedrock:project", "bedrock:environment"))


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("bedrock:tool", "user_bedrock_tool"),
        ("CostCentre", "user_cost_centre"),
        ("karpenter.sh/nodepool", "user_karpenter_sh_nodepool"),
    ],
)
def test_a_key_is_normalised_as_cur_does(key, column):
    assert cur_column(key) == column


@given(st.text(max_size=300), st.text(max_size=140), st.text(max_size=300))
def test_any_text_is_answered_with_faults_or_accepted_but_never_crashes(tool, key, value):
    faults = find_tag_faults({"bedrock:tool": tool}, {key: value})
    if not faults:
        assert 0 < len(tool) <= 256
        assert 0 < len(key) <= 128
