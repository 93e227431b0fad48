"""How answers of the API leave: JSON of the handler's struct, in one message where the server can send it so.

Litestar's own way (a response, then an ASGI response, then two messages) costs twice as much. An answer with cookies,
headers, another media type or without a body still goes that way.
"""

from typing import Any

from litestar import Request, Response
from litestar.enums import MediaType
from litestar.serialization import encode_json
from litestar.types import ASGIApp

from veza.http.protocol import WHOLE

_WITHOUT_BODY = frozenset({204, 304})


class JsonResponse(Response[Any]):
    """What Litestar makes of whatever a handler answers. Encoders of types are its plugins'; ours are msgspec's own."""

    def __init__(
        self, content: Any, *, status_code: int, media_type: Any, background: Any = None, type_encoders: Any = None
    ) -> None:
        self._content = content
        self._status = status_code
        self._media_type = media_type
        self._background = background
        self._type_encoders = type_encoders

    def to_asgi_response(self, app: Any, request: Request[Any, Any, Any], **more: Any) -> Any:
        """The plain case, or Litestar's own response."""
        is_json = self._media_type == MediaType.JSON and self._status not in _WITHOUT_BODY
        if is_json and self._background is None and not any(more.values()):
            return _whole(self._status, encode_json(self._content))
        plain = Response(
            self._content,
            status_code=self._status,
            media_type=self._media_type,
            background=self._background,
            type_encoders=self._type_encoders,
        )
        return plain.to_asgi_response(app, request, **more)


def _whole(status: int, body: bytes) -> ASGIApp:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]

    async def answer(scope: Any, _receive: Any, send: Any) -> None:
        if WHOLE in scope.get("extensions", ()):
            await send({"type": WHOLE, "status": status, "headers": headers, "body": body})
        else:
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return answer
