"""Settings become a Context: secrets are read or made, the database is found, adapters are chosen.

The only importer of `adapters/`. Nothing here decides anything about the product.
"""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from veza.adapters.file_mail import FileMail
from veza.adapters.hyperswitch import HyperswitchPayments
from veza.adapters.obstore_files import ObstoreFiles, local_files, s3_files, unopened_files
from veza.adapters.postgres_bus import PostgresBus
from veza.adapters.smtp_mail import SmtpMail
from veza.adapters.stripe_connect import StripePayouts
from veza.context import Context, Keys
from veza.db.embedded_postgres import EmbeddedPostgres, PostgresError, find_running
from veza.db.pool import Database, open_database
from veza.kit.clock import Clock, SystemClock
from veza.kit.ids import new_token
from veza.kit.sandbox_keys import sandbox_keys
from veza.kit.signing import derive_key
from veza.ports.mail import Mail
from veza.settings import Settings

ROLES = ("api", "media", "worker")
"""The processes of an install."""
OFFLINE_DSN = "postgresql://nobody@/nowhere"
_SPARE_CONNECTIONS = 20
"""For commands, `pg_dump` and people, beside what the roles may hold."""
_LISTENERS_PER_ROLE = 6


class CannotStart(Exception):
    """Something outside Veza is in the way. The text is a sentence for a person."""


def load_secret(settings: Settings) -> bytes:
    """The install's secret: from the settings, else from DATA_DIR/secret_key, made on the first start (mode 0600)."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, new_token().encode())
        secret = path.read_bytes().strip()
    except OSError as error:
        raise CannotStart(
            f"The secret {path} cannot be read or made ({error.strerror}). "
            "Set VEZA_DATA_DIR to a folder that you own, or VEZA_SECRET_KEY."
        ) from None
    if len(secret) < 32:
        raise CannotStart(f"The secret in {path} is too short. Restore it from a backup, or set VEZA_SECRET_KEY.")
    return secret


def derive_keys(secret: bytes) -> Keys:
    """One key per purpose."""
    return Keys(
        access_token=derive_key(secret, "access-token"),
        refresh_token=derive_key(secret, "refresh-token"),
        stream_key_lookup=derive_key(secret, "stream-key-lookup"),
        stream_key_seal=derive_key(secret, "stream-key-seal"),
        download_link=derive_key(secret, "download-link"),
        payment_secret=derive_key(secret, "payment-secret"),
        email_link=derive_key(secret, "email-link"),
        mail_address=derive_key(secret, "mail-address"),
        unsubscribe=derive_key(secret, "unsubscribe"),
        totp_secret=derive_key(secret, "totp-secret"),
        recovery_code=derive_key(secret, "recovery-code"),
        export_link=derive_key(secret, "export-link"),
        recording_link=derive_key(secret, "recording-link"),
    )


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    """The bundled database of this data folder, not started, with room for the pools of all roles."""
    wanted = len(ROLES) * (settings.database_connections + _LISTENERS_PER_ROLE) + _SPARE_CONNECTIONS
    return EmbeddedPostgres(settings.data_dir / "postgres", max_connections=wanted)


@contextlib.asynccontextmanager
async def database_dsn(settings: Settings, *, may_start: bool) -> AsyncIterator[str]:
    """Where the database is: the one of the settings, or the bundled one that runs, or (`may_start`) one for now.

    Raises `CannotStart` when there is none.
    """
    if settings.database_url:
        yield settings.database_url
        return
    running = await find_running(settings.data_dir / "postgres")
    if running is not None:
        yield running
        return
    if not may_start:
        raise CannotStart("No database runs here: start `veza serve`, or set VEZA_DATABASE_URL.")
    server = embedded_postgres(settings)
    try:
        yield await server.start()
    except PostgresError as error:
        raise CannotStart(str(error)) from error
    finally:
        await server.stop()


def open_files(settings: Settings) -> ObstoreFiles:
    """The file store of the settings: a folder, or a bucket. Raises `CannotStart` when the folder cannot be made."""
    address = urlsplit(settings.storage_url)
    if address.scheme == "s3":
        return s3_files(
            address.netloc,
            address.path.strip("/"),
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            access_key_id=settings.s3_access_key_id,
            secret=settings.s3_secret_access_key,
        )
    folder = Path(unquote(address.path)) if settings.storage_url else settings.data_dir.absolute() / "files"
    try:
        return local_files(folder)
    except OSError as error:
        raise CannotStart(f"The folder for files, {folder}, cannot be made ({error.strerror}).") from None


def open_mail(settings: Settings, clock: Clock) -> Mail:
    """Where mail goes: the SMTP server of the settings, else a folder. Nothing is made or reached before the first."""
    if settings.smtp_url is None:
        return FileMail(settings.data_dir.absolute() / "mail", settings.mail_sender, clock)
    return SmtpMail(settings.smtp_url, settings.mail_sender, clock, our_name=settings.mail_domain)


def open_payments(settings: Settings, secret: bytes, clock: Clock) -> HyperswitchPayments | None:
    """The payment provider of the settings, or the sandbox's; None where nothing can be paid for."""
    if settings.uses_sandbox:
        keys = sandbox_keys(secret)
        return HyperswitchPayments(
            base_url=settings.sandbox_url,
            api_key=keys.hyperswitch_api_key,
            webhook_keys=(keys.hyperswitch_webhook_key,),
            clock=clock,
            timeout_s=settings.provider_timeout_s,
        )
    if not settings.hyperswitch_url:
        return None
    return HyperswitchPayments(
        base_url=settings.hyperswitch_url,
        api_key=settings.hyperswitch_api_key,
        profile_id=settings.hyperswitch_profile_id,
        webhook_keys=settings.hyperswitch_webhook_secret,
        clock=clock,
        timeout_s=settings.provider_timeout_s,
    )


