from datetime import date, timedelta

import pytest

from finops_constructs.attribution.model_source import parse_model_source
from finops_constructs.config.loader import ConfigFaults, load_config
from finops_constructs.prices.price_list import load_price_list
from tests.config.config_folders import WRITER, write_folder

OLD = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"


def _warnings(folder, writer, today=None):
    return load_config(write_folder(folder, tenants={"writer": writer}), today=today).warnings


@pytest.mark.parametrize(("days_before", "verb"), [(90, "retires"), (0, "retired"), (91, None)])
def test_a_model_about_to_retire_is_a_warning_with_date_and_successor(tmp_path, days_before, verb):
    price = load_price_list().find(parse_model_source(OLD), region="eu-west-1")
    assert price is not None
    assert price.deprecation_date is not None
    text = WRITER.replace("eu.anthropic.claude-sonnet-5-5", OLD)
    today = price.deprecation_date - timedelta(days=days_before)
    warnings = _warnings(tmp_path, text, today)
    assert [w.key for w in warnings] == (["models.smart.model"] if verb else [])
    if verb:
        assert f"AWS {verb} this model on {price.deprecation_date}" in warnings[0].problem
        assert (price.successor or "") in warnings[0].problem


def test_without_a_day_nothing_depends_on_the_day(tmp_path):
    text = WRITER.replace("eu.anthropic.claude-sonnet-5-5", OLD)
    assert _warnings(tmp_path, text) == ()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("mode: shadow", "mode: enforce", "mode"),
        ("role/writer-app", "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0a1b",
         "callers[0].role_arn"),
        ("role/writer-app", "role/finops/writer", "callers[0].role_arn"),
        ("mode: shadow", "caps: {hourly_usd: 90, daily_usd: 80}", "caps.hourly_usd"),
        ("mode: shadow", "approval: {timeout_minutes: 30}", "approval"),
    ],
)  # fmt: skip
def test_what_is_rarely_meant_is_a_warning(tmp_path, old, new, key):
    assert [w.key for w in _warnings(tmp_path, WRITER.replace(old, new))] == [key]


def test_faults_come_with_the_warnings(tmp_path):
    text = WRITER.replace("mode: shadow", "mode: enforce").replace("usd: 500", "usd: 0")
    with pytest.raises(ConfigFaults) as caught:
        _warnings(tmp_path, text, date(2026, 11, 24))
    assert [w.key for w in caught.value.warnings] == ["mode"]
    assert str(caught.value).count("\n") == 0
    assert "writer.yaml:16: budget.monthly_limit_usd: 0 -- must be greater" in str(caught.value)
