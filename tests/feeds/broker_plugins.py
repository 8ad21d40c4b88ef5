"""What the tests' broker lets in and what not."""

from __future__ import annotations

from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session


class SignIn(BaseAuthPlugin):  # type: ignore[misc]
    """Anybody without a name, and whoever knows the password."""

    async def authenticate(self, *, session: Session) -> bool:
        if not session.username:
            session.is_anonymous = True
            return True
        return session.password in ("x", "right")


class Topics(BaseTopicPlugin):  # type: ignore[misc]
    """Everything but what begins with `closed`."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        return not (topic or "").startswith("closed")