def open_payouts(settings: Settings, secret: bytes, clock: Clock) -> StripePayouts | None:
    """The payout provider of the settings, or the sandbox's; None where nobody is paid out."""
    if settings.uses_sandbox:
        keys = sandbox_keys(secret)
        return StripePayouts(
            base_url=settings.sandbox_url,
            api_key=keys.stripe_api_key,
            webhook_secrets=(keys.stripe_webhook_secret, keys.stripe_connect_webhook_secret),
            currency=settings.currency,
            clock=clock,
            timeout_s=settings.provider_timeout_s,
        )
    if not settings.stripe_api_key:
        return None
    return StripePayouts(
        base_url=settings.stripe_url,
        api_key=settings.stripe_api_key,
        webhook_secrets=(*settings.stripe_webhook_secret, *settings.stripe_connect_webhook_secret),
        currency=settings.currency,
        clock=clock,
        timeout_s=settings.provider_timeout_s,
    )


@contextlib.asynccontextmanager
async def open_context(settings: Settings, *, role: str, dsn: str) -> AsyncIterator[Context]:
    """The Context of one process. Raises `CannotStart` when the database does not let us in.

    Args:
        settings: checked settings.
        role: names our connections in the database.
        dsn: from `database_dsn`.
    """
    secret, clock = load_secret(settings), SystemClock()
    try:
        database = await open_database(dsn, connections=settings.database_connections, application=role)
    except Exception as error:
        raise CannotStart(f"The database does not let us in ({type(error).__name__}: {error}).") from error
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        payments, payouts = open_payments(settings, secret, clock), open_payouts(settings, secret, clock)
        for provider in (payments, payouts):
            if provider is not None:
                stack.push_async_callback(provider.aclose)
        yield Context(
            db=database,
            settings=settings,
            clock=clock,
            keys=derive_keys(secret),
            bus=PostgresBus(dsn),
            files=open_files(settings),
            mail=open_mail(settings, clock),
            payments=payments,
            payouts=payouts,
        )


def offline_context(settings: Settings) -> Context:
    """A Context whose database is nowhere, for what needs only the routes (the OpenAPI document)."""
    pool, clock = asyncpg.create_pool(OFFLINE_DSN, min_size=0), SystemClock()
    return Context(
        db=Database(pool, OFFLINE_DSN),
        settings=settings,
        clock=clock,
        keys=derive_keys(b"0" * 32),
        bus=PostgresBus(OFFLINE_DSN),
        files=unopened_files(),
        mail=open_mail(settings, clock),
    )


def _write_once(path: Path, content: bytes) -> None:
    """Make the file whole or not at all: two starters at once end up with one secret."""
    draft = path.with_name(f".{path.name}.{new_token()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
