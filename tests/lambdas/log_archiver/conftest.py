import pytest

from tests.lambdas.log_archiver.log_world import LogWorld


@pytest.fixture
def world(account):
    return LogWorld()


@pytest.fixture
def world_with(account):
    return LogWorld
