"""The names of AWS's services, for the answer that one of them is not emulated.

ministack reads every description in botocore for the names that requests are signed for: seconds in
which it answers nobody. The list of services says nearly the same.
"""

import botocore.session
from ministack import app
from ministack.core import router


def install() -> None:
    """Tell the names before anybody asks, with those of the services that were registered here."""
    services = botocore.session.get_session().get_available_services()
    router._KNOWN_AWS_SERVICE_NAMES = frozenset({*services, *app.SERVICE_HANDLERS})
