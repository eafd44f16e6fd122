"""A process of `benchmarks.first_event`: times what it reads about, prints seconds.

Imports nothing before the clock runs but what Python itself has imported, and json.
"""

import importlib
import json
import sys
import time
from types import SimpleNamespace


def main() -> None:
    """Read the function, its event and AWS's answers as JSON; print two times."""
    stage = json.load(sys.stdin)
    context = SimpleNamespace(
        function_name="function",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:eu-west-1:111122223333:function:function",
        aws_request_id="1b2e",
        get_remaining_time_in_millis=lambda: 60_000,
    )
    started = time.process_time()
    importlib.import_module("boto3")
    boto3_seconds = time.process_time() - started
    # Clients are boto3's own, made by the function: loading their models is part of the time.
    client = importlib.import_module("botocore.client").BaseClient
    client._make_api_call = lambda _, operation, __: stage["answers"][operation]  # noqa: SLF001
    started = time.process_time()
    importlib.import_module(stage["function"]).handler(stage["event"], context)
    event_seconds = time.process_time() - started
    print()  # noqa: T201 - the function's own last line may lack an end
    print(boto3_seconds, boto3_seconds + event_seconds)  # noqa: T201 - for the parent


if __name__ == "__main__":
    main()
