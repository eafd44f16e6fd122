"""Settles which Node jsii runs on before any test imports aws_cdk, and that no test is timed."""

from hypothesis import settings

from finops_constructs._node import use_bundled_node

use_bundled_node()

# A busy machine is slow now and then; that is no fault of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items):
    """The long files first: started last, they would run alone while one core has no work."""
    long = ("/tests/integration/", "/test_any_configuration.py")
    items.sort(key=lambda item: not any(part in item.path.as_posix() for part in long))
