"""The lock names its holder and ends with it."""

import os
from pathlib import Path

import pytest

from veza.db.file_lock import FileLock, Locked


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    first.acquire()
    with pytest.raises(Locked) as refusal:
        second.acquire()
    assert refusal.value.holder == os.getpid()
    first.release()
    first.release()
    second.acquire()
    second.release()
