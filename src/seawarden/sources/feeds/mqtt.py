"""Messages of an MQTT broker, over TCP or WebSockets, with or without TLS."""

from __future__ import annotations

import queue
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from seawarden.sources.feeds.credentials import Credentials
from seawarden.sources.feeds.failure import LinkError, failure_of
from seawarden.sources.feeds.link import Chunk

if TYPE_CHECKING:
    from paho.mqtt.client import Client

AT_ONCE: Final = 20_000
KEEPALIVE_S: Final = 30
WAITING: Final = 200_000
"""Messages held when the reader does not come; more are left out."""
_ANSWERS: Final = {
    1: ("protocol", "it speaks another version of MQTT"),
    2: ("protocol", "it does not take our name"),
    3: ("down", "its service is not available"),
    4: ("sign_in", "user or password is wrong"),
    5: ("sign_in", "it does not let us in: are user and password set?"),
}
"""Return codes of CONNACK, MQTT 3.1.1, section 3.2.2.3."""


class MqttLink:
    """Subscribes to topics of a broker.

    Args:
        host: name or address.
        port: its port.
        path: path of the WebSocket; empty: MQTT over TCP.
        topics: filters to subscribe to.
        connect_s: time to connect, and for the broker to grant the topics.
        now: the edge's clock, ms.
        context: TLS, where it is used.
        credentials: what to sign in with.
    """

    whole = True
    silence_ends = True
    lossy = True
    pause_s = 0.0

    def __init__(
        self,
        host: str,
        port: int,
        *,
        path: str,
        topics: Sequence[str],
        connect_s: float,
        now: Callable[[], int],
        context: ssl.SSLContext | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self.where = f"{host}:{port}"
        self._host, self._port, self._path = host, port, path
        self._topics = list(topics)
        self._connect_s, self._now, self._context = connect_s, now, context
        self._credentials = credentials or Credentials()
        self._client: Client | None = None
        self._heard: queue.Queue[Chunk] = queue.Queue(WAITING)
        self._answered = threading.Event()
        self._granted = threading.Event()
        self._failure: LinkError | None = None

    def open(self) -> None:
        """Connect, sign in, subscribe."""
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self._heard = queue.Queue(WAITING)
        self._answered.clear()
        self._granted.clear()
        self._failure = None
        client = Client(
            CallbackAPIVersion.VERSION2,
            transport="websockets" if self._path else "tcp",
            reconnect_on_failure=False,
        )
        if self._path:
            client.ws_set_options(path=self._path)
        if self._context is not None:
            client.tls_set_context(self._context)
        if self._credentials.user:
            client.username_pw_set(self._credentials.user, self._credentials.password or None)
        client.connect_timeout = self._connect_s
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        try:
            client.connect(self._host, self._port, KEEPALIVE_S)
        except (OSError, ValueError) as error:
            raise self._not_reached(error) from None
        self._client = client
        client.loop_start()
        if not self._answered.wait(self._connect_s):
            self.close()
            raise LinkError("timeout", f"{self.where}: the broker does not answer")
        self._raise()
        if not self._granted.wait(self._connect_s):
            self.close()
            raise LinkError("timeout", f"{self.where}: the broker does not grant {', '.join(self._topics)}")
        self._raise()

    def read(self, timeout_s: float) -> list[Chunk]:
        """All messages that wait."""
        found: list[Chunk] = []
        with suppress(queue.Empty):
            found.append(self._heard.get(timeout=timeout_s))
            while len(found) < AT_ONCE:
                found.append(self._heard.get_nowait())
        if not found and self._failure is not None:
            raise self._failure
        return found

    def close(self) -> None:
        """Hang up."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):
                client.disconnect()
            with suppress(Exception):
                client.loop_stop()

    def _raise(self) -> None:
        failure = self._failure
        if failure is not None:
            self.close()
            raise failure

    def _not_reached(self, error: Exception) -> LinkError:
        if type(error).__name__ == "WebsocketConnectionError":
            return LinkError("no_such_place", f"{self.where}: no MQTT over WebSocket at {self._path} ({error})")
        return failure_of(error, self.where)

    def _on_connect(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            code = {132: 1, 133: 2, 136: 3, 134: 4, 135: 5}.get(reason.value, reason.value)
            condition, words = _ANSWERS.get(code, ("protocol", str(reason)))
            self._failure = LinkError(condition, f"{self.where}: {words}")  # type: ignore[arg-type]
        else:
            client.subscribe([(topic, 0) for topic in self._topics])
        self._answered.set()

    def _on_subscribe(self, client: Client, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        refused = [topic for topic, reason in zip(self._topics, reasons, strict=False) if reason.is_failure]
        if refused:
            what = f"{self.where}: the broker does not grant the topic {', '.join(refused)}: is it spelt right?"
            self._failure = LinkError("no_such_place", what)
        self._granted.set()

    def _on_message(self, client: Client, userdata: Any, message: Any) -> None:
        with suppress(queue.Full):
            self._heard.put_nowait(Chunk(self._now(), message.payload, message.topic))

    def _on_disconnect(self, client: Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if self._client is client and self._failure is None:
            self._failure = LinkError("ended", f"{self.where}: the line to the broker broke ({reason})")
