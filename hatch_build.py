"""Build hook: a wheel holds the built page and the base map, which are made and not committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MADE = {
    "src/seawarden/service/static": ("index.html", "./run setup"),
    "src/seawarden/data/built": ("", "./run setup"),
}


class PageHook(BuildHookInterface):  # type: ignore[type-arg]
    """Add the made files to the wheel, and refuse to build one without them."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the made folders as artifacts; an editable install needs none of them.

        Raises FileNotFoundError when a made folder is missing: a wheel without its page would install in silence.
        """
        if version == "editable":
            return
        root = Path(self.root)
        for folder, (entry, command) in MADE.items():
            made = [p for p in (root / folder).rglob("*") if p.is_file() and p.name != ".stamp"]
            if not made or not (root / folder / entry).exists():
                raise FileNotFoundError(f"{folder} is not built yet: call {command} first")
            build_data["artifacts"] += [f"/{p.relative_to(root)}" for p in made]
