"""The clock that a Region's functions see, which can be set: to the next month, for instance.

Only `time.time`, `time.time_ns` and the `datetime` module of Python functions are set, by replacing
them before the function's own code is loaded. The emulator's services keep the machine's time, and
so do the timestamps they give: log events, alarms, queues, tags' events.

A function that sleeps waits for AWS to become consistent, or for a run elsewhere to end. Here both
take moments, so no sleep lasts longer than a second.
"""

import json
import os
import textwrap

from ministack.core import lambda_runtime
from ministack.core.responses import get_region

CLOCKS = "FINOPS_EMULATOR_CLOCKS"
"""In the environment of every function: by how many seconds a Region's clock is ahead, as JSON."""
_PRELUDE = textwrap.dedent(
    """
    def _set_clock(offset):
        import datetime, time

        real_time, real_time_ns = time.time, time.time_ns
        real_date, real_datetime = datetime.date, datetime.datetime
        time.time = lambda: real_time() + offset
        time.time_ns = lambda: real_time_ns() + int(offset * 1e9)

        class Kind(type):
            def __instancecheck__(cls, value):
                return isinstance(value, cls.__mro__[1])

        class Date(real_date, metaclass=Kind):
            @classmethod
            def today(cls):
                return cls.fromtimestamp(time.time())

        class DateTime(real_datetime, metaclass=Kind):
            @classmethod
            def now(cls, tz=None):
                return cls.fromtimestamp(time.time(), tz)

            @classmethod
            def utcnow(cls):
                return cls.now(datetime.timezone.utc).replace(tzinfo=None)

            today = now

        datetime.date, datetime.datetime = Date, DateTime

    def _sleep_briefly(longest):
        import time

        real_sleep = time.sleep
        time.sleep = lambda seconds: real_sleep(min(seconds, longest))

    import json, os
    _sleep_briefly(1.0)
    _ahead = json.loads(os.environ.get("FINOPS_EMULATOR_CLOCKS") or "{}")
    _ahead = _ahead.get(os.environ["AWS_REGION"])
    if _ahead:
        _set_clock(_ahead)
    """
)


def install() -> None:
    """Let functions start with a clock that is set."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _PRELUDE + lambda_runtime._PYTHON_WORKER_SCRIPT


def set_offset(seconds: float) -> None:
    """Set the clock of every function of the Region at hand, and have them start anew.

    Args:
        seconds: How far it is ahead of the machine's; 0 for the machine's own.
    """
    region = get_region()
    ahead = json.loads(os.environ.get(CLOCKS) or "{}")
    os.environ[CLOCKS] = json.dumps(ahead | {region: seconds})
    with lambda_runtime._lock:
        keys = [key for key in lambda_runtime._workers if key.split(":")[1] == region]
        workers = [each for key in keys for each in lambda_runtime._workers.pop(key)]
    lambda_runtime.kill_workers([each for each in workers if not each.in_use])
