"""The doctor says what is wrong in one sentence each, and changes nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from veza.db.file_lock import FileLock
from veza.doctor import Finding, examine
from veza.listeners import bound_address, open_listener
from veza.settings import Address, Settings


async def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding async for finding in examine(settings)}


async def test_a_fresh_machine_is_fine_and_stays_untouched(settings: Settings) -> None:
    found = await findings(replace(settings, secret_key=b""))
    assert [name for name, finding in found.items() if not finding.ok and name != "Web app"] == []
    assert "will be made" in found["Secret"].text
    assert not settings.data_dir.exists()


async def test_a_secret_that_others_can_read_is_found(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "secret_key").write_bytes(b"x" * 43)
    (settings.data_dir / "secret_key").chmod(0o644)
    found = await findings(replace(settings, secret_key=b""))
    assert not found["Secret"].ok
    assert "chmod 600" in found["Secret"].text


async def test_ports_of_a_veza_that_runs_are_no_problem(settings: Settings) -> None:
    settings.data_dir.mkdir()
    lock = FileLock(settings.data_dir / "lock")
    with open_listener(Address("127.0.0.1", 0), setting="VEZA_HTTP_ADDR") as listener:
        settings = replace(settings, http_addr=bound_address(listener))
        assert not (await findings(settings))["VEZA_HTTP_ADDR"].ok
        lock.acquire()
        assert (await findings(settings))["VEZA_HTTP_ADDR"].ok
        lock.release()


async def test_a_database_behind_is_found(settings: Settings, empty_dsn: str) -> None:
    finding = (await findings(replace(settings, database_url=empty_dsn)))["Database"]
    assert not finding.ok
    assert "run `veza migrate`" in finding.text


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "postgresql://x:y:z"])
async def test_a_database_that_cannot_be_reached_is_found(settings: Settings, url: str) -> None:
    assert not (await findings(replace(settings, database_url=url)))["Database"].ok


async def test_a_folder_below_a_file_is_found(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch(mode=0o400)
    assert not (await findings(replace(settings, data_dir=tmp_path / "file" / "data")))["Data folder"].ok
