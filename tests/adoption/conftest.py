"""The seeded estate: thirty applications and twelve faults, on one emulator for all tests."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local.emulator import Emulator
from local.seeded_estate.application import APPLICATIONS
from local.seeded_estate.estate import Estate

FINOPS = Path(sys.executable).with_name("finops")


class Commands:
    """`finops` against the estate."""

    def __init__(self, emulator):
        self._env = emulator.env

    def run(self, *arguments):
        return subprocess.run(
            [str(FINOPS), *arguments], env=self._env, capture_output=True, text=True, check=False
        )

    def ask(self, *arguments, code):
        done = self.run(*arguments, "--json")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def aws():
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="session")
def finops(aws):
    return Commands(aws)


@pytest.fixture(scope="session")
def seeded(aws):
    estate = Estate(aws)
    estate.seed()
    return estate


@pytest.fixture(scope="session")
def imported(seeded, finops, tmp_path_factory):
    """What `tenants import` proposed before anything was adopted, and the files it wrote."""
    folder = tmp_path_factory.mktemp("config")
    return finops.ask("tenants", "import", "--out", str(folder), code=1), folder


@pytest.fixture(scope="session")
def adopted(imported, seeded):
    """The estate with every application in the registry."""
    seeded.adopt()
    return {app.id: app for app in APPLICATIONS}
