"""The published JSON Schemas of what leaves the engine, made from the structs and their own sentences."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from seawarden.model.alert import Alert
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.model.risk import Risk
from seawarden.model.work import Handover, Silence, Work
from seawarden.store.summary import Summary

VERSION: Final = 1
"""Raised when a field is taken away or changes its meaning; an added field does not raise it."""

PUBLISHED: Final[Mapping[str, type[msgspec.Struct]]] = {
    "finding": Finding,
    "alert": Alert,
    "risk": Risk,
    "fault": Fault,
    "summary": Summary,
    "work": Work,
    "silence": Silence,
    "handover": Handover,
}


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one published form.

    Raises:
        KeyError: no such form.
    """
    root = PUBLISHED[name]
    (made,), definitions = msgspec.json.schema_components([root], ref_template="#/$defs/{name}")
    structs = {found.__name__: found for found in _structs(root)}
    for title, definition in definitions.items():
        if title in structs:
            _describe(definition, structs[title])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"seawarden:{name}:{VERSION}",
        "title": root.__name__,
        **made,
        "$defs": dict(sorted(definitions.items())),
    }


def schema_bytes(name: str) -> bytes:
    """The schema as it is published: indented JSON with a newline at its end.

    Raises:
        KeyError: no such form.
    """
    return msgspec.json.format(msgspec.json.encode(schema(name)), indent=2) + b"\n"


def field_sentences(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The sentence under each field of a struct, by field; fields without one are left out."""
    sentences: dict[str, str] = {}
    for parent in reversed(struct.__mro__):
        if not issubclass(parent, msgspec.Struct) or parent is msgspec.Struct:
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(parent))).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, below in zip(body.body, body.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
                and isinstance(below.value.value, str)
            ):
                sentences[field.target.id] = " ".join(below.value.value.split())
    return sentences


def _describe(definition: dict[str, Any], struct: type[msgspec.Struct]) -> None:
    for name, sentence in field_sentences(struct).items():
        field = definition.get("properties", {}).get(name)
        if field is not None and "description" not in field:
            field["description"] = sentence


def _structs(root: type[msgspec.Struct]) -> set[type[msgspec.Struct]]:
    found: set[type[msgspec.Struct]] = set()
    waiting: list[Any] = [msgspec.inspect.type_info(root)]
    while waiting:
        info = waiting.pop()
        if isinstance(info, msgspec.inspect.StructType):
            if info.cls in found:
                continue
            found.add(info.cls)
            waiting.extend(field.type for field in info.fields)
        for inner in ("item_type", "key_type", "value_type"):
            if hasattr(info, inner):
                waiting.append(getattr(info, inner))
        for inner in ("types", "item_types"):
            waiting.extend(getattr(info, inner, ()))
    return found
