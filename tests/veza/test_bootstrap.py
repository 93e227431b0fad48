"""The secret is made once, whoever starts first; the database that there is, is found."""

import asyncio
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from veza.adapters.file_mail import FileMail
from veza.adapters.smtp_mail import SmtpMail
from veza.bootstrap import CannotStart, database_dsn, derive_keys, load_secret, open_context, open_mail
from veza.kit.clock import SystemClock
from veza.settings import Settings, load_settings


async def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data")
    found = await asyncio.gather(*(asyncio.to_thread(load_secret, settings) for _ in range(8)))
    assert len(set(found)) == 1
    assert len(found[0]) >= 32
    assert stat.S_IMODE((settings.data_dir / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret_key"]


def test_the_secret_of_the_settings_wins(settings: Settings) -> None:
    assert load_secret(settings) == settings.secret_key
    assert not settings.data_dir.exists()


def test_a_secret_cut_short_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_bytes(b"short")
    with pytest.raises(CannotStart, match="too short"):
        load_secret(Settings(data_dir=tmp_path))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="VEZA_DATA_DIR"):
        load_secret(Settings(data_dir=tmp_path / "file" / "data"))


def test_each_purpose_has_its_own_key() -> None:
    keys = derive_keys(b"x" * 32)
    assert len({keys.access_token, keys.refresh_token, keys.stream_key_lookup, keys.stream_key_seal}) == 4


async def test_without_a_database_a_role_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(CannotStart, match="start `veza serve`, or set VEZA_DATABASE_URL"):
        async with database_dsn(settings, may_start=False):
            pass


async def test_a_command_starts_the_bundled_database_for_its_own_time(settings: Settings) -> None:
    async with database_dsn(settings, may_start=True) as dsn:
        async with database_dsn(settings, may_start=False) as again:
            assert again == dsn
        async with open_context(settings, role="test", dsn=dsn) as ctx, ctx.db.connection() as connection:
            assert await connection.fetchval("SELECT current_setting('application_name')") == "veza-test"
    with pytest.raises(CannotStart):
        async with database_dsn(settings, may_start=False):
            pass


async def test_a_database_that_refuses_is_said(settings: Settings, dsn: str) -> None:
    settings = replace(settings, database_url=dsn.replace("/t_", "/no_"))
    async with database_dsn(settings, may_start=False) as found:
        with pytest.raises(CannotStart, match="does not let us in"):
            async with open_context(settings, role="test", dsn=found):
                pass


def test_mail_goes_to_the_server_that_is_set_else_into_a_folder(settings: Settings) -> None:
    assert isinstance(open_mail(settings, SystemClock()), FileMail)
    assert not settings.data_dir.exists(), "nothing is made before the first mail"
    found = load_settings({"VEZA_SMTP_URL": "smtp://mail.example"})
    assert isinstance(open_mail(found, SystemClock()), SmtpMail)
