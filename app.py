"""Synthesizes the organisation in FINOPS_CONFIG (default: config) into CDK_OUTDIR or cdk.out."""

import gc
import os
import signal
import sys
from pathlib import Path

from finops_constructs._node import use_bundled_node
from finops_constructs.config.faults import ConfigFaults
from finops_constructs.config.loader import load_config


def main() -> int:
    """Refuse a faulty configuration before anything is synthesized; else synthesize it."""
    folder = Path(os.environ.get("FINOPS_CONFIG", "config"))
    try:
        config = load_config(folder)
    except ConfigFaults as faults:
        print(f"{faults}\n{folder}: nothing was synthesized", file=sys.stderr)  # noqa: T201
        return 1
    use_bundled_node()
    from finops_constructs.stacks.organisation import build_app  # noqa: PLC0415 - after the Node is settled

    gc.freeze()  # the CDK's own objects are many, and here to stay
    try:
        build_app(config).synth()
    except RuntimeError as error:  # a failed validation, by way of jsii; its report is printed
        print(str(error).splitlines()[0], file=sys.stderr)  # noqa: T201
        return 1
    return 0


signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it, without Python's or jsii's farewell
sys.exit(main())
