"""Each planted fault is found by the commands that can find it, and nothing else is."""

import pytest

from local.seeded_estate.application import APPLICATIONS
from local.seeded_estate.estate import FOREIGN_GROUP
from local.seeded_estate.faults import DOCTOR, FAULTS, GUARD_REPORT, IMPORT, PREFLIGHT

pytestmark = pytest.mark.emulator
ID = {0: "platform"} | {app.number: app.id for app in APPLICATIONS}
LOG = ("--log-group", FOREIGN_GROUP, "--days", "25")


def planted(command):
    """What a command must say: (whom about, part of the text) of every fault it must find."""
    return {(ID[fault.app], fault.says) for fault in FAULTS.values() if command in fault.found_by}


def matched(said, faults):
    """Each thing said, as the fault it is about; what is about none stays as it is."""
    return {
        next(((a, part) for a, part in faults if a == about and part in text), (about, text))
        for about, text in said
    }


def filled_in(text, number):
    """A proposed file with what a person decides."""
    for key, value in (
        ("  team: ", f"  team: Team {number} #"),
        ("  email: ", f"  email: owner-{number}@example.com #"),
        ("  cost_centre: ", "  cost_centre: CC-1 #"),
        ("  tool:  #", "  tool: Claims triage #"),
    ):
        text = text.replace(key, value)
    return text


def test_twelve_faults_are_planted():
    assert len(FAULTS) == 12
    assert set().union(*(f.found_by for f in FAULTS.values())) == {
        IMPORT,
        PREFLIGHT,
        DOCTOR,
        GUARD_REPORT,
    }


def test_import_proposes_every_application_and_finds_its_faults_and_nothing_else(imported):
    proposed, _ = imported
    drafts = proposed["drafts"]
    assert {draft["id"] for draft in drafts} == {app.id for app in APPLICATIONS}
    said = {
        (draft["id"], text)
        for draft in drafts
        for text in (
            *draft["notes"],
            *draft["tag_faults"].values(),
            *(caller["note"] for caller in draft["callers"] if caller["note"]),
            *draft["key_users"],
        )
    }
    faults = planted(IMPORT)
    assert matched(said, faults) == faults


def test_import_adopts_what_is_there_and_leaves_to_people_what_it_cannot_know(imported, seeded):
    proposed, _ = imported
    draft = next(each for each in proposed["drafts"] if each["id"] == "app-01")
    assert draft["models"] == [
        {
            "alias": "sonnet",
            "model": "eu.anthropic.claude-sonnet-5-5",
            "profile_arn": seeded.profiles[1],
            "note": "",
        }
    ]
    assert [caller["role_arn"] for caller in draft["callers"]] == [APPLICATIONS[0].role_arn]
    assert (draft["adopt_budget"], draft["limit_usd"]) == ("app-01-2026", "500")
    assert draft["undecided"] == ["owner.team", "owner.email", "owner.cost_centre"]


def test_import_changes_nothing_and_overwrites_no_file(imported, finops, aws):
    _, folder = imported
    ssm = aws.client("ssm")
    again = finops.run("tenants", "import", "--out", str(folder))
    assert again.returncode == 2
    assert "there already; nothing was written" in again.stderr
    profiles = aws.client("bedrock").list_inference_profiles(typeEquals="APPLICATION")
    assert len(profiles["inferenceProfileSummaries"]) == len(APPLICATIONS)
    tags = aws.client("bedrock").list_tags_for_resource(
        resourceARN=profiles["inferenceProfileSummaries"][0]["inferenceProfileArn"]
    )["tags"]
    assert not any(tag["key"].startswith("finops:") for tag in tags)
    assert ssm.meta.region_name == "eu-west-1"


@pytest.fixture(scope="module")
def decided(imported, tmp_path_factory):
    """The imported folder as a person has filled it in."""
    _, source = imported
    folder = tmp_path_factory.mktemp("decided")
    (folder / "tenants").mkdir()
    (folder / "platform.yaml").write_text("schema_version: 1\norganization: Example Bank\n")
    for number, file in enumerate(sorted((source / "tenants").iterdir())):
        (folder / "tenants" / file.name).write_text(filled_in(file.read_text(), number))
    return folder


def test_validate_names_every_key_that_import_left_open(imported, finops):
    _, folder = imported
    (folder / "platform.yaml").write_text("schema_version: 1\norganization: Example Bank\n")
    said = finops.ask("validate", str(folder), code=1)
    keys = [fault["key"] for fault in said["faults"] if fault["file"].endswith("/app-01.yaml")]
    assert keys == ["owner.team", "owner.email", "owner.cost_centre"]


def test_preflight_finds_its_faults_with_file_and_line_and_nothing_else(decided, finops):
    assert finops.ask("validate", str(decided), code=0)["valid"]
    said = finops.ask("validate", str(decided), "--live", code=1)
    faults = planted(PREFLIGHT)
    found = {
        (fault["file"].rpartition("/")[2].removesuffix(".yaml"), fault["problem"] + fault["value"])
        for fault in said["faults"]
    }
    assert matched(found, faults) == faults
    assert all(fault["line"] > 1 for fault in said["faults"])
    assert sum(bool(each["snippet"]) for each in said["live"]["unreached"]) == 1


def test_the_doctor_finds_its_faults_and_nothing_else(adopted, finops):
    said = finops.ask("doctor", code=1)
    faults = planted(DOCTOR)
    assert matched({(f["about"], f["problem"]) for f in said["findings"]}, faults) == faults
    assert len(said["findings"]) == len(faults)
    assert all(finding["command"] and finding["owner"] for finding in said["findings"])
    calm = {f["about"] for f in said["findings"] if not f["blind"]}
    assert calm == {"app-10", "app-11", "app-12"}


def test_the_doctor_of_one_tenant_tells_of_it_and_of_the_platform(adopted, finops):
    said = finops.ask("doctor", "app-09", code=1)
    assert {finding["about"] for finding in said["findings"]} == {"platform", "app-09"}


def test_the_doctor_of_a_tenant_that_is_not_there_is_an_input_error(adopted, finops):
    done = finops.run("doctor", "nobody")
    assert (done.returncode, done.stderr.strip()) == (
        2,
        "Error: no tenant 'nobody' is registered in eu-west-1",
    )


def test_guard_report_finds_its_faults_and_nothing_else(adopted, finops):
    said = finops.ask("guard", "report", *LOG, code=1)
    faults = planted(GUARD_REPORT)
    found = {(each["tenant"], each["model_id"]) for each in said["would_deny"]}
    assert matched(found, faults) == faults
    (denial,) = said["would_deny"]
    assert (denial["role"], denial["calls"]) == ("app-04", 3)
    assert said["undeclared_callers"] == []


def test_guard_ready_holds_for_a_tenant_whose_calls_are_all_its_own(adopted, finops):
    said = finops.ask("guard", "ready", "app-01", *LOG[:2], "--days", "14", code=0)
    (tenant,) = said["tenants"]
    assert (tenant["ready"], tenant["calls"]) == (True, 30)


def test_guard_ready_says_what_is_in_the_way(adopted, finops):
    said = finops.ask("guard", "ready", "app-04", *LOG[:2], "--days", "14", code=1)
    (obstacle,) = said["tenants"][0]["obstacles"]
    assert "app-04 would have been denied eu.anthropic.claude-haiku-5-5" in obstacle


def test_guard_ready_wants_a_log_that_reaches_back_so_far(adopted, finops):
    said = finops.ask("guard", "ready", "app-01", *LOG[:2], "--days", "60", code=1)
    (obstacle,) = said["tenants"][0]["obstacles"]
    assert "begins on" in obstacle
