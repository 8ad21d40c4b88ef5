"""From an address to a feed."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Mapping
from typing import Final

from seawarden.model.batch import Catalogue
from seawarden.model.error import UsageError
from seawarden.settings_feeds import FeedSettings
from seawarden.sources.feeds.address import Address, parse_address
from seawarden.sources.feeds.clock import EdgeClock
from seawarden.sources.feeds.credentials import Credentials, credentials_of
from seawarden.sources.feeds.feed import Feed
from seawarden.sources.feeds.link import Link
from seawarden.sources.feeds.nmea import NmeaReader
from seawarden.sources.feeds.reading import Reader
from seawarden.sources.feeds.renamed import FeedSource
from seawarden.sources.feeds.tcp import TcpLink, TcpListenLink

NMEA: Final = "nmea"


class Asked:
    """All that a kind of feed needs to be made."""

    def __init__(self, address: Address, settings: FeedSettings, clock: EdgeClock, credentials: Credentials) -> None:
        self.address, self.settings, self.clock, self.credentials = address, settings, clock, credentials

    @property
    def context(self) -> ssl.SSLContext:
        """TLS as this machine trusts it, and whoever signed with `#ca=FILE`.

        Raises:
            UsageError: that file can't be read.
        """
        named = self.address.options.get("ca")
        try:
            context = ssl.create_default_context()
            if named:
                context.load_verify_locations(cafile=named)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"{named}: not a certificate that can be read ({error})") from None
        return context

    def nmea(self, *, split: bool = False) -> NmeaReader:
        """A reader of sentences."""
        return NmeaReader(
            self.address.name,
            ahead_s=self.settings.ahead_s,
            receive_time=self.address.options.get("time") == "receive",
            split=split,
        )

    def host_and_port(self) -> tuple[str, int]:
        """Both must be told.

        Raises:
            UsageError: one is not.
        """
        address = self.address
        if not address.host or not address.port:
            raise UsageError(f"{address.text}: write {address.scheme}://HOST:PORT")
        return address.host, address.port


def _tcp(asked: Asked) -> tuple[Link, Reader]:
    host, port = asked.host_and_port()
    secure = asked.context if asked.address.scheme == "tls" else None
    link = TcpLink(host, port, connect_s=asked.settings.connect_s, now=asked.clock.now, context=secure)
    return link, asked.nmea()


def _tcp_listen(asked: Asked) -> tuple[Link, Reader]:
    address = asked.address
    return TcpListenLink(address.host or "127.0.0.1", address.port, now=asked.clock.now), asked.nmea()


KINDS: Final[dict[str, Callable[[Asked], tuple[Link, Reader]]]] = {
    "tcp": _tcp,
    "tls": _tcp,
    "tcp-listen": _tcp_listen,
}
"""What makes the line and the reader of each scheme."""


def is_feed(uri: str) -> bool:
    """Whether an address names a live feed."""
    return uri.partition(":")[0].lower() in KINDS and not os.path.exists(uri)


def open_feed(
    uri: str,
    *,
    settings: FeedSettings | None = None,
    clock: EdgeClock | None = None,
    environment: Mapping[str, str] | None = None,
) -> Feed:
    """The feed at an address; nothing is called before its first batch is asked for.

    Args:
        uri: `scheme://host:port/path#option=value,...`.
        settings: waits and limits.
        clock: the edge's.
        environment: where credentials are looked up; the process's own when None.

    Raises:
        UsageError: the address is wrong, or holds a password.
    """
    address = parse_address(uri)
    if address.scheme not in KINDS:
        raise UsageError(f"{address.text}: feeds are understood at {', '.join(sorted(KINDS))}")
    credentials = credentials_of(
        address.name, os.environ if environment is None else environment, address.options.get("credentials", "")
    )
    asked = Asked(address, settings or FeedSettings(), clock or EdgeClock(), credentials)
    link, reader = KINDS[address.scheme](asked)
    return Feed(address.name, link, reader, asked.settings, asked.clock, credentials)


def opener(uri: str, catalogue: Catalogue, chunk: int) -> FeedSource:
    """How the one door opens a feed; `chunk` is a matter of files."""
    return FeedSource(open_feed(uri), catalogue)
