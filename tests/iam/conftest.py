"""Every scenario is synthesized once, and one process judges all of them."""

import pytest

from local.simulator import Simulator
from tests.iam import scenarios


@pytest.fixture(scope="session")
def simulator():
    simulator = Simulator()
    yield simulator
    simulator.close()


@pytest.fixture(scope="session")
def app_team():
    return scenarios.app_team()


@pytest.fixture(scope="session")
def observing_app_team():
    return scenarios.app_team(guard="observe")


@pytest.fixture(scope="session")
def enforced():
    return scenarios.tenants(guard="enforce")


@pytest.fixture(scope="session")
def observed():
    return scenarios.tenants(guard="observe")


@pytest.fixture(scope="session")
def shared():
    return scenarios.shared_role()


@pytest.fixture(scope="session")
def imported():
    return scenarios.imported_profile()


@pytest.fixture(scope="session")
def adopting():
    return scenarios.adopting_tenant()


@pytest.fixture(scope="session")
def platform():
    return scenarios.platform_stack()
