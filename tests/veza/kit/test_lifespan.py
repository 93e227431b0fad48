"""The lifespan protocol: an answer to each message, and an end."""

from typing import Any

from veza.kit.lifespan import live


async def test_start_and_end_are_answered_and_then_it_is_over() -> None:
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    said: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        said.append(message)

    await live(receive, send)
    assert said == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]
