import json
import subprocess
import sys
from pathlib import Path

import pytest

import finops_constructs

GOLDEN = Path(__file__).parent / "golden" / "public_api.json"


def test_the_public_names_are_a_contract():
    # A name that goes is BREAKING: say so in CHANGELOG.md, then change the golden file.
    assert sorted(finops_constructs.__all__) == json.loads(GOLDEN.read_text())


@pytest.mark.parametrize("name", finops_constructs.__all__)
def test_every_public_name_can_be_imported_and_has_a_docstring(name):
    assert getattr(finops_constructs, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        finops_constructs.Nonsense  # noqa: B018


@pytest.mark.parametrize(
    "module",
    [
        "finops_constructs",
        "finops_constructs.attribution.cost_tags",
        "finops_constructs.config.loader",
        "finops_constructs.prices.price_list",
        "finops_constructs.cli.main",
        "finops_constructs.cli.validate",
        "finops_constructs.cli.prices",
        "finops_constructs.cli.tenants",
        "finops_constructs.estate.reader",
    ],
)
def test_importing_it_starts_neither_the_cdk_nor_the_aws_sdk(module):
    code = f"import sys, {module}; sys.exit('aws_cdk' in sys.modules or 'boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
