"""docs/audit-log.md tells how to check the log with sha256sum and jq: exactly those commands."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "audit-log.md"
SECTION = PAGE.read_text(encoding="utf-8").split("## Check it by hand")[1].split("\n## ")[0]
OBJECTS, CHAIN, ADDED, COUNTS, SIGNATURES = re.findall(r"```bash\n(.*?)```", SECTION, re.DOTALL)
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "jq", "sha256sum"))), reason="needs bash, jq and sha256sum"
)


def run(command, folder):
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr.replace("sha256sum: WARNING", "WARNING")


@pytest.fixture
def signed(log, original):
    shutil.copy(original.parent / "finops.pem", log)
    return log


def test_an_untouched_log_passes_in_silence(signed):
    assert run(OBJECTS, signed) == ""
    assert re.fullmatch(r"head [0-9a-f]{64}\n", run(CHAIN, signed))
    assert run(ADDED, signed) == ""
    assert run(COUNTS, signed) == ""
    assert run(SIGNATURES, signed) == ""


def test_a_flipped_byte_and_a_removed_object_are_named(log):
    one, other, *_ = sorted(log.glob("records/**/*.gz"))
    one.write_bytes(one.read_bytes()[:-1] + b"x")
    other.unlink()
    said = run(OBJECTS, log)
    assert f"{one.relative_to(log)}: FAILED" in said
    assert f"{other.relative_to(log)}: FAILED open or read" in said


def test_reordered_manifests_are_named(log):
    first, second, *_ = sorted(log.glob("manifests/**/*.json"))
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert "02.json does not continue the manifest before" in run(CHAIN, log)


def test_an_added_object_is_named(log):
    (log / "records" / "extra.gz").write_bytes(b"x")
    assert run(ADDED, log) == "records/extra.gz\n"


def test_a_call_without_its_record_is_told(log):
    for each in log.glob("manifests/**/*.json"):
        each.write_text(each.read_text().replace('"invocations":6', '"invocations":7'))
    assert "records of 7 calls" in run(COUNTS, log)


def test_a_signature_of_something_else_is_told(signed):
    last = max(signed.glob("manifests/**/*.json"))
    last.write_bytes(last.read_bytes() + b" ")
    assert run(SIGNATURES, signed).endswith("05.json: bad signature\n")
