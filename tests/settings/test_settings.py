from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from seawarden.model.error import SettingsError
from seawarden.settings import DEFAULTS, Settings, TimeSettings, settings_hash
from seawarden.settings_load import FILE_VARIABLE, load_settings, setting_names


def test_defaults_lie_within_their_own_limits() -> None:
    assert msgspec.convert(msgspec.to_builtins(DEFAULTS), Settings) == DEFAULTS


def test_file_then_environment(tmp_path: Path) -> None:
    file = tmp_path / "watch.toml"
    file.write_text("[time]\ntick_ms = 20_000\nlateness_s = 30\n")
    settings = load_settings(file, {"SEAWARDEN__TIME__TICK_MS": "5000"})
    assert (settings.time.tick_ms, settings.time.lateness_s) == (5_000, 30)
    assert load_settings(None, {FILE_VARIABLE: str(file)}).time.tick_ms == 20_000
    assert load_settings() == DEFAULTS


@pytest.mark.parametrize(
    ("toml", "error"),
    [
        ("[time]\ntick_ms = 5", "`time.tick_ms` is 5: expected `int` >= 1000"),
        ("[time]\ntick_ms = 'x'", "`time.tick_ms` is 'x': expected `int`, got `str`"),
        ("[time]\ntick = 5", "there is no setting `time.tick`; did you mean `time.tick_ms`?"),
        ("[nonsense]\nx = 1", "there is no setting `nonsense`"),
        ("time = 3", "`time` is a section, not a value"),
        ("[time\n", "not valid TOML"),
        ("[behaviours.silence]\nenabled = 1", "`behaviours.silence.enabled` is 1: expected `bool`"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, toml: str, error: str) -> None:
    file = tmp_path / "watch.toml"
    file.write_text(toml)
    with pytest.raises(SettingsError, match=re.escape(error)) as caught:
        load_settings(file)
    assert str(caught.value).startswith(str(file))


def test_missing_file_and_binary_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such settings file"):
        load_settings(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="can't be read"):
        load_settings(tmp_path / "binary.toml")


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("SEAWARDEN__TIME__TICK_MS", "5", "expected `int` >= 1000"),
        ("SEAWARDEN__TIME__LATENESS", "5", "did you mean `time.lateness_s`"),
        ("SEAWARDEN__TIME", "5", "`time` is a section"),
    ],
)
def test_wrong_variables_are_named(name: str, value: str, error: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(error)) as caught:
        load_settings(None, {name: value})
    assert str(caught.value).startswith(name)


def test_hash_tells_settings_apart_but_not_how_a_number_is_written() -> None:
    other = Settings(time=TimeSettings(lateness_s=61))
    assert settings_hash(other) != settings_hash(DEFAULTS)
    assert settings_hash(Settings(time=TimeSettings(lateness_s=60.0))) == settings_hash(DEFAULTS)
    assert re.fullmatch("[0-9a-f]{64}", settings_hash(DEFAULTS))


def test_the_port_changes_no_finding() -> None:
    moved = load_settings(None, {"SEAWARDEN__SERVICE__PORT": "9000"})
    assert moved.service.port == 9000
    assert settings_hash(moved) == settings_hash(DEFAULTS)


def test_every_setting_has_a_dotted_name() -> None:
    names = setting_names()
    assert "time.tick_ms" in names and "behaviours.silence.enabled" in names
    assert len(names) == len(set(names))
