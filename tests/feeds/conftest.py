"""What the tests of feeds share: certificates good and bad, and a broker."""

from __future__ import annotations

import asyncio
import datetime
import logging
import ssl
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the counterparts are modules beside these tests


from tests.feeds.counterparts import TcpServer


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """Load the decoder's compiled code before anything waits for it."""
    from seawarden.decode import LogDecoder

    LogDecoder().feed(b"!AIVDM,1,1,,B,13A><b0P010qaGPOo2Gcl?w208C?,0*04\n")


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def context_of(cert: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    return context


@pytest.fixture(scope="session")
def good(authority: trustme.CA) -> ssl.SSLContext:
    return context_of(authority.issue_cert("127.0.0.1", "localhost"))


@pytest.fixture(scope="session")
def expired(authority: trustme.CA) -> ssl.SSLContext:
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    return context_of(authority.issue_cert("127.0.0.1", not_after=past))


@pytest.fixture(scope="session")
def others(authority: trustme.CA) -> ssl.SSLContext:
    return context_of(authority.issue_cert("somebody.example"))


@pytest.fixture(scope="session")
def stranger() -> ssl.SSLContext:
    return context_of(trustme.CA().issue_cert("127.0.0.1"))


@pytest.fixture
def serve() -> Iterator[type[TcpServer]]:
    """Make TCP servers that are closed at the end."""
    made: list[TcpServer] = []

    class Closed(TcpServer):
        def __init__(self, *args, **kwargs) -> None:
            super().__init__(*args, **kwargs)
            made.append(self)

    yield Closed
    for server in made:
        server.close()


class Broker:
    """An MQTT broker in a thread: WebSockets with TLS on one port, plain TCP on another."""

    def __init__(self, folder: Path, cert: trustme.LeafCert, port: int = 0) -> None:
        logging.getLogger("amqtt").setLevel(logging.CRITICAL)
        logging.getLogger("transitions").setLevel(logging.CRITICAL)
        cert.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
        self._pem = str(folder / "both.pem")
        (folder / "passwords").write_text("")
        self.port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(20)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        from amqtt.broker import Broker as Amqtt

        self.tcp_port, self.port = free_port(), self.port or free_port()
        config = {
            "listeners": {
                "default": {"type": "tcp", "bind": f"127.0.0.1:{self.tcp_port}"},
                "wss": {
                    "type": "ws",
                    "bind": f"127.0.0.1:{self.port}",
                    "ssl": True,
                    "certfile": self._pem,
                    "keyfile": self._pem,
                },
            },
            "plugins": {
                "tests.feeds.broker_plugins.SignIn": {},
                "tests.feeds.broker_plugins.Topics": {},
            },
        }
        broker = Amqtt(config)
        await broker.start()
        self._ready.set()
        await self._stop.wait()
        await broker.shutdown()

    def publish(self, topic: str, payload: bytes) -> None:
        from paho.mqtt.publish import single

        single(topic, payload, hostname="127.0.0.1", port=self.tcp_port, auth={"username": "sender", "password": "x"})

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)


def free_port() -> int:
    import socket

    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


@pytest.fixture
def broker(authority: trustme.CA, tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path, authority.issue_cert("127.0.0.1", "localhost"))
    yield made
    made.close()
