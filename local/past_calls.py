"""Model calls that were made some time ago, as their log record and metrics tell.

So a month's spend can be there at once, without any five minutes of it looking like a burst. The
marker goes anywhere into the request, as that of `TokenUsage` does.
"""

import re

_MARKER = re.compile(rb"\[\[ago (\d+)\]\]")


def marker(seconds: int) -> str:
    """Return the text that dates a call back.

    Args:
        seconds: How long ago it was made.
    """
    return f"[[ago {seconds}]]"


def seconds_ago(request: bytes) -> int:
    """Return how long ago a call says it was made; 0 if it says nothing.

    Args:
        request: The request's body.
    """
    found = _MARKER.search(request or b"")
    return int(found.group(1)) if found else 0
