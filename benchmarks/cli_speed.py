"""How long the command line keeps a person waiting."""

import sys
import tempfile
from pathlib import Path

from benchmarks.process import ROOT, median_seconds
from tests.config.many_tenants import write_many_tenants

_FINOPS = Path(sys.executable).parent / "finops"


def measure() -> dict[str, float]:
    """Return seconds of `finops --help` and of `finops validate` on 4 and on 1,000 tenants."""
    with tempfile.TemporaryDirectory() as folder:
        many = Path(folder) / "config"
        write_many_tenants(many, 1000)
        return {
            "finops_help_s": median_seconds([str(_FINOPS), "--help"]),
            "finops_validate_example_s": median_seconds(
                [str(_FINOPS), "validate", str(ROOT / "config")]
            ),
            "finops_validate_1000_tenants_s": median_seconds(
                [str(_FINOPS), "validate", str(many)], runs=3
            ),
        }
