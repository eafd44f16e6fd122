import pytest

from tests.config.config_folders import CHAT, PLATFORM, WRITER, faults_in, write_folder

SHARED = WRITER.replace("role/writer-app", "role/ingestion")


def _faults(tmp_path, writer, chat, platform=PLATFORM):
    return faults_in(
        write_folder(tmp_path, platform=platform, tenants={"writer": writer, "chat": chat})
    )


def test_two_different_tenants_are_valid(tmp_path):
    assert _faults(tmp_path, WRITER, CHAT) == []


def test_an_id_used_twice_is_named_with_the_other_file(tmp_path):
    faults = _faults(tmp_path, WRITER, CHAT.replace("id: chat", "id: writer"))
    assert {f.key for f in faults} == {"id"}
    assert any("another tenant has this id" in f.problem for f in faults)


@pytest.mark.parametrize("account", ["111122223333", "444455556666"])
def test_two_tenants_with_the_same_tag_values_are_refused_in_any_account(tmp_path, account):
    chat = CHAT.replace("tool: Chat", "tool: Writer").replace("111122223333", account)
    (fault,) = _faults(tmp_path, WRITER, chat)
    assert fault.key == "cost_tags"
    assert "count both's spend" in fault.problem


def test_tags_that_are_a_subset_of_anothers_are_refused(tmp_path):
    chat = CHAT.replace("tool: Chat", "tool: Writer").replace("  extra: CC-1\n", "")
    faults = _faults(tmp_path, WRITER, chat)
    assert [f.key for f in faults] == ["cost_tags", "cost_tags.extra"]


def test_a_profile_or_budget_adopted_twice_is_refused(tmp_path):
    arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123"
    addition = f"house-model-v1\n    profile_arn: {arn}"
    texts = [
        text.replace("house-model-v1", addition).replace(
            "usd: 500", "usd: 500\n  adopt_budget: existing"
        )
        for text in (WRITER, CHAT)
    ]
    faults = _faults(tmp_path, *texts)
    assert [f.key for f in faults] == ["budget.adopt_budget", "models.own.profile_arn"]


def test_a_role_in_two_tenants_must_be_declared_in_both(tmp_path):
    chat = CHAT.replace("role/chat-app", "role/ingestion")
    faults = _faults(tmp_path, SHARED, chat)
    assert [f.key for f in faults] == ["callers[0].role_arn"] * 2
    assert "list it under shared_with in both" in faults[0].problem


def test_a_role_shared_and_declared_in_both_is_valid(tmp_path):
    chat = CHAT.replace("role/chat-app", "role/ingestion").replace(
        "shared_with: []", "shared_with: [writer]"
    )
    assert _faults(tmp_path, SHARED.replace("with: []", "with: [chat]"), chat) == []


def test_shared_with_must_be_mutual(tmp_path):
    (fault,) = _faults(tmp_path, SHARED.replace("with: []", "with: [chat]"), CHAT)
    assert fault.key == "callers[0].role_arn"
    assert "chat, which does not list this role" in fault.problem


def test_a_role_is_the_same_whatever_path_is_written(tmp_path):
    chat = CHAT.replace("role/chat-app", "role/jobs/ingestion")
    assert len(_faults(tmp_path, SHARED, chat)) == 2


def test_a_role_listed_twice_in_one_tenant_is_refused(tmp_path):
    text = WRITER.replace(
        "    shared_with: []\n", "  - role_arn: arn:aws:iam::111122223333:role/writer-app\n"
    )
    (fault,) = _faults(tmp_path, text, CHAT)
    assert (fault.key, fault.line) == ("callers[1].role_arn", 26)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("bedrock:cost-centre", "bedrock:Tool", "attribution.extra_tag_key"),
        ("bedrock:cost-centre", "aws:x", "attribution.extra_tag_key"),
        ("managed-by: finops", "bedrock:tool: X", "landing_zone.mandatory_tags['bedrock:tool']"),
        ("managed-by: finops", "'finops:x': X", "landing_zone.mandatory_tags['finops:x']"),
        ("key/0a1b", "key/0a1b\n    - {account: '111122223333', region: eu-west-1}",
         "landing_zone.environments[1]"),
        ("kms:eu-west-1", "kms:eu-west-2", "landing_zone.environments[0].kms_key_arn"),
        ("- model: example.house-model-v1", "- model: eu.example.house-model-v1",
         "prices.overlay[0].model"),
        ("{input: 1.5, output: 6}", "{input: -1, output: 6}", "prices.overlay[0].rates.input"),
        ("as_of: 2026-10-01", "as_of: last week", "prices.overlay[0].as_of"),
        ("usd: 50000", "usd: 2.0e+9", "budgets.max_monthly_limit_usd"),
        ("organization: Test Bank", "organisation: Test Bank", "organisation"),
        ("[platform@example.com]", "[p@example.com, p@example.com]", "alerts.emails[1]"),
    ],
)  # fmt: skip
def test_a_fault_of_the_platform_is_named(tmp_path, old, new, key):
    assert PLATFORM.count(old) == 1
    faults = _faults(tmp_path, WRITER, CHAT, platform=PLATFORM.replace(old, new))
    assert key in [f.key for f in faults if f.file.endswith("platform.yaml")], faults


def test_a_model_and_scope_priced_twice_is_named(tmp_path):
    start, end = PLATFORM.index("    - model"), PLATFORM.index("landing_zone")
    platform = PLATFORM[:end] + PLATFORM[start:end] + PLATFORM[end:]
    (fault,) = _faults(tmp_path, WRITER, CHAT, platform=platform)
    assert fault.key == "prices.overlay[1].model"


def test_tenants_are_checked_although_the_platform_file_is_broken(tmp_path):
    faults = _faults(tmp_path, WRITER.replace("usd: 500", "usd: 0"), CHAT, platform="a: [")
    assert {f.key for f in faults} >= {"", "budget.monthly_limit_usd"}


def test_all_faults_of_all_files_are_reported_together(tmp_path):
    writer = WRITER.replace("usd: 500", "usd: 0").replace("mode: shadow", "mode: x")
    chat = CHAT.replace("tool: Chat", "tool: Writer").replace("role/chat-app", "role/writer-app")
    platform = PLATFORM.replace("managed-by: finops", "'aws:x': y")
    keys = {f.key for f in _faults(tmp_path, writer, chat, platform)}
    assert keys == {
        "budget.monthly_limit_usd", "mode", "cost_tags", "callers[0].role_arn",
        "landing_zone.mandatory_tags['aws:x']",
    }  # fmt: skip
