"""The latencies of the platform's self-test, hop by hop, on the emulator.

The emulator delivers a log record at once, where AWS takes 5 to 30 s, and IAM and Bedrock answer
from this machine: the figures are our own share of a stop, not AWS's.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from tests.integration.scene import REGION, guarded, opened

_RUNS = 3


def measure() -> dict[str, float]:
    """Return seconds of each hop, the median of three runs after one that starts the functions."""
    with tempfile.TemporaryDirectory() as home, opened(Path(home)) as scene:
        scene.deploy(guarded("writer"))
        functions = scene.aws.client("lambda", REGION)

        def hops() -> Mapping[str, float]:
            answer = functions.invoke(FunctionName="finops-canary", Payload=b"{}")
            found = json.loads(answer["Payload"].read())
            if found["result"] != "passed":
                raise RuntimeError(f"the self-test failed: {found}")
            return dict(found["seconds"])

        hops()
        runs = [hops() for _ in range(_RUNS)]
        return {
            f"canary_{hop.lower()}_seconds": median(run[hop] for run in runs) for hop in runs[0]
        }
