"""What can go wrong with a line, in a word for the machine and a sentence for the watch officer."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import Final, Literal

Condition = Literal[
    "starting",
    "connecting",
    "up",
    "quiet",
    "late",
    "garbage",
    "copies",
    "clock",
    "shedding",
    "down",
    "unknown_host",
    "refused_connection",
    "no_route",
    "timeout",
    "reset",
    "ended",
    "silent",
    "tls",
    "sign_in",
    "no_such_place",
    "address",
    "protocol",
    "device",
    "stopped",
]
"""How a feed is doing, in one word."""

WELL: Final = frozenset({"up", "quiet", "late", "garbage", "copies", "clock", "shedding"})
"""Conditions in which the line stands."""
SICK: Final = frozenset({"late", "garbage", "copies", "clock", "shedding", "quiet"})
"""Conditions in which the line stands, but what comes over it is not as it should be."""
NEEDS_A_PERSON: Final = frozenset({"tls", "sign_in", "no_such_place", "address", "device", "protocol"})
"""Conditions that calling again will hardly mend; it is done all the same, seldom."""


class LinkError(Exception):
    """The line is down: why, in one word and in a sentence that says what to do."""

    def __init__(self, condition: Condition, sentence: str) -> None:
        super().__init__(sentence)
        self.condition: Condition = condition


def failure_of(error: Exception, where: str) -> LinkError:
    """The failure that an error of the network means.

    Args:
        error: what was raised.
        where: host and port, or a device.
    """
    if isinstance(error, LinkError):
        return error
    if isinstance(error, ssl.SSLCertVerificationError):
        return LinkError("tls", _certificate(error, where))
    if isinstance(error, ssl.SSLError):
        return LinkError("tls", f"{where}: no secure line ({error.reason or error}): does it speak TLS on that port?")
    if isinstance(error, socket.gaierror):
        return LinkError("unknown_host", f"{where}: no address is known for that name: is it spelt right, is DNS up?")
    if isinstance(error, TimeoutError):
        return LinkError("timeout", f"{where}: no answer in time: is the machine up, does a firewall swallow it?")
    if isinstance(error, ConnectionRefusedError):
        return LinkError("refused_connection", f"{where}: nobody listens there: is the port right, is it running?")
    if isinstance(error, (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
        return LinkError("reset", f"{where}: the other side broke the line off")
    if isinstance(error, OSError) and error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN):
        return LinkError("no_route", f"{where}: no way leads there: is the network up?")
    if isinstance(error, OSError):
        return LinkError("down", f"{where}: {error.strerror or error}")
    return LinkError("protocol", f"{where}: {type(error).__name__}: {error}")


def _certificate(error: ssl.SSLCertVerificationError, where: str) -> str:
    code = error.verify_code
    if code == 10:
        return f"{where}: its certificate has expired: its owner must renew it; is this machine's date right?"
    if code == 9:
        return f"{where}: its certificate is not valid yet: is this machine's date right?"
    if code in (18, 19, 20, 21):
        return f"{where}: its certificate is signed by nobody this machine trusts: name its issuer with #ca=FILE"
    if code in (62, 64):
        return f"{where}: its certificate is for another name: is the address right?"
    return f"{where}: its certificate is not trusted ({error.verify_message})"
