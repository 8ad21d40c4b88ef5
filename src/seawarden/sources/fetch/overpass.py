"""Undersea cables and pipelines of OpenStreetMap: one question to Overpass, its JSON kept as it came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from seawarden.model.error import SourceError
from seawarden.sources.fetch.box import Box
from seawarden.sources.fetch.public import OSM_ASSETS
from seawarden.sources.fetch.transfer import Fetched, Manner, download

TIMEOUT_S: Final = 180
SELECTED: Final = (
    '["power"="cable"]["location"~"underwater|submarine"]',
    '["power"="cable"]["submarine"="yes"]',
    '["communication"="line"]["location"~"underwater|submarine"]',
    '["communication"="line"]["submarine"="yes"]',
    '["telecom"="line"]["location"~"underwater|submarine"]',
    '["man_made"="pipeline"]["location"~"underwater|submarine"]',
    '["man_made"="pipeline"]["submarine"="yes"]',
)
"""As the OpenStreetMap wiki tags them: Key:power=cable, Key:telecom=line, Tag:man_made=pipeline, Key:location."""


def question(box: Box) -> str:
    """The query in Overpass QL: ways and relations of undersea lines, with their geometry."""
    area = f"({box.south:g},{box.west:g},{box.north:g},{box.east:g})"
    parts = "".join(f"way{chosen}{area};relation{chosen}{area};" for chosen in SELECTED)
    return f"[out:json][timeout:{TIMEOUT_S}];({parts});out geom;"


def fetch_overpass(box: Box, base: str, folder: Path, manner: Manner) -> Fetched:
    """Ask, and keep the answer.

    Raises:
        SourceError: Overpass can't be reached, ran out of time, or answers something else.
        StoreError: the disk can't be written.
    """
    url = f"{base}?{urlencode({'data': question(box)})}"
    target = folder / "osm-assets" / f"overpass_{box.slug}.json"
    slow = manner._replace(timeout_s=max(manner.timeout_s, TIMEOUT_S + 30.0))
    return download(url, target, OSM_ASSETS, slow, kinds=("application/json",), check=_check)


def elements_of(path: Path) -> list[dict[str, Any]]:
    """The elements of an answer that was kept.

    Raises:
        SourceError: it is not one.
    """
    wrong = _check(path)
    if wrong:
        raise SourceError(f"{path}: {wrong}")
    elements: list[dict[str, Any]] = json.loads(path.read_bytes())["elements"]
    return elements


def _check(path: Path) -> str:
    try:
        answer = json.loads(path.read_bytes())
    except (ValueError, OSError) as error:
        return f"no JSON ({error})"
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        return "it holds no elements of a map"
    if not all(_is_element(one) for one in answer["elements"]):
        return "it holds what is no element of a map"
    remark = str(answer.get("remark", ""))
    return f"Overpass gave up: {remark}; ask for a smaller area" if "error" in remark.lower() else ""


def _is_element(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("tags") or {}, dict):
        return False
    listed = [one.get(key) or [] for key in ("members", "geometry")]
    return all(isinstance(held, list) for held in listed) and all(isinstance(member, dict) for member in listed[0])
