"""GeoJSON (RFC 7946): one feature an alert, a point where the place is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from seawarden.channels.messages.told import Told
from seawarden.model.error import MessageError


def feature(item: Told) -> dict[str, Any]:
    """One alert as a feature; longitude first."""
    known = item.lat is not None and item.lon is not None
    return {
        "type": "Feature",
        "id": item.id,
        "geometry": {"type": "Point", "coordinates": [item.lon, item.lat]} if known else None,
        "properties": msgspec.to_builtins(item),
    }


def encode(items: Iterable[Told]) -> bytes:
    """A feature collection."""
    return msgspec.json.encode({"type": "FeatureCollection", "features": [feature(item) for item in items]})


def decode(data: bytes) -> list[Told]:
    """What is told, from a collection that `encode` wrote.

    Raises:
        MessageError: not such a collection.
    """
    try:
        made = msgspec.json.decode(data)
        return [msgspec.convert(part["properties"], Told) for part in made["features"]]
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        raise MessageError(f"not a GeoJSON collection of alerts: {error}") from None
