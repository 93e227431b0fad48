"""A market: the whole application on a real port, the providers' sandbox on another, and the worker's jobs on demand.

Nothing here waits for time to pass: webhooks are delivered when a test says so, and jobs run until none is due.
"""

import contextlib
import socket
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from tests.factories.api import Person, data_of, join
from tests.factories.server import serving
from tests.factories.shop import on_sale

from veza.adapters.hyperswitch import HyperswitchPayments
from veza.adapters.stripe_connect import StripePayouts
from veza.app import create_app
from veza.context import Context
from veza.jobs import queries as job_queries
from veza.jobs.worker import Job
from veza.kit.clock import SystemClock
from veza.kit.sandbox_keys import sandbox_keys
from veza.role_worker import HEAVY, PAPER, job_handlers
from veza.sandbox.options import SandboxOptions
from veza.sandbox.server import running_sandbox

SECRET = b"s" * 32
KEYS = sandbox_keys(SECRET)


@dataclass
class Market:
    """People buy and sell here. `client` is the API's, `sandbox` the providers' own control."""

    ctx: Context
    client: httpx.AsyncClient
    sandbox: httpx.AsyncClient
    options: SandboxOptions

    async def place(self, buyer: Person, *items: Any, key: str | None = None, **fields: Any) -> httpx.Response:
        """Order products (ids, or whole items)."""
        body = {"items": [item if isinstance(item, dict) else {"product_id": item, "quantity": 1} for item in items]}
        headers = buyer.headers if key is None else {**buyer.headers, "Idempotency-Key": key}
        return await self.client.post(
            "/marketplace/orders", json={**body, "payment_method": "card", **fields}, headers=headers
        )

    async def order(self, buyer: Person, *items: Any, **fields: Any) -> Any:
        """Order, and have it accepted."""
        return data_of(await self.place(buyer, *items, **fields), 201)

    async def seen(self, person: Person, order_id: str) -> Any:
        """An order as somebody sees it now."""
        return data_of(await self.client.get(f"/marketplace/orders/{order_id}", headers=person.headers))

    async def check_out(self, order: Any, outcome: str = "succeed") -> httpx.Response:
        """What the buyer clicks on the provider's page."""
        return await self.sandbox.post(order["payment"]["checkout_url"], data={"outcome": outcome})

    async def deliver(self) -> None:
        """Let the provider's events arrive, and everything that follows happen."""
        for _ in range(10):
            answer = await self.sandbox.post("/sandbox/webhooks/flush")
            ran = await run_jobs(self.ctx)
            if not ran and not answer.raise_for_status().json()["waiting"]:
                return

    async def print_papers(self) -> None:
        """Make the PDFs of all that was issued."""
        await run_jobs(self.ctx, besides=HEAVY)

    async def buy(self, buyer: Person, *items: Any, **fields: Any) -> Any:
        """Order, pay, and see it complete."""
        order = await self.order(buyer, *items, **fields)
        if order["payment"] is not None:
            await self.check_out(order)
            await self.deliver()
        return await self.seen(buyer, order["id"])

    async def seller(self, username: str, *, onboarded: bool = True) -> Person:
        """Somebody who sells, with an account that can receive transfers."""
        person = await join(self.client, username)
        if onboarded:
            await self.onboard(person)
        return person

    async def onboard(self, person: Person, outcome: str = "complete") -> None:
        """Walk through the provider's onboarding."""
        link = data_of(await self.client.post("/sell/connect/onboard", headers=person.headers))["onboarding_url"]
        await self.sandbox.post(link, data={"outcome": outcome})
        await self.deliver()

    async def service(self, seller: Person, price_cents: int = 2_999, **fields: Any) -> Any:
        """Something on sale that can be bought again and again."""
        return await on_sale(self.client, seller, price_cents=price_cents, **fields)

    async def faults(self, **doors: Any) -> None:
        """Set the provider's switches; everything else is off."""
        (await self.sandbox.put("/sandbox/faults", json={"reset": True, **doors})).raise_for_status()

    async def state(self) -> Any:
        """What the providers believe."""
        return (await self.sandbox.get("/sandbox/state")).raise_for_status().json()

    async def value(self, statement: str, *args: Any) -> Any:
        """One value of the database."""
        async with self.ctx.db.connection() as connection:
            return await connection.fetchval(statement, *args)


async def run_jobs(ctx: Context, *, besides: frozenset[str] = HEAVY | PAPER) -> int:
    """Run what is due, and what becomes due by it, `besides` what starts child programs. Answers how many jobs ran.

    A job that fails stays, to be tried.
    """
    handlers = {name: handler for name, handler in job_handlers(ctx).items() if name not in besides}
    ran = 0
    while True:
        lease = uuid.uuid4()
        async with ctx.db.connection() as connection:
            picked = await job_queries.pick.list(connection, 20, lease, 30.0, sorted(handlers))
        if not picked:
            return ran
        for found in picked:
            ran += 1
            await handlers[found.name](Job(found.id, found.name, found.payload, found.attempts, found.max_attempts))
            async with ctx.db.connection() as connection:
                await job_queries.finish.run(connection, found.id, lease)


@contextlib.asynccontextmanager
async def open_market(ctx: Context, folder: Path) -> AsyncIterator[Market]:
    """A market while the block runs."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    payments = HyperswitchPayments(
        base_url=url,
        api_key=KEYS.hyperswitch_api_key,
        webhook_keys=(KEYS.hyperswitch_webhook_key,),
        clock=SystemClock(),
    )
    payouts = StripePayouts(
        base_url=url,
        api_key=KEYS.stripe_api_key,
        webhook_secrets=(KEYS.stripe_webhook_secret, KEYS.stripe_connect_webhook_secret),
        currency=ctx.settings.currency,
        clock=SystemClock(),
    )
    world = replace(ctx, payments=payments, payouts=payouts)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(payments.aclose)
        stack.push_async_callback(payouts.aclose)
        api_port = await stack.enter_async_context(serving(create_app(world)))
        options = SandboxOptions(
            state_file=folder / "sandbox.sqlite3",
            hyperswitch_api_key=KEYS.hyperswitch_api_key,
            hyperswitch_webhook_key=KEYS.hyperswitch_webhook_key,
            stripe_api_key=KEYS.stripe_api_key,
            stripe_webhook_secret=KEYS.stripe_webhook_secret,
            stripe_connect_webhook_secret=KEYS.stripe_connect_webhook_secret,
            public_url=url,
            hyperswitch_webhook_url=f"http://127.0.0.1:{api_port}/api/v1/webhooks/hyperswitch",
            stripe_webhook_url=f"http://127.0.0.1:{api_port}/api/v1/webhooks/stripe",
            refund_settle_ms=0,
        )
        await stack.enter_async_context(running_sandbox(options, listener))
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{api_port}/api/v1", timeout=30)
        )
        sandbox = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url, headers={"api-key": KEYS.hyperswitch_api_key}, timeout=30)
        )
        yield Market(world, client, sandbox, options)
