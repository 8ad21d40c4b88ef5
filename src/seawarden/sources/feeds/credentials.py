"""User, password and token of a feed: from the environment or a file, never from the command line, never to a log."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from seawarden.model.error import UsageError

PREFIX: Final = "SEAWARDEN_FEED_"
FIELDS: Final = ("user", "password", "token")


class Credentials:
    """What a feed signs in with. Neither `repr` nor `str` shows any of it."""

    def __init__(self, user: str = "", password: str = "", token: str = "") -> None:
        self.user, self.password, self.token = user, password, token

    def __repr__(self) -> str:
        held = [name for name in FIELDS if getattr(self, name)]
        return f"Credentials({', '.join(held) or 'none'})"

    def __bool__(self) -> bool:
        return bool(self.user or self.password or self.token)

    def scrubbed(self, text: str) -> str:
        """A text without the secrets, whatever an error or a server's answer put into it."""
        for secret in (self.password, self.token):
            if secret:
                text = text.replace(secret, "***")
        return text


def variable_of(feed: str) -> str:
    """Beginning of the names of a feed's variables: `SEAWARDEN_FEED_COAST1` for the feed `coast1`."""
    return PREFIX + re.sub(r"[^A-Z0-9]+", "_", feed.upper()).strip("_")


def credentials_of(feed: str, environment: Mapping[str, str], file: str = "") -> Credentials:
    """A feed's credentials; none when nothing is set.

    Args:
        feed: its name; `SEAWARDEN_FEED_NAME_USER`, `_PASSWORD`, `_TOKEN` and `_FILE` are looked at.
        environment: variables by name.
        file: a TOML file with `user`, `password`, `token`; the variable `_FILE` names one too.

    Raises:
        UsageError: the file can't be read, holds anything else, or may be read by others.
    """
    start = variable_of(feed)
    named = file or environment.get(f"{start}_FILE", "")
    found = _read(Path(named)) if named else {}
    for field in FIELDS:
        value = environment.get(f"{start}_{field.upper()}", "")
        if value:
            found[field] = value
    return Credentials(**found)


def _read(path: Path) -> dict[str, str]:
    try:
        mode = path.stat().st_mode
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the feed's credentials can't be read ({error})") from None
    except tomllib.TOMLDecodeError:
        raise UsageError(f'{path}: not valid TOML: write user, password or token = "..."') from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(f"{path}: others may read it: chmod 600 {path}")
    wrong = [name for name, value in tree.items() if name not in FIELDS or not isinstance(value, str)]
    if wrong:
        raise UsageError(f'{path}: {wrong[0]!r} is not understood: write user, password or token = "..."')
    return dict(tree)
