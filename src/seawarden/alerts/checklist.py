"""What is asked in each phase of an incident, by asset: shipped points with their sources, and an operator's own.

A file (JSON or TOML) says what is asked of every asset, of assets of one kind, and of single assets:

    {"sources": {"plan": "our plan of 2026"},
     "every":  {"verify": ["radar looked at", {"text": "desk called", "source": "plan"}]},
     "kinds":  {"pipeline": {"verify": ["pressure asked"]}},
     "assets": {"nordbalt": {"instead": true, "phases": {"challenge": ["call Kalmar first"]}}}}

What an operator writes comes after the shipped points; an asset with `instead` has its own alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

import msgspec

from seawarden.model.error import SettingsError
from seawarden.model.event import OperatorAction
from seawarden.model.work import PHASES, Phase

TEXT_AT_MOST: Final = 200
POINTS_AT_MOST: Final = 40
"""In one phase: a longer list is not read at four in the morning."""


class Point(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing to be done."""

    text: str
    source: str = ""
    """Whose rule it is, in words; in a file also the key of one of its `sources`."""


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """A point done: by whom, and when in event time, ms."""

    text: str
    t: int
    actor: str


Phases = dict[Phase, tuple[Point | str, ...]]


class AssetPhases(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one asset adds, or has alone."""

    phases: Phases
    instead: bool = False


class ChecklistFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file as it is written."""

    sources: dict[str, str] = {}
    every: Phases = {}
    kinds: dict[str, Phases] = {}
    assets: dict[str, AssetPhases] = {}


class Checklists:
    """What is asked, by asset."""

    def __init__(self, files_: Iterable[ChecklistFile]) -> None:
        self._files = tuple(files_)

    @classmethod
    def shipped(cls) -> Self:
        """The shipped points alone."""
        return cls((_shipped(),))

    @classmethod
    def read(cls, path: Path) -> Self:
        """The shipped points with an operator's file.

        Raises:
            SettingsError: the file can't be read, is not in this form, or says the same point twice in one list.
        """
        return cls((_shipped(), _checked(path, _decoded(path))))

    def of(self, asset_id: str, name: str = "", kind: str = "") -> dict[Phase, tuple[Point, ...]]:
        """The points of an asset by phase, in the order of the phases; phases without points are empty.

        Args:
            asset_id: its id.
            name: its name, by which a file may call it as well.
            kind: its kind.
        """
        own = [held for one in self._files for key, held in one.assets.items() if key in (asset_id, name)]
        parts: list[tuple[ChecklistFile | None, Phases]] = []
        if not any(held.instead for held in own):
            for one in self._files:
                parts += [(one, one.every), (one, one.kinds.get(kind, {}))]
        for one in self._files:
            parts += [(one, held.phases) for key, held in one.assets.items() if key in (asset_id, name)]
        out: dict[Phase, tuple[Point, ...]] = {}
        for phase in PHASES:
            points: dict[str, Point] = {}
            for file, phases in parts:
                for item in phases.get(phase, ()):
                    point = _point(item, file)
                    points.setdefault(point.text, point)
            out[phase] = tuple(points.values())
        return out


def ticks(actions: Iterable[OperatorAction], at: int) -> dict[str, Tick]:
    """Points that are done, by their text, with who did them first and when.

    Args:
        actions: what people did to one alert, oldest first.
        at: event time, ms; later acts are left out. A point taken back and done again counts from then.
    """
    held: dict[str, Tick] = {}
    for action in actions:
        text = str(action.detail.get("text", ""))
        if action.action != "check" or action.t > at or not text:
            continue
        if not action.detail.get("done", True):
            held.pop(text, None)
        else:
            held.setdefault(text, Tick(text=text, t=action.t, actor=action.actor))
    return held


def _shipped() -> ChecklistFile:
    data = (files("seawarden") / "data" / "checklists.json").read_bytes()
    return msgspec.json.decode(data, type=ChecklistFile)


def _decoded(path: Path) -> ChecklistFile:
    try:
        data = path.read_bytes()
        if path.suffix.lower() == ".toml":
            return msgspec.convert(tomllib.loads(data.decode()), ChecklistFile)
        return msgspec.json.decode(data, type=ChecklistFile)
    except OSError as error:
        raise SettingsError(f"{path}: can't be read ({error.strerror or error})") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.MsgspecError) as error:
        raise SettingsError(f"{path}: is no checklist: {error}") from None


def _checked(path: Path, file: ChecklistFile) -> ChecklistFile:
    lists: list[tuple[str, Phases]] = [("every", file.every)]
    lists += [(f"kinds.{kind}", phases) for kind, phases in file.kinds.items()]
    lists += [(f"assets.{name}", held.phases) for name, held in file.assets.items()]
    for where, phases in lists:
        for phase, points in phases.items():
            texts = [_point(item, file).text for item in points]
            place = f"{path}: {where}.{phase}"
            for number, text in enumerate(texts, start=1):
                if not text.strip() or len(text) > TEXT_AT_MOST:
                    raise SettingsError(f"{place}: point {number} must have 1 to {TEXT_AT_MOST} characters")
                if text in texts[: number - 1]:
                    raise SettingsError(f"{place}: point {number} is there twice: {text!r}")
            if len(texts) > POINTS_AT_MOST:
                raise SettingsError(f"{place}: {len(texts)} points; nobody works through more than {POINTS_AT_MOST}")
    return file


def _point(item: Point | str, file: ChecklistFile | None) -> Point:
    point = Point(text=item) if isinstance(item, str) else item
    sources: Mapping[str, str] = {} if file is None else file.sources
    return msgspec.structs.replace(point, source=sources.get(point.source, point.source))
