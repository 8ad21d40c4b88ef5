"""Datagrams over UDP, to this machine or to a multicast group, as receivers and plotters send them."""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from seawarden.sources.feeds.failure import LinkError, failure_of
from seawarden.sources.feeds.link import Chunk

LARGEST: Final = 65_535
ROOM: Final = 4 << 20
"""Bytes that the system may hold for us: a second of a busy feed; datagrams beyond it are lost unseen."""
AT_ONCE: Final = 2_000
"""Datagrams taken in one read."""


class UdpLink:
    """Listens for datagrams; each holds whole sentences.

    Args:
        host: address to listen on, or a multicast group to join.
        port: UDP port; 0 takes a free one, which `port` tells once it is open.
        now: the edge's clock, ms.
        interface: address of the interface on which a group is joined.
    """

    whole = True
    silence_ends = False
    lossy = True
    pause_s = 0.0

    def __init__(self, host: str, port: int, *, now: Callable[[], int], interface: str = "") -> None:
        self._host, self.port, self._now, self._interface = host, port, now, interface
        self.where = f"{host}:{port} (UDP)"
        self._line: socket.socket | None = None

    def open(self) -> None:
        """Listen."""
        try:
            address = ipaddress.ip_address(self._host)
        except ValueError:
            raise LinkError("address", f"{self._host}: UDP listens on an address, not on a name") from None
        family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        line = socket.socket(family, socket.SOCK_DGRAM)
        try:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
            line.bind((self._host, self.port))
            if address.is_multicast:
                self._join(line, address)
        except OSError as error:
            line.close()
            raise LinkError("address", f"{self.where}: can't listen there ({error.strerror or error})") from None
        self.port = line.getsockname()[1]
        self._line = line

    def read(self, timeout_s: float) -> list[Chunk]:
        """All datagrams that wait."""
        line = self._line
        if line is None:
            raise LinkError("down", f"{self.where}: not listening")
        found: list[Chunk] = []
        try:
            line.settimeout(timeout_s)
            data = line.recv(LARGEST)
            line.setblocking(False)
            while True:
                if data:
                    found.append(Chunk(self._now(), data))
                if len(found) >= AT_ONCE:
                    break
                data = line.recv(LARGEST)
        except (TimeoutError, BlockingIOError):
            pass
        except OSError as error:
            raise failure_of(error, self.where) from None
        return found

    def close(self) -> None:
        """Listen no more."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError):
                line.close()

    def _join(self, line: socket.socket, group: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
        if group.version == 6:
            index = socket.if_nametoindex(self._interface) if self._interface else 0
            line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group.packed + struct.pack("@I", index))
        else:
            own = socket.inet_aton(self._interface) if self._interface else struct.pack("=I", socket.INADDR_ANY)
            line.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group.packed + own)
