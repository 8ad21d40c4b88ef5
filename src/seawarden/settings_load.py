"""Settings from a TOML file and the environment, over the embedded defaults.

The file is named by `--settings` or by `SEAWARDEN_SETTINGS`; a variable `SEAWARDEN__SECTION__NAME=value` wins over
the file, e.g. `SEAWARDEN__TIME__TICK_MS=5000`. Whatever is unknown, of a wrong type or out of its limits is an error
that names where it stands.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from seawarden.model.error import SettingsError
from seawarden.settings import Settings

FILE_VARIABLE = "SEAWARDEN_SETTINGS"
PREFIX = "SEAWARDEN__"

_AT = re.compile(r"^(?P<what>.*?) - at `\$(?P<path>[^`]*)`$")


def load_settings(path: str | Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force: defaults, then the file, then the environment.

    Args:
        path: a TOML file; when None, the one that `SEAWARDEN_SETTINGS` names, if any.
        environment: variables by name; none by default, so that a test or a library call is not swayed by them.

    Raises:
        SettingsError: the file can't be read, or a setting is unknown, of the wrong type or out of its limits.
    """
    variables = environment or {}
    tree: dict[str, Any] = msgspec.to_builtins(Settings())
    named = path if path is not None else variables.get(FILE_VARIABLE) or None
    settings = Settings()
    if named is not None:
        tree = _merged(tree, _read(Path(named)), "", str(named))
        settings = _checked(tree, str(named), strict=True)
    for name in sorted(variables):
        if name.startswith(PREFIX):
            keys = name[len(PREFIX) :].lower().split("__")
            layer: dict[str, Any] = {keys[-1]: _value(variables[name])}
            for key in reversed(keys[:-1]):
                layer = {key: layer}
            tree = _merged(tree, layer, "", name)
            settings = _checked(tree, name, strict=False)
    return settings


def setting_names(settings: Settings | None = None) -> list[str]:
    """Dotted names of all settings, e.g. `time.tick_ms`, in the order of the tree."""
    return [name for name, _ in _leaves(msgspec.to_builtins(settings or Settings()))]


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such settings file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: can't be read as a settings file ({error})") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from None


def _value(text: str) -> Any:
    if text[:1] in "[{" and text:
        try:
            return msgspec.json.decode(text.encode())
        except msgspec.DecodeError:
            return text
    return text


def _merged(tree: Mapping[str, Any], layer: Mapping[str, Any], prefix: str, where: str) -> dict[str, Any]:
    merged = dict(tree)
    for key, value in layer.items():
        if key not in merged:
            raise SettingsError(f"{where}: there is no setting `{prefix}{key}`{_nearest(prefix + key)}")
        if isinstance(merged[key], dict):
            if not isinstance(value, dict):
                raise SettingsError(f"{where}: `{prefix}{key}` is a section, not a value")
            merged[key] = _merged(merged[key], value, f"{prefix}{key}.", where)
        else:
            merged[key] = value
    return merged


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, setting_names(), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""


def _checked(tree: Mapping[str, Any], where: str, *, strict: bool) -> Settings:
    try:
        return msgspec.convert(tree, Settings, strict=strict)
    except msgspec.ValidationError as error:
        match = _AT.match(str(error))
        what, path = (match["what"], match["path"].lstrip(".")) if match else (str(error), "")
        given = dict(_leaves(tree)).get(path)
        raise SettingsError(f"{where}: `{path}` is {given!r}: {what[:1].lower()}{what[1:]}") from None
