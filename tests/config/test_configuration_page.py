import re
from pathlib import Path

import pytest

from finops_constructs.config.json_schema import json_schemas
from tests.config.config_folders import faults_in, write_folder

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("name", ["platform.schema.json", "tenant.schema.json"])
def test_the_page_names_every_key(name):
    schema = json_schemas()[name]
    keys = {
        key for each in (schema, *schema["$defs"].values()) for key in each.get("properties", ())
    }
    code = " ".join(re.findall(r"`([^`\n]+)`", PAGE)) + " ".join(BLOCKS)
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", code)) == []


def test_the_examples_of_the_page_are_valid(tmp_path):
    _, tenant, adoption, stops, platform = BLOCKS
    adopting, stopping = (
        re.sub(r"budget:.*", block, tenant, flags=re.DOTALL) for block in (adoption, stops)
    )
    platform_without_tag = platform.replace("  extra_tag_key: bedrock:cost-centre\n", "  {}\n")
    for number, text in enumerate([tenant, adopting, stopping]):
        folder = write_folder(
            tmp_path / str(number), platform=platform_without_tag, tenants={"writer": text}
        )
        assert faults_in(folder) == []
