"""Marks follow the stream, and no byte waits for ever."""

import asyncio
import socket

import pytest

from veza.streaming.read_batching import MAX_MARK_BYTES, ReadBatching, next_mark


@pytest.mark.parametrize(
    ("mark", "received_bytes", "expected"),
    [
        (1, 0, 1),
        (1, 40_000, 10_000),
        (10_000, 44_000, 10_000),
        (10_000, 60_000, 15_000),
        (10_000, 36_000, 9_000),
        (10_000, 0, 1),
        (1, 10_000_000, MAX_MARK_BYTES),
        (MAX_MARK_BYTES, 10_000_000, MAX_MARK_BYTES),
    ],
)
def test_next_mark(mark: int, received_bytes: int, expected: int) -> None:
    assert next_mark(mark, received_bytes) == expected


async def test_bytes_below_the_mark_come_with_the_next_tick() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    server.setblocking(False)
    loop = asyncio.get_running_loop()
    batching = ReadBatching(server)
    batching.received(40_000)
    batching.tick()
    client.sendall(b"x" * 100)
    readable = asyncio.Event()
    loop.add_reader(server, readable.set)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(readable.wait(), 0.05)
    batching.tick()
    await asyncio.wait_for(readable.wait(), 5)
    assert server.recv(1000) == b"x" * 100
    loop.remove_reader(server)
    for each in (client, server, listener):
        each.close()


async def test_the_end_of_a_connection_is_heard_at_once() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    server.setblocking(False)
    batching = ReadBatching(server)
    batching.received(40_000)
    batching.tick()
    client.sendall(b"bye")
    client.close()
    assert await asyncio.get_running_loop().sock_recv(server, 10) == b"bye"
    server.close()
    listener.close()


def test_a_socket_that_closed_is_no_error() -> None:
    gone = socket.socket()
    gone.close()
    batching = ReadBatching(gone)
    batching.received(40_000)
    batching.tick()
    batching.stop()
