"""The sandbox as one ASGI application: two providers' doors, the pages people are sent to, and the control room."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from veza.sandbox.box import Box
from veza.sandbox.checkout import page_routes
from veza.sandbox.control import check_key, control_routes, needs_key
from veza.sandbox.delivery import Delivery
from veza.sandbox.door import Door, answer_at
from veza.sandbox.home import home_routes
from veza.sandbox.http import HANG_UP, Answer, Refused, Request, Router, as_json, read_request, send_answer
from veza.sandbox.hyperswitch_api import hyperswitch_door
from veza.sandbox.stripe_api import stripe_door

log = structlog.get_logger()


class SandboxApp:
    """One application per running sandbox. HTTP only: there is no lifespan and there are no sockets."""

    def __init__(self, box: Box, delivery: Delivery) -> None:
        self._box = box
        self._doors: tuple[Door, ...] = (hyperswitch_door(), stripe_door())
        self._own = Router([*page_routes(), *control_routes(delivery), *home_routes(delivery)])

    async def __call__(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        try:
            request = await read_request(scope, receive)
            if request is None:
                return
            answer = await self._answer(request)
        except Refused as refused:
            answer = refused.answer
        except Exception:
            log.exception("sandbox_failed", method=scope["method"])
            answer = as_json({"error": {"type": "api_error", "message": "The sandbox failed.", "code": "HE_00"}}, 500)
        if answer is None:
            scope["extensions"][HANG_UP]()
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        await send_answer(send, answer, scope["method"])

    async def _answer(self, request: Request) -> Answer | None:
        for door in self._doors:
            if door.owns(request.path):
                return await answer_at(door, self._box, request)
        if needs_key(request):
            check_key(self._box, request)
        found = self._own.find(request)
        if found is None:
            return as_json({"error": "There is nothing here."}, 404)
        handler, request = found
        if request.method in {"GET", "HEAD"}:
            answer = handler(self._box, request)
            return answer if isinstance(answer, Answer) else await answer
        return await self._write(handler, request)

    async def _write(self, handler: Any, request: Request) -> Answer:
        """One transaction, unless the handler waits for something: then it keeps its own."""
        with self._box.store.transaction():
            answer = handler(self._box, request)
        return answer if isinstance(answer, Answer) else await answer
