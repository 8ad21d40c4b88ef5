"""Run the application on this machine until told to stop."""

from __future__ import annotations

import socket
import sys
import webbrowser

import uvicorn
from fastapi import FastAPI

from seawarden.model.error import SeawardenError
from seawarden.service.guard import check_host


class Server(uvicorn.Server):
    """Tells the open event streams to end before it waits for them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything."""
        app = self.config.app
        if isinstance(app, FastAPI):
            app.state.stopping = True
        await super().shutdown(sockets)


def serve(app: FastAPI, host: str, port: int, *, browser: bool = False) -> None:
    """Listen until interrupted.

    Args:
        app: the application.
        host: a loopback address.
        port: TCP port; 0 takes a free one, which is said on standard error.
        browser: open the page in the default browser.

    Raises:
        SeawardenError: the port is taken, or the host is not this machine alone.
    """
    check_host(host)
    listener = listen(host, port)
    url = f"http://{host}:{listener.getsockname()[1]}/"
    print(f"Seawarden serves {url} (Ctrl-C ends it)", file=sys.stderr, flush=True)
    if browser:
        webbrowser.open(url)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=3, server_header=False
    )
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
