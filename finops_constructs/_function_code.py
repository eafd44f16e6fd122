"""Where the Lambda functions' code lies, for whoever packs it and for whoever runs it here.

Must not import aws_cdk: the command line runs the functions' own code without it.
"""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def function_code_path() -> Path:
    """Return the folder that holds the functions' packages, in a wheel or in a checkout."""
    installed = _HERE / "_lambdas"
    return installed if installed.is_dir() else _HERE.parent / "lambdas"


def use_function_code() -> None:
    """Make the functions' packages importable as the functions import each other.

    Afterwards `from shared.registry import ...` finds what Lambda would find. The folder goes in
    front, because `shared` is a name that others use too.
    """
    path = str(function_code_path())
    if path not in sys.path:
        sys.path.insert(0, path)
