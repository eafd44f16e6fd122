"""OSCAL's own reader, compliance-trestle, takes the component definition (`make setup-oscal`)."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from finops_constructs.evidence import oscal
from tests.evidence.assemblies import evidence_of, strongest

PYTHON = Path(__file__).resolve().parents[2] / ".venv-oscal" / "bin" / "python"
FAULTS = {
    "no time": lambda content: content["metadata"].pop("last-modified"),
    "no description": lambda content: content["components"][0].pop("description"),
    "no uuid": lambda content: content["components"][0].update(uuid="7"),
    "one uuid twice": lambda content: content["components"][0].update(
        uuid=content["components"][1]["uuid"]
    ),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """File -> what trestle says of it; all in one process, which takes seconds to start."""
    if not PYTHON.exists():
        missing = "no compliance-trestle: run make setup-oscal"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    folder = tmp_path_factory.mktemp("oscal")
    evidence = evidence_of(folder / "cdk.out", strongest())
    files = [folder / "sound"]
    files[0].write_text(oscal.text(evidence))
    for name, spoil in FAULTS.items():
        content = oscal.component_definition(evidence)
        spoil(content["component-definition"])
        files.append(folder / name)
        files[-1].write_text(json.dumps(content))
    script = Path(__file__).with_name("validate_oscal.py")
    done = subprocess.run([PYTHON, script, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_trestle_takes_it_and_supports_its_version(told):
    assert told["files"]["sound"] == "valid"
    assert told["oscal_version"] == oscal.OSCAL_VERSION


@pytest.mark.parametrize("name", FAULTS)
def test_trestle_refuses_a_faulty_one(told, name):
    assert told["files"][name] != "valid"
