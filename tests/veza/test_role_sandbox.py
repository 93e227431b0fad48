"""What the sandbox of an install is told: its keys, its place in the data folder, whom its webhooks reach."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from veza.cli import app
from veza.kit.sandbox_keys import sandbox_keys
from veza.role_sandbox import sandbox_options
from veza.settings import load_settings

SECRET = b"a secret of thirty-two bytes or more"


def test_the_options_follow_from_the_settings() -> None:
    environ = {
        "VEZA_HTTP_ADDR": "0.0.0.0:9000", "VEZA_DATA_DIR": "/var/lib/veza", "VEZA_CURRENCY": "usd",
        "VEZA_SANDBOX_ADDR": "127.0.0.1:9002", "VEZA_SANDBOX": "1", "VEZA_PUBLIC_URL": "https://music.example",
    }  # fmt: skip
    options = sandbox_options(load_settings(environ), SECRET)
    assert (options.host, options.port, options.public_url) == ("127.0.0.1", 9002, "http://music.example:9002")
    assert options.state_file == Path("/var/lib/veza/sandbox.sqlite3")
    assert options.hyperswitch_webhook_url == "http://127.0.0.1:9000/api/v1/webhooks/hyperswitch"
    assert options.stripe_webhook_url == "http://127.0.0.1:9000/api/v1/webhooks/stripe"
    assert options.currency == "USD"
    keys = sandbox_keys(SECRET)
    assert (options.hyperswitch_api_key, options.stripe_api_key) == (keys.hyperswitch_api_key, keys.stripe_api_key)
    assert keys.stripe_api_key not in repr(options)


@pytest.mark.usefixtures("logs_as_they_were")
def test_a_state_that_cannot_be_read_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEZA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("VEZA_SANDBOX_ADDR", "127.0.0.1:0")
    (tmp_path / "sandbox.sqlite3").write_bytes(b"no database " * 1000)
    done = CliRunner().invoke(app, ["sandbox"])
    assert done.exit_code == 1
    assert done.output.startswith(f"The sandbox's state {tmp_path / 'sandbox.sqlite3'} cannot be used (")


@pytest.mark.usefixtures("logs_as_they_were")
def test_a_port_in_use_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEZA_DATA_DIR", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("VEZA_SANDBOX_ADDR", f"127.0.0.1:{port}")
        done = CliRunner().invoke(app, ["sandbox"])
    assert done.exit_code == 1
    assert done.output == (
        f"Port {port} is already in use. Stop what uses it, or set VEZA_SANDBOX_ADDR to another address.\n"
    )
