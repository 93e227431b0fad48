"""One `veza serve` from its start to its end, with a kill in each place: the lean version of tests/faults."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest
from tests.factories.platform import Platform, running_platform
from tests.factories.processes import adopting_orphans, descendants, eventually, wait_for_orphans

pytestmark = pytest.mark.xdist_group("machine")


def refused(**settings: str) -> str:
    """Run `veza serve` that must end at once with code 1; answers what it said."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VEZA_")} | settings
    command = [sys.executable, "-m", "veza", "serve"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def is_ready(platform: Platform) -> bool:
    return httpx.get(f"{platform.base_url}/api/v1/readyz", timeout=30).is_success


def is_restarted(platform: Platform, role: str, killed: psutil.Process) -> bool:
    try:
        return platform.role(role) != killed and is_ready(platform)
    except (LookupError, httpx.HTTPError):
        return False


def test_what_dies_is_restarted_and_what_was_written_stays(tmp_path: Path) -> None:
    with running_platform(tmp_path) as platform:
        everything = descendants(platform.process)
        with platform.streamer("ada") as ada:
            before = ada.new_stream("Kept")
            with platform.sandbox() as sandbox:
                payment = sandbox.post("/payments", json={"amount": 100, "currency": "EUR", "confirm": True}).json()
            for role in ("api", "worker", "media", "sandbox"):
                killed = platform.role(role)
                killed.send_signal(signal.SIGKILL)
                eventually(lambda role=role, killed=killed: is_restarted(platform, role, killed))  # type: ignore[misc]
            with platform.sandbox() as sandbox:
                assert sandbox.get(f"/payments/{payment['payment_id']}").json()["status"] == "succeeded"
            postmaster = next(child for child in platform.process.children() if child.name() == "postgres")
            postmaster.send_signal(signal.SIGKILL)
            answers: list[httpx.Response] = []

            def answered() -> bool:
                answers.append(ada.client.get(f"/live/streams/{before.stream_id}"))
                return answers[-1].is_success

            eventually(answered)
            assert {answer.status_code for answer in answers} <= {200, 503}
            assert answers[-1].json()["data"]["title"] == "Kept"
            eventually(lambda: is_ready(platform))
        everything += descendants(platform.process)
        message = refused(VEZA_DATA_DIR=str(tmp_path / "data"), VEZA_HTTP_ADDR="127.0.0.1:0")
        assert f"already runs on {tmp_path / 'data'} (process {platform.process.pid})" in message
        assert is_ready(platform)
    wait_for_orphans(everything)


def test_killed_with_9_everything_ends_by_itself_and_starts_again(tmp_path: Path) -> None:
    everything: list[psutil.Process] = []

    def start_and_kill() -> None:
        with running_platform(tmp_path) as platform:
            everything.extend(descendants(platform.process))
            platform.process.send_signal(signal.SIGKILL)

    with adopting_orphans():
        with pytest.raises(AssertionError):  # it did not end with code 0
            start_and_kill()
        wait_for_orphans(everything)
    with running_platform(tmp_path) as platform:
        assert is_ready(platform)


def test_a_port_in_use_is_one_sentence_that_names_the_setting(tmp_path: Path) -> None:
    with running_platform(tmp_path) as platform:
        port = platform.base_url.rpartition(":")[2]
        message = refused(VEZA_DATA_DIR=str(tmp_path / "other"), VEZA_HTTP_ADDR=f"127.0.0.1:{port}")
    assert message == f"Port {port} is already in use. Stop what uses it, or set VEZA_HTTP_ADDR to another address.\n"


def test_without_the_sandbox_there_is_none(tmp_path: Path) -> None:
    with running_platform(tmp_path, SANDBOX="0") as platform:
        assert platform.sandbox_addr == ""
        assert is_ready(platform)
        with pytest.raises(LookupError):
            platform.role("sandbox")


def test_a_setting_that_does_not_exist_is_named() -> None:
    assert refused(VEZA_PORT="8080").startswith("VEZA_PORT is not a setting of Veza.")
