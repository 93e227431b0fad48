"""A part of a file straight into a connection: the kernel copies it, and nothing of it passes through our memory.

Knows sockets and files, and no HTTP: who calls has said what is coming, and says afterwards that it came.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl

CALL_BYTES = 8 * 1024 * 1024
"""The most in one call. A socket takes less, unless somebody gave it a very large buffer."""


async def send_file(transport: asyncio.Transport, flow: FlowControl, path: Path, start: int, end: int) -> None:
    """Send bytes `start` to `end` (exclusive), after all that was written before.

    Raises `ConnectionError` when the peer has gone, `OSError` when the file cannot be read so far. The socket gets a
    second number: the loop can wait for it beside the transport, and nobody else has it when the transport closes.
    """
    if not transport.is_closing():
        transport.set_write_buffer_limits(high=0)  # counts as paused until all has left
        await flow.drain()
    if transport.is_closing():
        raise ConnectionResetError("the peer has gone")
    transport.set_write_buffer_limits()
    with transport.get_extra_info("socket").dup() as peer, await _in_thread(path.open, "rb", 0) as file:
        while start < end:
            await _until_writable(peer.fileno())
            try:
                sent = await _in_thread(os.sendfile, peer.fileno(), file.fileno(), start, min(end - start, CALL_BYTES))
            except BlockingIOError:
                continue
            if sent == 0:
                raise OSError("the file is shorter than it was")
            start += sent


async def _until_writable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    writable = asyncio.Event()
    loop.add_writer(fd, writable.set)
    try:
        await writable.wait()
    finally:
        loop.remove_writer(fd)


async def _in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """In a thread, because disks are slow; a peer is never waited for there. Cancelled, it still waits for the call."""
    call = asyncio.get_running_loop().run_in_executor(None, function, *args)
    try:
        return await asyncio.shield(call)
    finally:
        if not call.done():
            await asyncio.wait([call])
