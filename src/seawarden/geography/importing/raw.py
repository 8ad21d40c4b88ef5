"""A line as it was read, before it is checked and becomes an asset."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import msgspec

from seawarden.model.asset import Kind, Status


class RawLine(msgspec.Struct, kw_only=True):
    """One feature of a file: its lines of (lon, lat) as they stood there, and what was said of it."""

    label: str
    """How problems name it."""
    parts: list[list[tuple[float, float]]]
    name: str = ""
    id: str = ""
    kind: Kind | None = None
    status: Status = "unknown"
    sigma_m: float | None = None
    sigma_method: str = ""
    burial_m: list[list[float]] = []
    """Per part and piece; NaN unknown."""
    cable_km: list[list[float]] = []
    """Per part and vertex; NaN unknown."""
    notes: str = ""
    attributes: dict[str, Any] = {}


class Read(msgspec.Struct, kw_only=True):
    """What a reader made of a file."""

    lines: list[RawLine]
    form: str
    """The form in words, e.g. `route position list`."""
    sigma_m: float
    """Sigma of this form where the file says none."""
    sigma_method: str
    rows: list[int] = []
    """For tables: the row of each vertex of the first line, to name it in problems."""


def slug_of(name: str) -> str:
    """A stable slug of a name: lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("Ø", "O").replace("ß", "ss"))
    text = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


KIND_WORDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("pipeline", ("pipeline", "pipe", "gas", "oil", "pipsol")),
    ("power_cable", ("power", "hvdc", "electric", "interconnector", "kv", "export cable")),
    ("telecom_cable", ("telecom", "fibre", "fiber", "telephone", "communication", "internet", "data cable")),
)


def kind_of(attributes: dict[str, Any]) -> Kind | None:
    """The kind of an asset from what the file says of it; None when nothing tells.

    A column `kind` in this program's words wins; OpenStreetMap's `power=cable`, `man_made=pipeline` and
    `communication=line` are known; else words in the columns that hold a kind or type.
    """
    low = {str(k).lower(): str(v).strip().lower() for k, v in attributes.items() if v is not None}
    said = low.get("kind", "")
    for kind, _ in KIND_WORDS:
        if said.replace(" ", "_").replace("-", "_") == kind:
            return kind
    if said == "other":
        return "other"
    if low.get("power") in ("cable", "line"):
        return "power_cable"
    if low.get("man_made") == "pipeline":
        return "pipeline"
    if low.get("communication") in ("line", "cable") or low.get("telecom") in ("line", "cable"):
        return "telecom_cable"
    for column in ("kind", "type", "category", "cable_type", "asset_type", "class", "use", "medium"):
        for kind, words in KIND_WORDS:
            if any(word in low.get(column, "") for word in words):
                return kind
    return None


STATUS_WORDS: tuple[tuple[Status, tuple[str, ...]], ...] = (
    ("out_of_service", ("out of service", "disused", "abandoned", "removed", "decommission", "retired", "oos")),
    ("under_construction", ("construction", "laying")),
    ("planned", ("planned", "proposed", "project")),
    ("in_service", ("in service", "active", "operational", "in use", "live", "existing")),
)


def status_of(attributes: dict[str, Any]) -> Status:
    """The service state from a column `status`, `state` or `service`, in common words."""
    low = {str(k).lower(): str(v).strip().lower().replace("_", " ") for k, v in attributes.items() if v is not None}
    for column in ("status", "state", "service"):
        for status, words in STATUS_WORDS:
            if any(word in low.get(column, "") for word in words):
                return status
    return "unknown"
