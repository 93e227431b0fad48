"""Where the bundled server lives, for root and for anyone else."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from veza.db.embedded_postgres import EmbeddedPostgres
from veza.db.postgres_home import SOCKET_NAME, SOCKET_PATH_MAX_BYTES, PostgresError, prepare_home


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, as the system's state folder is."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_socket_path_is_never_too_long(tmp_path: Path) -> None:
    home = prepare_home(tmp_path / ("long" * 40) / "pg")
    assert len(os.fsencode(home.sockets / SOCKET_NAME)) <= SOCKET_PATH_MAX_BYTES
    assert home.sockets.stat().st_mode & 0o777 == 0o700


def test_a_socket_folder_of_someone_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / ("long" * 40) / "pg"
    first = prepare_home(state)
    first.sockets.rmdir()
    first.sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(PostgresError, match="belongs to someone else"):
            prepare_home(state)
    finally:
        first.sockets.unlink()


async def test_without_namespaces_it_still_runs(tmp_path: Path, open_folder: Path) -> None:
    home = prepare_home(tmp_path / "pg", system_state=open_folder, namespaces=False)
    assert (home.owner is not None) == (os.geteuid() == 0)
    server = EmbeddedPostgres(tmp_path / "pg", durable=False, home=home)
    try:
        connection = await asyncpg.connect(await server.start())
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
    finally:
        await server.stop()
    # Where the data is decides from now on: a namespace that is allowed again must not start on an empty folder.
    assert prepare_home(tmp_path / "pg", system_state=open_folder).data == home.data
