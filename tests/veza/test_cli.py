"""Each command does its one thing, and every refusal is a sentence and exit code 1."""

import json
import socket
from pathlib import Path

import pytest
from tests.factories.accounts import a_person
from tests.factories.sales import an_order
from typer.testing import CliRunner

from veza.cli import app
from veza.db.pool import Database

pytestmark = pytest.mark.usefixtures("logs_as_they_were")

PASSWORD = "a passphrase for tests"


def run(*arguments: str, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments), input=typed)
    return done.exit_code, done.output


@pytest.fixture
def migrated(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEZA_DATABASE_URL", dsn)
    monkeypatch.setenv("VEZA_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
async def unbooked(database: Database) -> None:
    """An order that was paid, and is not in the ledger."""
    ada = await a_person(database)
    await an_order(database, ada.user_id, (ada.user_id, 500), status="completed")


def test_openapi_needs_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEZA_DATA_DIR", str(tmp_path / "data"))
    code, text = run("openapi")
    assert code == 0
    assert json.loads(text)["openapi"].startswith("3.1")
    assert not (tmp_path / "data").exists()


def test_migrate_says_what_it_did(empty_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEZA_DATABASE_URL", empty_dsn)
    code, text = run("migrate")
    assert code == 0
    assert text.splitlines()[0] == "applied 0001_jobs.sql"
    assert run("migrate") == (0, "Nothing to do: the schema is up to date.\n")


def test_migrate_says_that_a_database_cannot_be_reached(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEZA_DATABASE_URL", dsn.replace("/t_", "/no_"))
    code, text = run("migrate")
    assert code == 1
    assert text.startswith("The database cannot be reached")


@pytest.mark.usefixtures("migrated")
def test_the_last_admin_gets_in_without_a_phone() -> None:
    run("user", "create", "--admin", "--username", "Ada", "--email", "ada@example.com", typed=f"{PASSWORD}\n")
    assert run("user", "totp-reset", "ada") == (0, "It was off already for ada.\n")
    assert run("user", "totp-reset", "nobody") == (1, "There is no such user.\n")


@pytest.mark.usefixtures("migrated")
def test_the_first_admin_is_made_with_a_password_from_a_pipe() -> None:
    arguments = ("user", "create", "--admin", "--username", "Ada", "--email", "ada@example.com")
    assert run(*arguments, typed=f"{PASSWORD}\n") == (0, "Made admin Ada <ada@example.com>.\n")
    code, text = run(*arguments, typed=f"{PASSWORD}\n")
    assert code == 1
    assert "Traceback" not in text


@pytest.mark.usefixtures("migrated")
def test_a_weak_password_is_refused_by_name(database: Database) -> None:
    code, text = run("user", "create", "--username", "ada", "--email", "ada@example.com", typed="short\n")
    assert code == 1
    assert "password:" in text


@pytest.mark.usefixtures("migrated")
def test_doctor_finds_a_port_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for name in ("RTMP", "HLS"):
            monkeypatch.setenv(f"VEZA_{name}_ADDR", "127.0.0.1:0")
        monkeypatch.setenv("VEZA_HTTP_ADDR", f"127.0.0.1:{port}")
        code, text = run("doctor")
    assert code == 1
    assert f"WRONG VEZA_HTTP_ADDR  Port {port} is already in use." in text
    assert "ok    Database" in text


@pytest.mark.usefixtures("migrated")
def test_the_ledger_is_checked() -> None:
    assert run("ledger", "check") == (0, "The books agree with everything they are made of.\n")


def test_the_ledger_of_a_database_behind_is_not_checked(empty_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEZA_DATABASE_URL", empty_dsn)
    code, text = run("ledger", "check")
    assert (code, text) == (1, "The database is not up to date: run `veza migrate`, or start `veza serve`.\n")


@pytest.mark.usefixtures("migrated", "unbooked")
def test_what_differs_in_the_ledger_is_a_row_and_exit_code_1() -> None:
    code, text = run("ledger", "check", "--offline")
    assert code == 1
    assert "order_not_settled" in text
    assert "-500" in text
    assert "3 differences." in text


def test_an_unknown_setting_stops_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEZA_PORT", "1")
    for command in ("serve", "api", "media", "worker", "migrate", "openapi", "doctor"):
        code, text = run(command)
        assert (code, text.split(" is not")[0]) == (1, "VEZA_PORT")


def test_a_role_alone_without_a_database_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEZA_DATA_DIR", str(tmp_path / "data"))
    code, text = run("worker")
    assert code == 1
    assert "start `veza serve`, or set VEZA_DATABASE_URL" in text
