"""The command line. Parses, calls one thing, prints; every refusal is a sentence on stderr and exit code 1.

Modules are imported inside the commands that need them: `veza serve` must print its first line within a second, and
the web framework alone takes that long to load.
"""

import asyncio
import functools
import gc
import os
import sys
from collections.abc import Coroutine
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer
import uvloop

from veza.settings import Settings, SettingsError, load_settings

app = typer.Typer(
    help="Sell your music, go live and get paid, from a server of your own.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print the values of variables, secrets included
)
user = typer.Typer(help="Accounts.", no_args_is_help=True)
app.add_typer(user, name="user")
ledger = typer.Typer(help="The books.", no_args_is_help=True)
app.add_typer(ledger, name="ledger")

Listener = Annotated[int | None, typer.Option("--listener", hidden=True, help="An inherited listening socket.")]


def main() -> None:
    """The entry point of `veza`."""
    gc.disable()  # what modules bring stays for good: looking through it again and again makes a start 10 % longer
    app()


@app.command()
def serve() -> None:
    """Start everything: the database, the web app and API, RTMP and live video, the worker."""
    settings = _settings(role="serve", quiet=False)
    typer.secho(f"Veza {version('veza')} starts in {settings.data_dir.absolute()}", bold=True)

    import veza.serve

    _run(veza.serve.serve(settings))


@app.command()
def api(listener: Listener = None) -> None:
    """Run only the API and the web app. Needs VEZA_DATABASE_URL, or `veza serve` on the same data folder."""
    from veza.role_api import run_api

    _run_role("api", functools.partial(run_api, listener_fd=listener))


@app.command()
def media() -> None:
    """Run only RTMP and live video."""
    from veza.role_media import run_media

    _run_role("media", run_media)


@app.command()
def worker() -> None:
    """Run only the jobs."""
    from veza.role_worker import run_worker

    _run_role("worker", run_worker)


@app.command()
def sandbox(listener: Listener = None) -> None:
    """Run only the payment sandbox: Hyperswitch and Stripe Connect, simulated. No money moves."""
    from veza.role_sandbox import run_sandbox

    settings = _settings()
    _or_sentence(lambda: run_sandbox(settings, listener_fd=listener))


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    from veza.bootstrap import database_dsn
    from veza.db import migrate as migrations

    async def work(settings: Settings) -> None:
        async with database_dsn(settings, may_start=True) as dsn:
            applied = await migrations.migrate(dsn)
        typer.echo("\n".join(f"applied {name}" for name in applied) or "Nothing to do: the schema is up to date.")

    _run(work(_settings()))


@user.command("create")
def create_user(
    *,
    username: Annotated[str, typer.Option(prompt=True, help="3–30 letters, digits, _ or -")],
    email: Annotated[str, typer.Option(prompt="E-mail", help="The address they log in with")],
    admin: Annotated[bool, typer.Option("--admin", help="Make an administrator")] = False,
) -> None:
    """Make an account. Asks for the password without showing it, or reads one line from a pipe."""
    from veza.auth import service
    from veza.auth.domain import Role
    from veza.bootstrap import database_dsn, open_context
    from veza.db import migrate as migrations

    password = _password()

    async def work(settings: Settings) -> None:
        async with database_dsn(settings, may_start=True) as dsn:
            await migrations.migrate(dsn)
            async with open_context(settings, role="cli", dsn=dsn) as ctx:
                role = Role.ADMIN if admin else Role.USER
                made = await service.create_user(ctx, username=username, email=email, password=password, role=role)
        typer.echo(f"Made {made.role.value} {made.username} <{made.email}>.")

    _run(work(_settings()))


