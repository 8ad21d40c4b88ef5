"""The ways out: a signed webhook, e-mail and whatever apprise reaches, a sounder on a line or a command.

https://host/path            a webhook, signed with SEAWARDEN_WEBHOOK_KEY
mailto://..., tgram://...    apprise (its own addresses: mail, phones, chats, SMS gateways)
sounder:///dev/ttyUSB0       a byte to a serial line (`?byte=A`)
command:///usr/bin/siren     a program, called with the tier
"""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import apprise
import msgspec

from seawarden.channels.messages.case import words
from seawarden.channels.messages.told import Told
from seawarden.model.error import MessageError

TIMEOUT_S: Final = 10.0
SIGNATURE: Final = "x-seawarden-signature"
KEY: Final = "idempotency-key"
SECRET: Final = "SEAWARDEN_WEBHOOK_KEY"


LINES: Final = 40
"""Assets of a case that are named in words; the rest is counted."""
SOUNDERS: Final = ("sounder", "command")
"""Ways that make a noise here."""


def send(
    target: str, key: str, body: bytes, environment: Mapping[str, str] | None = None, *, lines: int = LINES
) -> None:
    """Send one message.

    Args:
        target: where to.
        key: the idempotency key.
        body: a `Told` as JSON.
        environment: where the webhook's key is; the process's own when None.
        lines: assets that are named in words where people read them.

    Raises:
        MessageError: it was not taken; the sentence names no address.
    """
    scheme = urlsplit(target).scheme
    known = os.environ if environment is None else environment
    item = msgspec.json.decode(body, type=Told)
    if scheme in ("http", "https"):
        _webhook(target, key, body, known.get(SECRET, ""))
    elif scheme == SOUNDERS[0]:
        _sound(target)
    elif scheme == SOUNDERS[1]:
        _command(target, item)
    else:
        _apprise(_with_key(target, key), item, lines)


def _with_key(target: str, key: str) -> str:
    """A mail carries the key as a header of its own, which apprise takes from the address."""
    if urlsplit(target).scheme not in ("mailto", "mailtos"):
        return target
    return f"{target}{'&' if '?' in target else '?'}{urlencode({f'+{KEY}': key}, quote_via=quote)}"


def sign(body: bytes, secret: str) -> str:
    """The signature of a body: HMAC-SHA-256, as `sha256=<hex>`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _webhook(target: str, key: str, body: bytes, secret: str) -> None:
    headers = {"content-type": "application/json", KEY: key}
    if secret:
        headers[SIGNATURE] = sign(body, secret)
    asked = urllib.request.Request(target, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as answer:
            answer.read(1)
    except urllib.error.HTTPError as error:
        raise MessageError(f"the webhook answered {error.code}") from None
    except (OSError, ValueError) as error:
        raise MessageError(f"the webhook can't be reached ({_without_address(error)})") from None


def _apprise(target: str, item: Told, lines: int) -> None:
    ways = apprise.Apprise()
    if not ways.add(target):
        raise MessageError("that address is none that apprise knows")
    kinds = {"act": apprise.NotifyType.FAILURE, "challenge": apprise.NotifyType.WARNING}
    kind = kinds.get(item.tier, apprise.NotifyType.INFO)
    head = "EXERCISE " if item.exercise else "SIMULATED " if item.simulated else ""
    title = f"{head}Seawarden {item.tier.upper()}" + (" ended" if item.over else "")
    if not ways.notify(title=title, body=words(item, lines), notify_type=kind):
        raise MessageError("apprise could not deliver it")


def _sound(target: str) -> None:
    parts = urlsplit(target)
    byte = parse_qs(parts.query).get("byte", ["A"])[0].encode()[:1]
    try:
        with Path(parts.path).open("wb", buffering=0) as line:
            line.write(byte)
    except OSError as error:
        raise MessageError(f"the sounder can't be reached ({error.strerror or error})") from None


def _command(target: str, item: Told) -> None:
    try:
        subprocess.run([urlsplit(target).path, item.tier], timeout=TIMEOUT_S, check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise MessageError(f"the command failed ({type(error).__name__})") from None


def _without_address(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return getattr(reason, "strerror", None) or type(reason).__name__
