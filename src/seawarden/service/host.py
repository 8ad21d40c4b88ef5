"""Run the application on this machine until told to stop."""

from __future__ import annotations

import socket
import ssl
import sys
import webbrowser
from pathlib import Path
from typing import Final, NamedTuple

import uvicorn
from fastapi import FastAPI

from seawarden.model.error import SeawardenError, UsageError
from seawarden.service.guard import check_host


class Server(uvicorn.Server):
    """Tells the open event streams to end before it waits for them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything."""
        app = self.config.app
        if isinstance(app, FastAPI):
            app.state.stopping = True
        await super().shutdown(sockets)


class Line(NamedTuple):
    """How the line to the readers is kept private."""

    certificate: Path | None = None
    """TLS certificate chain, PEM."""
    key: Path | None = None
    proxy: str = ""
    """Address of a trusted proxy that encrypts."""

    @property
    def private(self) -> bool:
        """Whether nobody else reads it."""
        return self.certificate is not None or bool(self.proxy)


SAID_AT_MOST: Final = 4_096
"""Bytes of a message from a reader of the live ships."""
OPEN_LINE: Final = Line()
"""Not encrypted: for this machine's loopback alone."""


def serve(app: FastAPI, host: str, port: int, *, line: Line = OPEN_LINE, browser: bool = False) -> None:
    """Listen until interrupted.

    Args:
        app: the application.
        host: a loopback address; another only with accounts and a private line.
        port: TCP port; 0 takes a free one, which is said on standard error.
        line: how the line is kept private.
        browser: open the page in the default browser.

    Raises:
        SeawardenError: the port is taken, others could reach an open page, or the certificate can't be used.
    """
    check_host(host, accounts=app.state.door.accounts is not None, private=line.private)
    if (line.certificate is None) != (line.key is None):
        raise UsageError("--tls-cert and --tls-key go together")
    listener = listen(host, port)
    url = f"{'http' if line.certificate is None else 'https'}://{host}:{listener.getsockname()[1]}/"
    print(f"Seawarden serves {url} (Ctrl-C ends it)", file=sys.stderr, flush=True)
    if browser:
        webbrowser.open(url)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
        server_header=False,
        ws_max_size=SAID_AT_MOST,
        ws_per_message_deflate=False,  # measured: it costs 150 times what sending the columns as they are does
        ssl_certfile=line.certificate,
        ssl_keyfile=line.key,
        proxy_headers=bool(line.proxy),
        forwarded_allow_ips=line.proxy or None,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        listener.close()
        raise UsageError(f"{line.certificate}: can't be used as a certificate ({error})") from None
    with listener:
        Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that a taken port is a sentence and not a log line.

    Raises:
        SeawardenError: the port is taken or not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SeawardenError(
            f"{host}:{port}: can't listen there ({error.strerror or error}): choose another with --port, "
            "0 takes any free one"
        ) from None
    return listener
