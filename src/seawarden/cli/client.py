"""Questions to a running watch on this machine."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from seawarden.model.error import SeawardenError, UsageError

URL_VARIABLE = "SEAWARDEN_URL"
TOKEN_VARIABLE = "SEAWARDEN_TOKEN"
TIMEOUT_S = 30


def ask(url: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer to one question; a POST when there is a body.

    Raises:
        SeawardenError: nothing answers there, or it answers with a failure.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(f"--url {url}: write it as http://127.0.0.1:8600")
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", "accept": "application/json"}
    try:
        with urlopen(Request(url.rstrip("/") + path, data=data, headers=headers), timeout=TIMEOUT_S) as answer:
            return json.loads(answer.read())
    except HTTPError as error:
        raise SeawardenError(f"{url}: {_detail(error)}") from None
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise SeawardenError(
            f"{url}: no watch answers there ({reason}): start one with `seawarden serve` or `seawarden demo`, "
            "or work on a folder with --out"
        ) from None


def download(url: str, path: str, body: dict[str, Any]) -> tuple[bytes, str]:
    """A file that a POST answers with, and its fingerprint.

    Raises:
        SeawardenError: nothing answers there, or it answers with a failure.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(f"--url {url}: write it as http://127.0.0.1:8600")
    asked = Request(
        url.rstrip("/") + path, data=json.dumps(body).encode(), headers={"content-type": "application/json"}
    )
    token = os.environ.get(TOKEN_VARIABLE)
    if token:
        asked.add_header("authorization", f"Bearer {token}")
    try:
        with urlopen(asked, timeout=TIMEOUT_S) as answer:
            return answer.read(), str(answer.headers.get("x-seawarden-fingerprint", ""))
    except HTTPError as error:
        raise SeawardenError(f"{url}: {_detail(error)}") from None
    except (URLError, OSError) as error:
        raise SeawardenError(f"{url}: no watch answers there ({getattr(error, 'reason', error)})") from None


def url_of(given: str | None, port: int) -> str:
    """The address asked for: the option, the environment, or this machine."""
    return given or os.environ.get(URL_VARIABLE) or f"http://127.0.0.1:{port}"


def _detail(error: HTTPError) -> str:
    try:
        return str(json.loads(error.read())["detail"])
    except (ValueError, KeyError, TypeError, OSError):
        return f"it answered {error.code} {error.reason}"
