"""Children end with their parent, and their end is heard."""

import signal
import subprocess
import sys

from veza.processes import bound_to_parent, wait_ended


def child(program: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", program], preexec_fn=bound_to_parent(signal.SIGTERM))  # noqa: PLW1509


async def test_the_code_of_a_child_is_heard() -> None:
    process = child("raise SystemExit(3)")
    assert await wait_ended(process) == 3
    assert await wait_ended(process) == 3


async def test_a_signal_is_heard_as_a_negative_code() -> None:
    process = child("import signal; signal.pause()")
    process.kill()
    assert await wait_ended(process) == -9


def test_a_child_ends_when_its_parent_is_killed() -> None:
    """The pipe's other end is held by the grandchild alone: it reads empty when that one is gone."""
    program = """
import os, signal, subprocess, sys
from veza.processes import bound_to_parent
child = subprocess.Popen([sys.executable, "-c", "print('up', flush=True); import signal; signal.pause()"],
                         preexec_fn=bound_to_parent(signal.SIGTERM))
signal.pause()
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    parent.kill()
    parent.wait()
    assert parent.stdout.read() == b""
    parent.stdout.close()
