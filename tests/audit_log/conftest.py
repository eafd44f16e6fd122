"""A small log, made by the archiver itself, and a copy of it."""

import shutil
from datetime import timedelta

import pytest
from moto import mock_aws

from finops_constructs.audit_log.store import FolderStore
from finops_constructs.audit_log.verify import Options, verify
from tests.lambdas.log_archiver.log_world import START, LogWorld

NOW = START + timedelta(hours=8)


def make_log(folder):
    """Calls in four hours, a late delivery, two tenants' worth of objects; return its KMS key."""
    with mock_aws():
        world = LogWorld(sign=True)
        for hour in range(4):
            world.call(3 + hour)
            if hour == 1:
                world.call(2, at=START, name="late.json.gz", first=50)
                world.count(5, at=START)
            world.pass_hours(1)
        world.pass_hours(2)
        world.download(folder)
        return world.kms.public_pem()


@pytest.fixture(scope="session")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log") / "bucket"
    pem = make_log(folder)
    (folder.parent / "finops.pem").write_bytes(pem)
    return folder


@pytest.fixture
def log(original, tmp_path):
    """A copy that a test may tamper with."""
    folder = tmp_path / "bucket"
    shutil.copytree(original, folder)
    return folder


@pytest.fixture
def found():
    """What is wrong with a folder: (kind, hour) of each finding."""

    def find(folder, **options):
        report = verify(FolderStore(folder), Options(now=NOW, **options))
        return [(finding.kind.value, finding.hour) for finding in report.findings]

    return find
