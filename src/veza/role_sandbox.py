"""The sandbox process: settings become the options of `veza.sandbox`. Wiring only; needs no database."""

import sqlite3

import uvloop

from veza.bootstrap import CannotStart, load_secret
from veza.kit.sandbox_keys import sandbox_keys
from veza.listeners import open_listener
from veza.logs import configure_logs
from veza.sandbox.options import SandboxOptions
from veza.sandbox.server import serve_sandbox
from veza.settings import Address, Settings

STATE_FILE = "sandbox.sqlite3"
"""In the data folder."""


def run_sandbox(settings: Settings, *, listener_fd: int | None = None) -> None:
    """Run until SIGTERM or SIGINT. Raises `CannotStart` or `CannotListen` when it cannot begin.

    `listener_fd`: a listening socket that `veza serve` handed down.
    """
    configure_logs(settings.log_level, role="sandbox")
    options = sandbox_options(settings, load_secret(settings))
    if listener_fd is None:
        listener_fd = open_listener(settings.sandbox_addr, setting="VEZA_SANDBOX_ADDR").detach()
    try:
        uvloop.run(serve_sandbox(options, listener_fd=listener_fd))
    except (OSError, sqlite3.DatabaseError) as error:
        raise CannotStart(
            f"The sandbox's state {options.state_file} cannot be used ({error}). "
            "Make its folder writable, or delete the file: the sandbox then begins anew."
        ) from error


def sandbox_options(settings: Settings, secret: bytes) -> SandboxOptions:
    """The sandbox of an install: its keys from the secret, its webhooks to the api of this machine."""
    keys = sandbox_keys(secret)
    api = Address(settings.http_addr.reachable_host, settings.http_addr.port)
    return SandboxOptions(
        state_file=settings.data_dir / STATE_FILE,
        host=settings.sandbox_addr.host,
        port=settings.sandbox_addr.port,
        public_url=settings.sandbox_base_url if settings.sandbox_addr.port else settings.sandbox_public_url,
        hyperswitch_api_key=keys.hyperswitch_api_key,
        hyperswitch_webhook_key=keys.hyperswitch_webhook_key,
        stripe_api_key=keys.stripe_api_key,
        stripe_webhook_secret=keys.stripe_webhook_secret,
        stripe_connect_webhook_secret=keys.stripe_connect_webhook_secret,
        hyperswitch_webhook_url=f"http://{api}/api/v1/webhooks/hyperswitch",
        stripe_webhook_url=f"http://{api}/api/v1/webhooks/stripe",
        currency=settings.currency,
    )
