"""The children themselves: what they inherit, what stops them, and that none outlives its caller."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path

import msgspec
import psutil
import pytest
from tests.factories.audio_files import sine, write_audio

from veza.kit.errors import Unavailable
from veza.processing.audio import process_audio
from veza.processing.child import run_child
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.wire import ArchiveRequest, AudioRequest, ChildLimits

LIMITS = ChildLimits()


@pytest.fixture
def endless(tmp_path: Path) -> AudioRequest:
    """A look that does not end: at a named pipe to which nobody writes."""
    pipe = tmp_path / "track.flac"
    os.mkfifo(pipe)
    return AudioRequest(source=str(pipe), preview=str(tmp_path / "preview.mp4"), format="flac", duration_ms_max=1000)


async def opened(request: AudioRequest) -> int:
    """Wait until the child opens its file: the other end of a pipe opens only then."""
    return await asyncio.to_thread(os.open, request.source, os.O_WRONLY)


def children(parent: int | None = None) -> list[psutil.Process]:
    found = psutil.Process(parent).children()
    return [child for child in found if "veza.processing.child_main" in " ".join(child.cmdline())]


@contextlib.asynccontextmanager
async def looking(request: AudioRequest) -> AsyncIterator[tuple["asyncio.Task[Exception | None]", psutil.Process]]:
    """A child in the middle of its work, and what its caller will have heard."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(failure(run_child("audio_child", request, limits=LIMITS)))
        held = await opened(request)
        try:
            (child,) = children()
            yield task, child
        finally:
            task.cancel()
            os.close(held)


async def failure(work: Coroutine[None, None, bytes]) -> Exception | None:
    try:
        await work
    except (Unreadable, TooHeavy) as error:
        return error
    return None


async def test_a_child_that_hangs_is_killed(endless: AudioRequest) -> None:
    with pytest.raises(TooHeavy, match="too long"):
        await run_child("audio_child", endless, limits=ChildLimits(wall_s=0.5))
    assert not children()


async def test_a_child_that_computes_for_too_long_is_ended_by_the_kernel(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "track.flac", sine(600, rate_hz=44_100), rate_hz=44_100)
    with pytest.raises(TooHeavy) as caught:
        await process_audio(source, tmp_path / "preview.mp4", limits=ChildLimits(cpu_s=1))
    assert caught.value.detail.startswith("ended by signal")


async def test_a_cancelled_caller_takes_its_child_along(endless: AudioRequest) -> None:
    async with looking(endless) as (task, child):
        task.cancel()
    assert task.cancelled()
    assert not child.is_running()


async def test_a_child_dies_with_a_caller_that_is_killed(endless: AudioRequest) -> None:
    """The kernel tells it: nobody else is left who could."""
    program = f"""
import asyncio, msgspec
from veza.processing.child import run_child
from veza.processing.wire import AudioRequest, ChildLimits
request = msgspec.json.decode({msgspec.json.encode(endless)!r}, type=AudioRequest)
asyncio.run(run_child("audio_child", request, limits=ChildLimits()))
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    caller = await asyncio.create_subprocess_exec(sys.executable, "-c", program, env=environment)
    held = await opened(endless)
    (child,) = children(caller.pid)
    caller.kill()
    await caller.wait()
    _, alive = psutil.wait_procs([child], timeout=60)
    os.close(held)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


async def test_a_child_inherits_no_setting_no_file_and_no_more_than_its_limits(
    endless: AudioRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VEZA_SECRET_KEY", "hidden")
    monkeypatch.setenv("PYTHONSTARTUP", "hidden")
    with (tmp_path / "open").open("wb") as held:
        os.set_inheritable(held.fileno(), True)
        async with looking(endless) as (_, child):
            assert set(child.environ()) == {"LC_ALL", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}
            assert "hidden" not in " ".join(child.cmdline())
            assert child.cwd() == "/"
            assert os.getsid(child.pid) == child.pid
            assert child.nice() > psutil.Process().nice()
            assert str(tmp_path / "open") not in {file.path for file in child.open_files()}
            if sys.platform == "linux":
                assert child.rlimit(psutil.RLIMIT_AS)[1] == LIMITS.memory_bytes
                assert child.rlimit(psutil.RLIMIT_CPU) == (LIMITS.cpu_s, LIMITS.cpu_s + 1)
                assert child.rlimit(psutil.RLIMIT_FSIZE)[1] == LIMITS.file_bytes
                assert child.rlimit(psutil.RLIMIT_NOFILE)[1] == LIMITS.open_files
                assert child.rlimit(psutil.RLIMIT_CORE) == (0, 0)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
async def test_a_crash_is_the_fault_of_the_file(number: signal.Signals, endless: AudioRequest) -> None:
    async with looking(endless) as (task, child):
        child.send_signal(number)
        await asyncio.wait([task])
        assert isinstance(task.result(), Unreadable)


async def test_one_that_the_kernel_ends_for_its_memory_was_too_heavy(endless: AudioRequest) -> None:
    async with looking(endless) as (task, child):
        child.kill()
        await asyncio.wait([task])
        assert isinstance(task.result(), TooHeavy)


async def test_a_program_that_is_not_there_is_no_fault_of_the_file(endless: AudioRequest) -> None:
    with pytest.raises(Unavailable):
        await run_child("no_such_child", endless, limits=LIMITS)


async def test_a_file_that_is_not_there_is_told_as_any_other() -> None:
    request = ArchiveRequest(source="/nowhere.zip", entries_max=1, uncompressed_bytes_max=1)
    with pytest.raises(Unreadable) as caught:
        await run_child("archive_child", request, limits=LIMITS)
    assert "FileNotFoundError" in caught.value.detail
    assert "nowhere" not in caught.value.sentence
