import pytest

from tests.config.config_folders import PLATFORM, WRITER, Edit, faults_in, write_folder
from tests.config.tenant_edits import TENANT_EDITS


def _names(edit):
    return f"{edit.key} {edit.new[:40]}"


def test_the_unspoilt_folder_is_valid(tmp_path):
    assert faults_in(write_folder(tmp_path)) == []


@pytest.mark.parametrize("edit", TENANT_EDITS, ids=_names)
def test_a_fault_names_file_line_key_value_and_what_is_allowed(tmp_path, edit):
    folder = write_folder(tmp_path, tenants={"writer": edit.apply(WRITER)})
    named = [fault for fault in faults_in(folder) if fault.key == edit.key]
    assert named, faults_in(folder)
    fault = named[0]
    assert fault.file == str(folder / "tenants" / "writer.yaml")
    assert fault.line == edit.line(WRITER)
    assert edit.value in fault.value
    assert edit.allowed in f"{fault.value} {fault.problem}"
    assert len(str(fault)) < 1500


@pytest.mark.parametrize("edit", TENANT_EDITS, ids=_names)
def test_a_single_slip_is_one_fault_unless_it_takes_the_id_away(tmp_path, edit):
    folder = write_folder(tmp_path, tenants={"writer": edit.apply(WRITER)})
    follow_ups = {"owner.team"} if "teem" in edit.new else set()
    faults = [fault for fault in faults_in(folder) if fault.key not in follow_ups]
    same_key = {fault.key for fault in faults}
    assert same_key == {edit.key}, faults


@pytest.mark.parametrize("key", ["id", "display_name", "owner", "account", "region", "budget"])
def test_a_missing_key_is_named_at_its_parent(tmp_path, key):
    lines = WRITER.splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{key}:"))
    end = next(n for n in range(start + 1, len(lines)) if not lines[n].startswith(" "))
    text = "".join(lines[:start] + lines[end:])
    faults = faults_in(write_folder(tmp_path, tenants={"writer": text}))
    assert [(f.key, f.line, f.value, f.problem) for f in faults] == [
        (key, 1, "(missing)", "is required")
    ]


def test_the_file_must_be_named_after_the_id(tmp_path):
    faults = faults_in(write_folder(tmp_path, tenants={"other": WRITER}))
    assert [str(f).split(" -- ")[1] for f in faults] == [
        "must be the file's name: rename other.yaml to writer.yaml, or change the id"
    ]


def test_the_fourth_tag_is_required_if_the_platform_names_it(tmp_path):
    text = WRITER.replace("  extra: CC-1\n", "")
    faults = faults_in(write_folder(tmp_path, tenants={"writer": text}))
    assert [(f.key, f.value) for f in faults] == [("cost_tags.extra", "(missing)")]


def test_the_fourth_tag_is_refused_if_the_platform_does_not_name_it(tmp_path):
    platform = PLATFORM.replace("  extra_tag_key: bedrock:cost-centre\n", "")
    faults = faults_in(write_folder(tmp_path, platform=platform))
    assert [(f.key, f.value) for f in faults] == [("cost_tags.extra", "'CC-1'")]


@pytest.mark.parametrize(
    "addition",
    ["metered: false", "price: {input: 1, output: 2}"],
)
def test_an_unknown_model_is_allowed_unmetered_or_with_a_price(tmp_path, addition):
    text = WRITER.replace("example.house-model-v1", f"example.unknown-v1\n    {addition}")
    assert faults_in(write_folder(tmp_path, tenants={"writer": text})) == []


def test_a_model_billed_by_another_unit_must_be_declared_unmetered(tmp_path):
    text = WRITER.replace("example.house-model-v1", "amazon.rerank-v1:0")
    (fault,) = faults_in(write_folder(tmp_path, tenants={"writer": text}))
    assert fault.key == "models.own.model"
    assert "say metered: false" in fault.problem


def test_a_profile_to_adopt_must_be_of_the_tenants_region_and_account(tmp_path):
    arn = "arn:aws:bedrock:eu-west-2:444455556666:application-inference-profile/abc123"
    edit = Edit("house-model-v1", f"house-model-v1\n    profile_arn: {arn}", "", "", "")
    faults = faults_in(write_folder(tmp_path, tenants={"writer": edit.apply(WRITER)}))
    assert [f.key for f in faults] == ["models.own.profile_arn"] * 2


@pytest.mark.parametrize("alias", ["no", "12", "Smart", "a b", "x" * 30])
def test_an_alias_that_cannot_be_a_key_is_named(tmp_path, alias):
    text = WRITER.replace("  smart:", f"  {alias}:")
    faults = faults_in(write_folder(tmp_path, tenants={"writer": text}))
    assert faults
    assert all(f.line == WRITER.splitlines().index("  smart:") + 1 for f in faults), faults


def test_addresses_and_rules_given_twice_are_named(tmp_path):
    text = WRITER.replace("[writers@example.com]", "[a@example.com, A@example.com]")
    text += "  - rule: finops::data-residency\n    reason: because of another reason\n"
    faults = faults_in(write_folder(tmp_path, tenants={"writer": text}))
    assert [f.key for f in faults] == ["alerts.emails[1]", "acknowledge[1].rule"]


def test_a_misspelt_model_is_answered_with_ids_that_its_region_can_call(tmp_path):
    text = WRITER.replace("claude-sonnet-5-5", "claude-sonet-5")
    (fault,) = faults_in(write_folder(tmp_path, tenants={"writer": text}))
    assert "did you mean eu.anthropic.claude-sonnet-5 or" in fault.problem
    assert "us.anthropic" not in fault.problem
