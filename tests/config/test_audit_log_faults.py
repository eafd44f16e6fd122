import pytest

from finops_constructs.config.audit_log_checks import declared_retention
from finops_constructs.config.loader import load_config
from tests.config.config_folders import PLATFORM, WRITER, faults_in, write_folder

COMPLIANCE = """\
audit_log:
  retention:
    mode: COMPLIANCE
    preset: five-years
    owner: Head of Records
    declared_on: 2026-11-24
    irreversible: nobody, root included, can undo this
"""


def folder(tmp_path, section):
    return write_folder(tmp_path, platform=PLATFORM + section, tenants={"writer": WRITER})


def keys(tmp_path, section):
    folder(tmp_path, section)
    return {fault.key: fault.problem for fault in faults_in(tmp_path)}


def declared(tmp_path):
    log = load_config(tmp_path).platform.audit_log
    assert log
    return declared_retention(log)


def test_a_bare_section_is_the_plain_default(tmp_path):
    folder(tmp_path, "audit_log: {}\n")
    kept = declared(tmp_path)
    assert (kept.days, kept.mode, kept.owner) == (400, "GOVERNANCE", None)


def test_a_preset_brings_its_days_and_its_source(tmp_path):
    folder(tmp_path, COMPLIANCE)
    kept = declared(tmp_path)
    assert (kept.days, kept.mode) == (1827, "COMPLIANCE")
    assert "MiFID II" in kept.basis


def test_without_the_section_there_is_no_log(tmp_path):
    folder(tmp_path, "")
    assert load_config(tmp_path).platform.audit_log is None


@pytest.mark.parametrize(
    ("section", "key", "said"),
    [
        ("audit_log: {retention: {days: 180}}", "audit_log.retention.days", "184"),
        ("audit_log: {retention: {days: 40000}}", "audit_log.retention.days", "at most 36500"),
        (
            "audit_log: {retention: {days: 400, preset: five-years}}",
            "audit_log.retention.preset",
            "not both",
        ),
        ("audit_log: {retention: {preset: forever}}", "audit_log.retention.preset", "ai-act-floor"),
        (
            "audit_log: {retention: {days: 400, earlier: [{days: 1827}]}}",
            "audit_log.retention.days",
            "shorter than the 1827 declared before",
        ),
        (
            "audit_log: {retention: {earlier: [{days: 400, mode: COMPLIANCE}]}}",
            "audit_log.retention.mode",
            "weaker",
        ),
        ("audit_log: {cold_after_days: 400}", "audit_log.cold_after_days", "below the retention"),
        ("audit_log: {content_days: 3}", "audit_log.content_days", "means nothing"),
        ("audit_log: {content: bodies}", "audit_log.content", "none"),
        ("audit_log: {readers: [auditor]}", "audit_log.readers[0]", "the ARN of an IAM role"),
        ('audit_log: {archive_account: "12"}', "audit_log.archive_account", "12 digits"),
        (
            COMPLIANCE.replace("nobody, root included", "nobody"),
            "audit_log.retention.irreversible",
            "nobody, root included, can undo this",
        ),
        (
            COMPLIANCE.replace("    owner: Head of Records\n", ""),
            "audit_log.retention.owner",
            "who",
        ),
    ],
)
def test_fails_with_the_key_and_what_is_allowed(tmp_path, section, key, said):
    found = keys(tmp_path, section + "\n")
    assert said in found[key], found
