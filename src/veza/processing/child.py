"""Runs one look into a file in a process of its own: bounded, alone, killed with its caller. Knows no file format.

The bytes of strangers meet C libraries there, so a child gets no setting of ours, no inherited file and no more time,
memory or disk than its limits say. Request and answer go through unnamed files: no pipe to fill, nothing to read while
it runs, and RLIMIT_FSIZE bounds the answer too.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import msgspec

from veza.kit.errors import Unavailable
from veza.processes import wait_ended
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.wire import ChildLimits, Envelope, Outcome

RESULT_BYTES_MAX = 256 * 1024
_TOO_SLOW = "This file takes too long to read."
_DAMAGED = "This file is damaged in a way we cannot read."
_LIMIT_SIGNALS = frozenset({signal.SIGXCPU, signal.SIGKILL, signal.SIGXFSZ})
"""Ours, and the kernel's when the machine is short of memory."""

# -I drops the environment's and the folder's say in what is imported, -S the site packages; what the parent imports
# from, the child imports from: an installed package and a checkout work alike.
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from veza.processing.child_main import main; main()"


async def run_child(module: str, request: msgspec.Struct, *, limits: ChildLimits) -> bytes:
    """What `module`'s `answer` says to `request`, as JSON. `module` is a program of this package.

    Raises:
        Unreadable: the child says so, or crashed.
        TooHeavy: it ran into a limit, or into the time.
        Unavailable: no child can be started here.
    """
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as answered:
        envelope = Envelope(f"veza.processing.{module}", os.getpid(), limits, msgspec.Raw(msgspec.json.encode(request)))
        asked.write(msgspec.json.encode(envelope))
        asked.seek(0)
        process = _start(asked, answered)
        try:
            async with asyncio.timeout(limits.wall_s):
                code = await wait_ended(process)
        except TimeoutError:
            raise TooHeavy(_TOO_SLOW, detail=f"killed after {limits.wall_s} s") from None
        finally:
            await _end(process)
        answered.seek(0)
        return _judge(code, answered.read(RESULT_BYTES_MAX + 1))


def _start(asked: IO[bytes], answered: IO[bytes]) -> "subprocess.Popen[bytes]":
    path = [entry for entry in sys.path if Path(entry).is_absolute()]
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
            [sys.executable, "-I", "-S", "-c", _BOOT, *path],
            stdin=asked,
            stdout=answered,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            # One thread: more would only reserve memory and take the machine from those who serve.
            env={"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
    except OSError as error:
        raise Unavailable("Files cannot be looked into at the moment.") from error


async def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its session is its own, so whatever it started goes with it
        await wait_ended(process)


def _judge(code: int, answer: bytes) -> bytes:
    if code < 0:
        detail = f"ended by signal {-code}"
        raise TooHeavy(_TOO_SLOW, detail=detail) if -code in _LIMIT_SIGNALS else Unreadable(_DAMAGED, detail=detail)
    if len(answer) > RESULT_BYTES_MAX:
        raise TooHeavy("This file says more about itself than we keep.", detail="the answer is too long")
    try:
        outcome = msgspec.json.decode(answer, type=Outcome)
    except msgspec.DecodeError:
        raise Unavailable(f"A child ended with code {code} and without an answer.") from None
    if outcome.unreadable:
        raise Unreadable(outcome.unreadable, detail=outcome.detail)
    if outcome.too_heavy:
        raise TooHeavy(outcome.too_heavy, detail=outcome.detail)
    return bytes(outcome.result)
