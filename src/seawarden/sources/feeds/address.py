"""The address of a feed: scheme, host, port, path, and its options behind a `#`."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from seawarden.model.error import UsageError

OPTIONS: Final = (
    "name",
    "form",
    "credentials",
    "ca",
    "time",
    "interface",
    "baud",
    "topics",
    "box",
    "types",
    "every_s",
    "speed",
)
"""All options; which of them a feed takes, its kind says."""
_SECRETS: Final = re.compile(r"^(api[-_]?key|key|token|access[-_]?token|password|passwd|pwd|secret|auth)$", re.I)
DEFAULT_PORTS: Final = {"wss": 443, "ws": 80, "https": 443, "http": 80, "mqtts": 8883, "mqtt": 1883}


class Address(NamedTuple):
    """An address, taken apart."""

    text: str
    """Without the options: what is shown and dialled."""
    scheme: str
    host: str
    port: int
    path: str
    """From the first `/` on, query included."""
    options: dict[str, str]

    @property
    def where(self) -> str:
        """Host and port, for a sentence."""
        return f"{self.host}:{self.port}" if self.port else self.host or self.path

    @property
    def name(self) -> str:
        """The feed's name: as given, or host and port."""
        return self.options.get("name") or self.where


def parse_address(text: str) -> Address:
    """Take an address apart: `tcp://host:port#name=coast1,form=nmea`.

    Raises:
        UsageError: it can't be understood, an option is unknown, or it holds a password or key.
    """
    plain, _, fragment = text.partition("#")
    shown = re.sub(r"//[^/@]*@", "//", plain)
    try:
        parts = urlsplit(plain)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{shown}: not an address ({error})") from None
    if "@" in parts.netloc:
        raise UsageError(
            f"{shown}: user and password do not belong in an address, which others see: set SEAWARDEN_FEED_NAME_USER "
            "and SEAWARDEN_FEED_NAME_PASSWORD, with the feed's name for NAME, or name a file with #credentials=FILE"
        )
    for key, _ in parse_qsl(parts.query):
        if _SECRETS.match(key):
            bare = shown.partition("?")[0]
            raise UsageError(
                f"{bare}: `{key}` does not belong in an address, which others see: set SEAWARDEN_FEED_NAME_TOKEN, "
                "with the feed's name for NAME"
            )
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return Address(
        text=shown,
        scheme=parts.scheme.lower(),
        host=parts.hostname or "",
        port=port if port is not None else DEFAULT_PORTS.get(parts.scheme.lower(), 0),
        path=path,
        options=_options(fragment, shown),
    )


def _options(fragment: str, shown: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in filter(None, re.split(r"[,&]", fragment)):
        key, equals, value = item.partition("=")
        if _SECRETS.match(key):
            raise UsageError(
                f"{shown}: `{key}` does not belong in an address, which others see: set SEAWARDEN_FEED_NAME_TOKEN or "
                "_PASSWORD, with the feed's name for NAME"
            )
        if key not in OPTIONS or not equals or not value:
            raise UsageError(f"{shown}: `{item}` is no option of a feed; there are {', '.join(OPTIONS)}")
        found[key] = unquote(value)
    return found


def number_of(address: Address, option: str, default: float, least: float, most: float) -> float:
    """An option that is a number.

    Raises:
        UsageError: it is none, or out of its limits.
    """
    text = address.options.get(option)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise UsageError(f"{address.text}: {option}={text}: a number from {least:g} to {most:g} is wanted")
    return value
