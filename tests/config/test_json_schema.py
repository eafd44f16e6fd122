import json
from pathlib import Path

import pytest

from finops_constructs.config.json_schema import json_schemas, schema_text
from finops_constructs.config.patterns import PLAIN

COMMITTED = Path(__file__).parents[2] / "config" / "schema"


def _sections(schema):
    return {"": schema, **schema["$defs"]}.items()


def _nodes(value):
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _nodes(each)


@pytest.mark.parametrize("name", ["platform.schema.json", "tenant.schema.json"])
class TestSchema:
    def test_the_committed_schema_is_that_of_the_models(self, name):
        committed = (COMMITTED / name).read_text(encoding="utf-8")
        assert committed == schema_text(json_schemas()[name]), "run `make schema`"

    def test_it_says_which_draft_it_is_written_in(self, name):
        schema = json.loads((COMMITTED / name).read_text(encoding="utf-8"))
        assert schema["$schema"].endswith("/draft/2020-12/schema")

    def test_editors_can_explain_every_key_and_refuse_unknown_ones(self, name):
        schema = json_schemas()[name]
        for title, section in _sections(schema):
            if section["type"] != "object":
                continue
            assert section["additionalProperties"] is False
            for key, value in section["properties"].items():
                target = value.get("$ref", "").rsplit("/", 1)[-1]
                described = value.get("description") or schema["$defs"][target].get("description")
                assert described, f"{title}.{key}"

    def test_every_pattern_is_explained_in_plain_language(self, name):
        for node in _nodes(json_schemas()[name]):
            if isinstance(node.get("pattern"), str):
                assert node["patternErrorMessage"] == f"must be {PLAIN[node['pattern']]}"

    def test_amounts_are_numbers_not_text(self, name):
        defaults = [n["default"] for n in _nodes(json_schemas()[name]) if "default" in n]
        assert not any(isinstance(d, str) and d.isdecimal() for d in defaults)
