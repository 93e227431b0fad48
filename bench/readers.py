"""Thousands of chat clients in one process beside us: drives `ws_readers.c` and reads what it counted.

The program is compiled when it is first needed and kept in .cache/. Everything here is told by counters: a wait asks
again until it is so, and says what was missing when it never is.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.peers import NotMeasured

_HERE = Path(__file__).parent
_SOURCES = (_HERE / "ws_readers.c", _HERE / "ws_order.h")
_ASK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Heard:
    """What one group of clients heard since `reset`, over all of them.

    `lost`: seqs that were skipped without a word; `gap_messages`: those that a `gap` named. `lowest` and `highest` are
    the seqs up to which the slowest and the fastest of them have everything. Times are from sending to reading.
    """

    count: int
    open: int
    joined: int
    recovered: int
    not_recovered: int
    deliveries: int
    lost: int
    twice: int
    gap_frames: int
    gap_messages: int
    refused: int
    closed: int
    close_code: int
    acks: int
    errors: int
    others: int
    bytes: int
    lowest: int
    highest: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    error: str

    @property
    def trouble(self) -> str:
        """What was counted that should not be, for people."""
        names = (
            "lost",
            "twice",
            "gap_frames",
            "gap_messages",
            "not_recovered",
            "refused",
            "closed",
            "close_code",
            "errors",
        )
        found = [f"{name} {getattr(self, name):,}" for name in names if getattr(self, name)]
        return ", ".join([*found, self.error] if self.error else found) or "nothing"

    @property
    def in_order(self) -> bool:
        """Nothing lost, nothing twice, nobody thrown out, no message refused."""
        return not (self.lost or self.twice or self.closed or self.refused or self.errors)


@dataclass(frozen=True, slots=True)
class Report:
    """All groups, the program's own CPU, and who still waits to connect."""

    cpu_s: float
    waiting: int
    said: int
    left: int
    groups: Sequence[Heard]


class Readers:
    """The running program. Groups are numbered by the caller, 0 … 7; each is in one room of one server."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def open(self, group: int, count: int, port: int, room: str, tickets: Sequence[str] = ()) -> None:
        """Connect and join, one ticket each as far as they last; returns when all are in."""
        for ticket in tickets:
            self._tell(f"ticket {ticket}")
        self._tell(f"open {group} {count} {port} {room}")
        self.wait(lambda report: report.groups[group].joined == count, f"{count} clients in the room", group)

    def say(self, group: int, count: int, *, rate: float, length: int = 120) -> None:
        """Let the group's clients in turn say so many messages, so many a second."""
        self._tell(f"say {group} {count} {rate} {length} 0 {group}")

    def flood(self, group: int, count: int, *, window: int, heard_by: int, length: int = 120) -> None:
        """The same as fast as the other group hears them, `window` under way."""
        self._tell(f"say {group} {count} 0 {length} {window} {heard_by}")

    def stop(self) -> None:
        """Say no more."""
        self._tell("stop")

    def drop(self, group: int) -> None:
        """Close all connections of a group at once, without a word."""
        self._tell(f"drop {group}")

    def back(self, group: int, within_s: float, tickets: Sequence[str] = ()) -> None:
        """Let them come back, each at a random moment, with what they have, the first ones with a new ticket."""
        for ticket in tickets:
            self._tell(f"ticket {ticket}")
        self._tell(f"back {group} {within_s * 1000:.0f}")

    def mute(self, group: int) -> None:
        """Read nothing any more."""
        self._tell(f"mute {group}")

    def hear(self, group: int) -> None:
        """Read again."""
        self._tell(f"hear {group}")

    def reset(self) -> None:
        """Begin to count again."""
        self._tell("reset")

    def report(self) -> Report:
        """What was counted."""
        self._tell("report")
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"ws_readers ended with {self._process.wait()}")
        found = json.loads(line)
        groups = [
            Heard(**{name.removeprefix("heard."): value for name, value in group.items()})
            for group in found.pop("groups")
        ]
        return Report(**found, groups=groups)

    def wait(self, check: Callable[[Report], bool], what: str, group: int, within_s: float = 60.0) -> Report:
        """Ask until it is so; raises `TimeoutError` with the group's counters."""
        deadline = time.monotonic() + within_s
        while not check(report := self.report()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {within_s:g} s: {what}; {report.groups[group]}")
            time.sleep(_ASK_EVERY_S)
        return report

    def wait_until_heard(self, group: int, seq: int, within_s: float = 60.0) -> Report:
        """Wait until each client of a group has everything up to `seq`."""
        return self.wait(lambda report: report.groups[group].lowest >= seq, f"all up to {seq}", group, within_s)

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


@contextlib.contextmanager
def readers() -> Iterator[Readers]:
    """The program while the block runs."""
    process = subprocess.Popen([_compiled()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Readers(process)
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.wait(20)
        process.stdout.close()


def _compiled() -> Path:
    """The program, compiled from these sources."""
    sources = b"".join(source.read_bytes() for source in _SOURCES)
    folder = _HERE.parent / ".cache" / "bench"
    program = folder / f"ws_readers-{hashlib.sha256(sources).hexdigest()[:16]}"
    if not program.exists():
        compiler = shutil.which("cc")
        if compiler is None:
            raise NotMeasured("a C compiler (Debian: gcc, libc6-dev)")
        folder.mkdir(parents=True, exist_ok=True)
        made = program.with_suffix(f".{os.getpid()}")
        subprocess.run([compiler, "-O2", "-Wall", "-o", made, _SOURCES[0]], check=True)
        made.replace(program)
    return program
