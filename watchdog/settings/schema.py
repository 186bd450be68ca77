"""The JSON Schema of a settings file, every kind's options included: editors complete and check by it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from checks.plugin import AnyKind, OptionsBase
from checks.secret import Secret
from watchdog.settings.check_entries import CheckEntry
from watchdog.settings.document import Document
from watchdog.settings.shown import plain

Schema: TypeAlias = dict[str, Any]
_Models: TypeAlias = list[tuple[type[BaseModel], JsonSchemaMode]]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_MODE: Final[JsonSchemaMode] = "validation"


class _SettingsSchema(GenerateJsonSchema):
    """Knows secrets, and says nothing of what a plugin's own types cannot say in JSON Schema."""

    def is_instance_schema(self, schema: core_schema.IsInstanceSchema) -> JsonSchemaValue:
        if schema["cls"] is Secret:
            return {"type": "string", "description": "!secret NAME"}
        return {}

    def encode_default(self, dft: Any) -> Any:  # noqa: ANN401  # any default there is
        """In the words of a settings file, as a person would write it."""
        return plain(dft)

    def handle_invalid_for_json_schema(self, schema: core_schema.CoreSchema, error_info: str) -> JsonSchemaValue:
        del schema, error_info
        return {}


def settings_schema(kinds: Mapping[str, AnyKind]) -> Schema:
    models: _Models = [(Document, _MODE), (CheckEntry, _MODE)]
    models += [(kind.options, _MODE) for kind in kinds.values()]
    places, shared = models_json_schema(models, ref_template="#/$defs/{model}", schema_generator=_SettingsSchema)
    definitions: Schema = shared["$defs"]
    document = _resolved(definitions, places[Document, _MODE])
    common = _resolved(definitions, places[CheckEntry, _MODE])
    entries = [_entry(common, _resolved(definitions, places[kind.options, _MODE]), kind) for kind in kinds.values()]
    document["properties"]["checks"]["items"] = {"oneOf": entries}
    return {
        "$schema": DIALECT,
        "title": "Settings of nigehban",
        **{key: value for key, value in document.items() if key != "title"},
        "$defs": {name: definitions[name] for name in sorted(_used(document, definitions))},
    }


def _used(tree: object, definitions: Schema) -> set[str]:
    """The definitions that `tree` refers to, directly or through others; entries of checks were taken out of theirs."""
    found: set[str] = set()
    left = list(_references(tree))
    while left:
        if (name := left.pop()) not in found:
            found.add(name)
            left.extend(_references(definitions[name]))
    return found


def _references(tree: object) -> Iterator[str]:
    match tree:
        case dict():
            for key, value in tree.items():
                if key == "$ref":
                    yield str(value).removeprefix("#/$defs/")
                else:
                    yield from _references(value)
        case list():
            for value in tree:
                yield from _references(value)
        case _:
            pass


def _resolved(definitions: Schema, schema: JsonSchemaValue) -> Schema:
    name = schema["$ref"].removeprefix("#/$defs/")
    found: Schema = definitions[name]
    return dict(found)


def _entry(common: Schema, options: Schema, kind: AnyKind) -> Schema:
    """One check of one kind: common keys, the kind's own, and its target once or many times."""
    required = [*common["required"], *(name for name in options.get("required", ()) if name != kind.target)]
    entry: Schema = {
        "title": f"check of kind {kind.name}",
        "type": "object",
        "additionalProperties": False,
        "properties": {**common["properties"], **options.get("properties", {}), "kind": {"const": kind.name}},
        "required": required,
    }
    if _is_required(kind.options, kind.target):
        entry["oneOf"] = [{"required": [kind.target]}, {"required": ["targets"]}]
    return entry


def _is_required(options: type[OptionsBase], name: str) -> bool:
    field = options.model_fields.get(name)
    return field is not None and field.is_required()
