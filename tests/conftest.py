"""What every test may ask for. Never put behaviour of one area here.

How async tests run: the pytest plugin of anyio in auto mode (`anyio_mode` in pyproject.toml), on uvloop as in
production. An `async def test_…` and an async fixture need no marker.

The database: one bundled PostgreSQL per test process (fsync off), migrated once into a template; each test that asks
for `dsn` or `database` gets a copy of its own. It lies in memory where there is room: a copy is some hundred files,
which cost 0.2–1.3 s on a busy disk and 0.07 s there.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import hypothesis
import pytest
import structlog
from tests.factories.clock import TurnableClock

from veza.adapters.file_mail import FileMail
from veza.adapters.obstore_files import local_files
from veza.adapters.postgres_bus import PostgresBus
from veza.context import Context, Keys
from veza.db.embedded_postgres import EmbeddedPostgres
from veza.db.migrate import migrate
from veza.db.pool import Database, open_database
from veza.kit.ids import random_alphanumeric
from veza.settings import Address, Settings

pytest_plugins = ["tests.factories.market_fixtures"]

TEMPLATE = "veza_template"
IN_MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 * 1024**3
"""What a test process may need there: it holds two or three copies of 11 MB at once, and what was written to them."""

# No test asserts on time: what hypothesis finds slow is slow because the machine is busy.
hypothesis.settings.register_profile("veza", deadline=None)
hypothesis.settings.load_profile("veza")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the machine to itself (browsers, encoders) shares one worker of pytest-xdist."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None and any(
            item.get_closest_marker(name) for name in ("browser", "encoder", "faults")
        ):
            item.add_marker(pytest.mark.xdist_group("machine"))


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return ("asyncio", {"use_uvloop": True})


@pytest.fixture(autouse=True)
def _no_settings_from_outside(anyio_backend: object, monkeypatch: pytest.MonkeyPatch) -> None:
    # `anyio_backend` stands here so that a plain `def test_…` may ask for async fixtures too.
    for name in [name for name in os.environ if name.startswith("VEZA_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A bundled PostgreSQL of this test process. Its own database is empty; ask for `dsn` or `database` instead."""
    has_room = os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free >= ROOM_BYTES
    home = tempfile.TemporaryDirectory(
        prefix="veza-test-", dir=IN_MEMORY if has_room else tmp_path_factory.mktemp("pg")
    )
    server = EmbeddedPostgres(Path(home.name), max_connections=200, durable=False)

    async def start() -> None:
        await server.start()
        connection = await asyncpg.connect(server.dsn)
        await connection.execute(f"CREATE DATABASE {TEMPLATE}")
        await connection.close()
        await migrate(dsn_of(server, TEMPLATE))

    try:
        asyncio.run(start())
        yield server
    finally:
        asyncio.run(server.stop())
        home.cleanup()


def dsn_of(server: EmbeddedPostgres, database: str) -> str:
    """The DSN of one of the server's databases."""
    return server.dsn.replace("/postgres?", f"/{database}?")


@contextlib.asynccontextmanager
async def copied(server: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    """The address of a copy of a database that is gone afterwards."""
    name = f"t_{random_alphanumeric(12).lower()}"
    admin = await asyncpg.connect(server.dsn)
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield dsn_of(server, name)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@pytest.fixture
async def dsn(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """The address of a migrated database that is this test's own."""
    async with copied(postgres, TEMPLATE) as found:
        yield found


@pytest.fixture
async def empty_dsn(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """The address of a database without any schema."""
    async with copied(postgres, "template0") as found:
        yield found


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """A pool on a migrated database that is this test's own."""
    found = await open_database(dsn, connections=10, application="test")
    yield found
    await found.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Every listener at a port that the system chooses, and a data folder of this test's own."""
    return Settings(
        http_addr=Address("127.0.0.1", 0),
        rtmp_addr=Address("127.0.0.1", 0),
        hls_addr=Address("127.0.0.1", 0),
        data_dir=tmp_path / "data",
        secret_key=b"a secret that is only good for tests",
    )


@pytest.fixture
def logs_as_they_were() -> Iterator[None]:
    """For tests that set up logs as a process does: afterwards they are as before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def clock() -> TurnableClock:
    """A clock that stands still until the test turns it."""
    return TurnableClock()


@pytest.fixture
def keys() -> Keys:
    """One key per purpose, the same in every test."""
    return Keys(**{name: hashlib.sha256(name.encode()).digest() for name in Keys.__dataclass_fields__})


@pytest.fixture
def ctx(database: Database, settings: Settings, clock: TurnableClock, keys: Keys) -> Context:
    """The world as a use case sees it, on a database of this test's own."""
    return Context(
        db=database,
        settings=settings,
        clock=clock,
        keys=keys,
        bus=PostgresBus(database.dsn),
        files=local_files(settings.data_dir / "files"),
        mail=FileMail(settings.data_dir / "mail", settings.mail_sender, clock),
    )
