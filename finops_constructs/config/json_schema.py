"""JSON Schemas of the configuration files, by which editors complete and explain them."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from finops_constructs.config.patterns import PLAIN
from finops_constructs.config.platform import PlatformConfig
from finops_constructs.config.tenant import TenantConfig

_MODELS: Final[Mapping[str, type[BaseModel]]] = {
    "platform.schema.json": PlatformConfig,
    "tenant.schema.json": TenantConfig,
}

_BOUNDS: Final[Mapping[Literal["ge", "gt", "le", "lt"], str]] = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}


class _Generator(GenerateJsonSchema):
    """Writes amounts as numbers, and what a pattern means beside it."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """Return the number, without pydantic's alternative of a number in quotes."""
        bounds = {_BOUNDS[name]: float(str(schema[name])) for name in _BOUNDS if name in schema}
        return {"type": "number", **bounds}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Return the schema with its default; that of a section is the defaults of its keys."""
        json_schema = super().default_schema(schema)
        default = schema.get("default")
        if isinstance(default, BaseModel):
            json_schema.pop("default")
        elif isinstance(default, Decimal):
            json_schema["default"] = float(default)
        return json_schema

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """Return the text with the message that editors show for a mismatch."""
        json_schema = super().str_schema(schema)
        meaning = PLAIN.get(json_schema.get("pattern", ""))
        if meaning:
            json_schema["patternErrorMessage"] = f"must be {meaning}"
        return json_schema


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return file name -> JSON Schema, draft 2020-12."""
    return {
        name: {"$schema": GenerateJsonSchema.schema_dialect}
        | model.model_json_schema(schema_generator=_Generator)
        for name, model in _MODELS.items()
    }


def schema_text(schema: Mapping[str, Any]) -> str:
    """Return a schema as it is written to a file: the same bytes for the same schema."""
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"
