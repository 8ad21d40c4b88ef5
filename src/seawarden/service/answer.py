"""Answers as JSON bytes, and failures as sentences."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()
BODY_AT_MOST = 64 * 1024


class ApiError(Exception):
    """A failure that is answered with a status and a sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class JsonResponse(Response):
    """msgspec's JSON: structs as they are, NaN as null."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The bytes."""
        return _ENCODER.encode(content)


def failure(status: int, detail: str) -> JsonResponse:
    """A failure in the form that the page reads."""
    return JsonResponse({"detail": detail}, status_code=status)


def not_found(what: str, name: str | int) -> ApiError:
    """Nothing of that name, or nothing that this reader may see: the two are one."""
    return ApiError(404, f"there is no {what} `{name}`")


async def body_of(request: Request, kind: type[T]) -> T:
    """The request's JSON body.

    Raises:
        ApiError: not JSON, too long, or a field is unknown, missing or wrong.
    """
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise ApiError(415, "send JSON (content-type: application/json)")
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > BODY_AT_MOST:
            raise ApiError(413, f"more than {BODY_AT_MOST} bytes")
    try:
        return msgspec.json.decode(data, type=kind, strict=False)
    except msgspec.MsgspecError as error:
        raise ApiError(422, str(error)) from None


def takes(kind: type[Any]) -> dict[str, Any]:
    """What OpenAPI says of a request's body, from the struct that reads it."""
    (schema,), parts = msgspec.json.schema_components((kind,), ref_template="#/{name}")

    def whole(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return whole(parts[node["$ref"].removeprefix("#/")])
            return {name: whole(value) for name, value in node.items()}
        return [whole(value) for value in node] if isinstance(node, list) else node

    return {"requestBody": {"required": True, "content": {"application/json": {"schema": whole(schema)}}}}
