"""One provider's door: who may enter, what goes wrong on the way, and one transaction around each effect.

What a provider answers is its own module's (`hyperswitch_api.py`, `stripe_api.py`).
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from veza.sandbox.box import Box
from veza.sandbox.faults import AFTER, BEFORE
from veza.sandbox.http import Answer, Refused, Request, Router

HUGE_BYTES = 10 * 1024 * 1024
_HTML = b"<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1><hr>a proxy in between"


@dataclass(frozen=True, slots=True)
class Door:
    """The parts in which two providers differ."""

    name: str
    """As the fault switches know it."""
    prefixes: tuple[str, ...]
    """Paths that belong to it."""
    router: Router
    admit: Callable[[Box, Request], None]
    """Raises `Refused` for a wrong key."""
    unknown: Callable[[Request], Answer]
    faulty: dict[str, Answer]
    """The answers of the faults in `BEFORE`."""
    alone: Callable[[Request], contextlib.AbstractContextManager[None]]
    """Held from before the effect until its answer is known. Raises `Refused` when the same is already under way."""
    effect: Callable[[Box, Request, Callable[[], Answer]], Answer]
    """Called inside the transaction; calls the handler, or answers what it answered before."""

    def owns(self, path: str) -> bool:
        return path.startswith(self.prefixes)


async def answer_at(door: Door, box: Box, request: Request) -> Answer | None:
    """The answer of a door. None: the connection is to be cut, although everything was done."""
    try:
        door.admit(box, request)
        with door.alone(request):
            if box.faults.hit(door.name, "slow", request.what):
                await asyncio.sleep(box.faults.delay_ms(door.name, "slow_ms") / 1000)
            failed = box.faults.first_hit(door.name, BEFORE, request.what)
            if failed:
                return door.faulty[failed]
            answer = _act(door, box, request)
    except Refused as refused:
        return refused.answer
    spoilt = box.faults.first_hit(door.name, AFTER, request.what)
    return _spoil(spoilt, answer, box) if spoilt else answer


def _act(door: Door, box: Box, request: Request) -> Answer:
    found = door.router.find(request)
    if found is None:
        return door.unknown(request)
    handler, request = found

    def handle() -> Answer:
        try:
            return cast("Answer", handler(box, request))
        except Refused as refused:  # handlers decide first and write then: there is nothing to undo
            return refused.answer

    if request.method == "GET":
        return handle()
    with box.store.transaction():
        return door.effect(box, request, handle)


def _spoil(fault: str, answer: Answer, box: Box) -> Answer | None:
    match fault:
        case "html_answer":
            return Answer(200, _HTML, "text/html")
        case "empty_answer":
            return Answer(answer.status)
        case "redirect_answer":
            return Answer(302, b"", "text/plain", {"Location": f"{box.public_url}/sandbox/elsewhere"})
        case "huge_answer":
            filling = b'{"filling": "' + b"x" * HUGE_BYTES + b'"}'
            return Answer(answer.status, filling)
        case _:
            return None
