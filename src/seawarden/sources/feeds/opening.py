"""From an address to a feed."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from seawarden.model.batch import Catalogue
from seawarden.model.error import UsageError
from seawarden.settings_feeds import FeedSettings
from seawarden.sources.feeds import aisstream, digitraffic
from seawarden.sources.feeds.address import Address, number_of, parse_address
from seawarden.sources.feeds.clock import EdgeClock
from seawarden.sources.feeds.credentials import Credentials, credentials_of, variable_of
from seawarden.sources.feeds.feed import Feed
from seawarden.sources.feeds.http_poll import EVERY_S, HttpLink
from seawarden.sources.feeds.link import Link
from seawarden.sources.feeds.mqtt import MqttLink
from seawarden.sources.feeds.nmea import NmeaReader
from seawarden.sources.feeds.playback import PlaybackClock, is_playback, open_playback, playback_of
from seawarden.sources.feeds.reading import Reader
from seawarden.sources.feeds.renamed import FeedSource
from seawarden.sources.feeds.serial_line import BAUD, SerialLink
from seawarden.sources.feeds.tcp import TcpLink, TcpListenLink
from seawarden.sources.feeds.udp import UdpLink
from seawarden.sources.feeds.web_records import WebReader
from seawarden.sources.feeds.web_socket import WebSocketLink


def of_host(host: str, table: Mapping[str, str]) -> str:
    """What a table says of a host, by the end of its name; empty when nothing."""
    return next((word for end, word in table.items() if host == end or host.endswith(f".{end}")), "")


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

    def json(self, reader: Callable[..., Reader]) -> Reader:
        """A reader of JSON messages."""
        receive = self.address.options.get("time") == "receive"
        return reader(self.address.name, ahead_s=self.settings.ahead_s, receive_time=receive)

    def form(self, known: Sequence[str]) -> str:
        """The form of what comes: as told, or by the host.

        Raises:
            UsageError: it can't be known, or is none of these.
        """
        told = self.address.options.get("form") or of_host(self.address.host, HOSTS)
        if told not in known:
            raise UsageError(f"{self.address.text}: say what comes there: #form={' or '.join(known)}")
        return told

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


def _udp(asked: Asked) -> tuple[Link, Reader]:
    host, port = asked.address.host or "127.0.0.1", asked.address.port
    link = UdpLink(host, port, now=asked.clock.now, interface=asked.address.options.get("interface", ""))
    return link, asked.nmea(split=True)


def _serial(asked: Asked) -> tuple[Link, Reader]:
    address = asked.address
    device = f"//{address.host}{address.path}" if address.host else address.path
    if not device.strip("/"):
        raise UsageError(f"{address.text}: write serial:///dev/ttyUSB0 (or serial:///COM3)")
    device = device.removeprefix("/") if re.fullmatch(r"/COM\d+", device) else device
    baud = int(number_of(address, "baud", BAUD, 300, 4_000_000))
    return SerialLink(device, baud=baud, now=asked.clock.now), asked.nmea()


def _socket(asked: Asked) -> tuple[Link, Reader]:
    """WebSockets carry one of three forms; MQTT over them is Digitraffic's."""
    form = asked.form(("digitraffic", "aisstream", "nmea"))
    if form == "digitraffic":
        return _mqtt(asked)
    address = asked.address
    context = asked.context if address.scheme == "wss" else None
    hello = None
    if form == "aisstream":
        if not asked.credentials.token:
            raise UsageError(
                f"{address.text}: aisstream wants a key: set {variable_of(address.name)}_TOKEN, or name a file with "
                "#credentials=FILE"
            )
        box, types = address.options.get("box", aisstream.WORLD), address.options.get("types", "")
        told = aisstream.subscription(asked.credentials.token, box, types)
        hello = lambda: told  # noqa: E731
    link = WebSocketLink(
        address.text,
        address.where,
        connect_s=asked.settings.connect_s,
        now=asked.clock.now,
        context=context,
        hello=hello,
    )
    return link, asked.nmea(split=True) if form == "nmea" else asked.json(aisstream.AisstreamReader)