@user.command("totp-reset")
def reset_totp(username: Annotated[str, typer.Argument(help="Whose")]) -> None:
    """Turn somebody's two-step log-in off: for who lost phone and recovery codes, and is the only admin."""
    from veza.auth import second_factor, service
    from veza.bootstrap import database_dsn, open_context
    from veza.db import migrate as migrations

    async def work(settings: Settings) -> None:
        async with database_dsn(settings, may_start=True) as dsn:
            await migrations.migrate(dsn)
            async with open_context(settings, role="cli", dsn=dsn) as ctx:
                was_on = await second_factor.reset_for(ctx, await service.user_id_of(ctx, username), by=None)
        typer.echo(f"Two-step log-in of {username} is off." if was_on else f"It was off already for {username}.")

    _run(work(_settings()))


@ledger.command("check")
def check_ledger(
    *, offline: Annotated[bool, typer.Option("--offline", help="Do not ask the providers")] = False
) -> None:
    """Compare the books with orders, payments, transfers and the providers. Exit code 1 when anything differs."""
    from veza.admin.money_check import check_money
    from veza.admin.report import print_report
    from veza.bootstrap import CannotStart, database_dsn, open_context
    from veza.db.migrate import pending

    async def work(settings: Settings) -> bool:
        async with (
            database_dsn(settings, may_start=True) as dsn,
            open_context(settings, role="cli", dsn=dsn) as ctx,
        ):
            async with ctx.db.connection() as connection:
                if await pending(connection):
                    raise CannotStart("The database is not up to date: run `veza migrate`, or start `veza serve`.")
            report = await check_money(ctx, ask_providers=not offline)
        print_report(report)
        return report.check.is_balanced

    if not _run(work(_settings())):
        raise typer.Exit(1)


@app.command()
def demo(
    *,
    url: Annotated[str, typer.Option(help="Where Veza runs; absent: as the settings say", metavar="ADDRESS")] = "",
    seed: Annotated[int, typer.Option(help="Another number, another catalogue")] = 1,
    products: Annotated[int, typer.Option(help="How many products")] = 60,
    yes: Annotated[bool, typer.Option("--yes", help="Also on a machine that is not this one")] = False,
) -> None:
    """Fill a running Veza with invented artists, music, covers and reviews. Again: adds only what is missing."""
    from veza.demo.run import Wish, fill

    _run(fill(_settings(), Wish(url, seed, products, yes)))


@app.command()
def openapi() -> None:
    """Print the OpenAPI document. Needs no database."""
    from veza.app import openapi_document
    from veza.bootstrap import offline_context

    async def work(settings: Settings) -> bytes:
        return openapi_document(offline_context(settings))

    sys.stdout.buffer.write(_run(work(_settings())) + b"\n")


@app.command()
def doctor() -> None:
    """Look at what a start needs, and say what is missing or wrong."""
    from veza.doctor import examine

    async def work(settings: Settings) -> bool:
        healthy = True
        async for finding in examine(settings):
            healthy &= finding.ok
            typer.echo(f"{'ok' if finding.ok else 'WRONG':<6}{finding.name:<16}{finding.text}")
        return healthy

    if not _run(work(_settings())):
        raise typer.Exit(1)


def _run_role(role: str, work: Any) -> None:
    from veza.roles import run_role

    settings = _settings()
    _or_sentence(lambda: run_role(role, settings, work))


def _settings(*, role: str = "cli", quiet: bool = True) -> Settings:
    from veza.logs import configure_logs

    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        _fail(str(error))
    configure_logs("warning" if quiet else settings.log_level, role=role)
    return settings


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return _or_sentence(lambda: uvloop.run(work))


def _or_sentence(work: Any) -> Any:
    """Run it; what stands in its way is a sentence on stderr and exit code 1. All modules are loaded by now."""
    from veza.bootstrap import CannotStart
    from veza.db.migrate import MigrationError
    from veza.db.postgres_home import PostgresError
    from veza.kit.errors import Invalid, VezaError
    from veza.listeners import CannotListen

    gc.freeze()
    gc.enable()
    try:
        return work()
    except Invalid as error:
        _fail("\n".join([error.sentence, *(f"  {problem.field}: {problem.message}" for problem in error.fields)]))
    except VezaError as error:
        _fail(error.sentence)
    except (CannotStart, CannotListen, MigrationError, PostgresError) as error:
        _fail(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        _fail("Interrupted.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
