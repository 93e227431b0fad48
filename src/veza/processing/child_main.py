"""The first code of every child: limits, then the program, then one answer. Never import what is heavy, nor asyncio.

What a program raises becomes an answer here; what no program foresaw is the file's fault, and told in `detail`.
"""

import contextlib
import ctypes
import errno
import importlib
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable

import msgspec

from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.wire import ChildLimits, Envelope, Outcome

_PR_SET_PDEATHSIG = 1
_DETAIL_CHARACTERS_MAX = 2000
_TOO_MUCH_MEMORY = "This file needs more memory to read than we give."
_TOO_MUCH_ROOM = "What we would make of this file is larger than we keep."


def main() -> None:
    """Read the question from stdin, answer it on stdout."""
    envelope = msgspec.json.decode(sys.stdin.buffer.read(), type=Envelope)
    bind(envelope.parent, envelope.limits)
    # A library that prints must not end up in the answer.
    answer_file = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    program: Callable[[bytes], bytes] = importlib.import_module(envelope.module).answer
    outcome = ask(program, bytes(envelope.request))
    with answer_file:
        answer_file.write(msgspec.json.encode(outcome))


def bind(parent: int, limits: ChildLimits) -> None:
    """Take this process's limits, for good, and tie its life to its parent's."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # gone before the kernel was asked
        os._exit(1)
    for name, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
    ):
        with contextlib.suppress(ValueError):  # the system's own limit is tighter
            resource.setrlimit(name, (soft, hard))
    os.nice(10)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123 - not a Path's work
        score.write("900")  # when memory is short, this goes before those who serve


def ask(program: Callable[[bytes], bytes], request: bytes) -> Outcome:
    """The program's answer, or what its failure means."""
    try:
        return Outcome(result=msgspec.Raw(program(request)))
    except Unreadable as error:
        return Outcome(unreadable=error.sentence, detail=error.detail[:_DETAIL_CHARACTERS_MAX])
    except TooHeavy as error:
        return Outcome(too_heavy=error.sentence, detail=error.detail[:_DETAIL_CHARACTERS_MAX])
    except Exception as error:  # noqa: BLE001 - the door of the process
        return _explain(error, traceback.format_exc()[-_DETAIL_CHARACTERS_MAX:])


def _explain(error: Exception, detail: str) -> Outcome:
    code = getattr(error, "errno", None)
    if isinstance(error, MemoryError) or code == errno.ENOMEM:
        return Outcome(too_heavy=_TOO_MUCH_MEMORY, detail=detail)
    if code == errno.EFBIG:
        return Outcome(too_heavy=_TOO_MUCH_ROOM, detail=detail)
    return Outcome(unreadable="We could not read this file.", detail=detail)