def _mqtt(asked: Asked) -> tuple[Link, Reader]:
    host, port = asked.host_and_port()
    address = asked.address
    over = address.scheme in ("ws", "wss")
    topics = address.options.get("topics", "")
    form = asked.form(("digitraffic", "nmea")) if not over else "digitraffic"
    if form == "nmea" and not topics:
        raise UsageError(f"{address.text}: which topics? #topics=ais/+/nmea; more than one with a ; between them")
    link = MqttLink(
        host,
        port,
        path=(address.path or "/mqtt") if over else "",
        topics=re.split(r"[ ;]", topics) if topics else digitraffic.TOPICS,
        connect_s=asked.settings.connect_s,
        now=asked.clock.now,
        context=asked.context if address.scheme in ("wss", "mqtts") else None,
        credentials=asked.credentials,
    )
    return link, asked.nmea(split=True) if form == "nmea" else asked.json(digitraffic.DigitrafficReader)


def _http(asked: Asked) -> tuple[Link, Reader]:
    address = asked.address
    asked.host_and_port()
    link = HttpLink(
        address.text,
        address.where,
        every_s=number_of(address, "every_s", EVERY_S, 0.1, 86_400),
        connect_s=asked.settings.connect_s,
        now=asked.clock.now,
        context=asked.context,
        credentials=asked.credentials,
    )
    return link, asked.json(WebReader)


KINDS: Final[dict[str, Callable[[Asked], tuple[Link, Reader]]]] = {
    "tcp": _tcp,
    "tls": _tcp,
    "tcp-listen": _tcp_listen,
    "udp": _udp,
    "serial": _serial,
    "ws": _socket,
    "wss": _socket,
    "mqtt": _mqtt,
    "mqtts": _mqtt,
    "http": _http,
    "https": _http,
}
"""What makes the line and the reader of each scheme."""
HOSTS: Final = {"digitraffic.fi": "digitraffic", "aisstream.io": "aisstream"}
"""Forms that the host tells."""
ATTRIBUTIONS: Final = {
    "digitraffic.fi": digitraffic.ATTRIBUTION,
    "153.44.253.27": "Contains data from Kystverket (Norwegian Coastal Administration), under NLOD",
    "kystverket.no": "Contains data from Kystverket (Norwegian Coastal Administration), under NLOD",
}
"""Whose data comes from a host, by the end of its name."""


def is_feed(uri: str) -> bool:
    """Whether an address names a live feed, or a recording that is played as one."""
    scheme, colon, _ = uri.partition(":")
    return bool(colon) and (scheme.lower() in KINDS or is_playback(uri)) and not os.path.exists(uri)


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
        SourceError: the file of a recording is not there.
    """
    if is_playback(uri):
        running = clock if isinstance(clock, PlaybackClock) else PlaybackClock(playback_of(uri)[1])
        feed = open_playback(uri, settings or FeedSettings(), running)
        running.begin(feed.starts_t)
        return feed
    address = parse_address(uri)
    if address.scheme not in KINDS:
        raise UsageError(f"{address.text}: feeds are understood at {', '.join(sorted(KINDS))}")
    credentials = credentials_of(
        address.name, os.environ if environment is None else environment, address.options.get("credentials", "")
    )
    asked = Asked(address, settings or FeedSettings(), clock or EdgeClock(), credentials)
    link, reader = KINDS[address.scheme](asked)
    whose = of_host(address.host, ATTRIBUTIONS)
    return Feed(address.name, link, reader, asked.settings, asked.clock, credentials, whose)


def opener(uri: str, catalogue: Catalogue, chunk: int) -> FeedSource:
    """How the one door opens a feed; `chunk` is a matter of files."""
    return FeedSource(open_feed(uri), catalogue)
