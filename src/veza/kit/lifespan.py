"""The lifespan protocol of ASGI, for applications that have nothing to start or stop.

Source: the ASGI specification, "Lifespan Protocol" 2.0.
"""

from collections.abc import Awaitable, Callable
from typing import Any


async def live(receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    """Say that all is done, to the start and to the end; returns after the latter."""
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
