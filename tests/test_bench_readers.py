"""The clients of the chat benches see what they are there to see: what is missing, doubled, named by a gap, refused."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator, Callable

import pytest
from bench.readers import Heard, Readers, readers
from websockets.asyncio.server import ServerConnection, serve

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")


def message(seq: int) -> str:
    return json.dumps(
        {"type": "message", "room": "r", "message": {"seq": seq, "content": f"{seq} la"}}, separators=(",", ":")
    )


def joined(seq: int, *missed: int, recovered: bool = False) -> str:
    answer = {"type": "joined", "id": 1, "room": "r", "epoch": "e" * 36, "seq": seq, "recovered": recovered}
    messages = [{"seq": number, "content": "0 la"} for number in missed]
    return json.dumps({**answer, "messages": messages, "deleted": []}, separators=(",", ":"))


@contextlib.asynccontextmanager
async def a_server(first: list[str], again: list[str]) -> AsyncIterator[tuple[int, list[dict[str, object]]]]:
    """Answers the first `join` of a client with `first`, a later one with `again`; yields the port and all joins."""
    joins: list[dict[str, object]] = []

    async def talk(connection: ServerConnection) -> None:
        await connection.send('{"type":"welcome","session_id":"s","user":null,"ping_interval":25000}')
        async for text in connection:
            joins.append(json.loads(text))
            for frame in again if "since" in joins[-1] else first:
                await connection.send(frame)

    async with serve(talk, "127.0.0.1", 0, compression=None) as server:
        yield next(iter(server.sockets)).getsockname()[1], joins


async def heard(first: list[str], again: list[str] | None = None) -> tuple[Heard, list[dict[str, object]]]:
    """What two clients make of it, the second time after they were dropped."""
    async with a_server(first, again or []) as (port, joins):
        with readers() as clients:

            def watch(until: Callable[[Readers], object]) -> Heard:
                clients.open(0, 2, port, "r")
                if again is not None:
                    clients.reset()
                    clients.drop(0)
                    clients.back(0, 0.1)
                until(clients)
                return clients.report().groups[0]

            last = [*(again or first)][-1]
            head = json.loads(last)
            head = head[-1] if isinstance(head, list) else head
            seq = head.get("to_seq") or head.get("seq") or head["message"]["seq"]
            return await asyncio.to_thread(watch, lambda clients: clients.wait_until_heard(0, seq)), joins


async def test_what_is_in_order_is_complete() -> None:
    found, _ = await heard([joined(5), message(6), f"[{message(7)},{message(8)}]", message(9)])
    assert (found.deliveries, found.in_order, found.lowest) == (8, True, 9)


async def test_a_hole_is_counted() -> None:
    found, _ = await heard([joined(0), message(1), f"[{message(3)},{message(6)}]"])
    assert (found.lost, found.twice, found.in_order) == (2 * 3, 0, False)


async def test_a_message_that_comes_again_is_counted() -> None:
    found, _ = await heard([joined(0), message(1), message(1), f"[{message(1)},{message(2)}]"])
    assert (found.twice, found.lost, found.in_order) == (2 * 2, 0, False)


async def test_a_gap_covers_what_it_names_and_nothing_else() -> None:
    gap = '{"type":"gap","room":"r","from_seq":2,"to_seq":4}'
    found, _ = await heard([joined(0), message(1), gap, message(5), message(7)])
    assert (found.gap_frames, found.gap_messages, found.lost) == (2, 6, 2)


async def test_who_returns_says_what_it_has_and_is_given_the_rest() -> None:
    found, joins = await heard([joined(3)], [joined(5, 4, 5, recovered=True), message(6)])
    assert joins[-1]["since"] == {"epoch": "e" * 36, "seq": 3}
    assert (found.recovered, found.deliveries, found.in_order) == (2, 6, True)


async def test_a_return_that_leaves_something_out_is_seen() -> None:
    found, _ = await heard([joined(3)], [joined(6, 4, 6, recovered=True)])
    assert (found.recovered, found.lost) == (2, 2)
