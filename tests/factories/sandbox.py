"""A really running sandbox on a port of its own, a receiver of its webhooks, and clients that speak to it by HTTP."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from tests.factories.server import serving

from veza.kit.ids import random_alphanumeric
from veza.kit.sandbox_keys import SandboxKeys, sandbox_keys
from veza.sandbox.options import SandboxOptions
from veza.sandbox.server import running_sandbox

KEYS: SandboxKeys = sandbox_keys(b"a secret of thirty-two bytes or more")
BACK = "http://localhost:8080/orders/1?from=cart"


@dataclass(frozen=True, slots=True)
class Taken:
    """One webhook as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def type(self) -> str:
        return str(self.event.get("event_type") or self.event.get("type"))


@dataclass(slots=True)
class Receiver:
    """Takes webhooks. `answers` are the statuses to give, in order; afterwards 200."""

    url: str = ""
    taken: list[Taken] = field(default_factory=list)
    refused: list[Taken] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status = self.answers.pop(0) if self.answers else 200
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        async with self.changed:
            (self.taken if status < 300 else self.refused).append(Taken(scope["path"], headers, body))
            self.changed.notify_all()
        more = [(b"location", b"/elsewhere")] if 300 <= status < 400 else []
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0"), *more]})
        await send({"type": "http.response.body", "body": b""})

    async def until(self, enough: Callable[["Receiver"], bool]) -> list[Taken]:
        """Wait until it is so; answers all that was taken so far."""
        async with self.changed, asyncio.timeout(30):
            await self.changed.wait_for(lambda: enough(self))
        return self.taken

    async def wait_for(self, *types: str) -> list[Taken]:
        """The webhooks of these types, once one of each is there, in the order of arrival."""
        taken = await self.until(lambda me: set(types) <= {one.type for one in me.taken})
        return [one for one in taken if one.type in types]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox and three ways to speak to it: as a platform (twice), and as a browser without a key."""

    url: str
    hyperswitch: httpx.AsyncClient
    stripe: httpx.AsyncClient
    browser: httpx.AsyncClient
    receiver: Receiver

    async def payment(self, amount: int = 2999, **fields: Any) -> dict[str, Any]:
        """A new payment that has a page."""
        body = {
            "payment_id": new_payment_id(), "amount": amount, "currency": "EUR", "return_url": BACK,
            "payment_link": True, "description": "Order V-1", "merchant_order_reference_id": "order-1", **fields,
        }  # fmt: skip
        return body_of(await self.hyperswitch.post("/payments", json=body))

    async def paid(self, amount: int = 2999, **fields: Any) -> dict[str, Any]:
        """A payment that a person has made on its page."""
        payment = await self.payment(amount, **fields)
        answer = await self.browser.post(payment["payment_link"]["link"], data={"outcome": "succeed"})
        assert answer.status_code == 303, answer.text
        return body_of(await self.hyperswitch.get(f"/payments/{payment['payment_id']}"))

    async def account(self, outcome: str = "complete", **fields: str) -> dict[str, Any]:
        """A connected account whose owner went through onboarding."""
        form = {"type": "express", "country": "FR", "capabilities[transfers][requested]": "true", **fields}
        account = body_of(await self.stripe.post("/v1/accounts", data=form))
        answer = await self.browser.post((await self.account_link(account["id"]))["url"], data={"outcome": outcome})
        assert answer.status_code == 303, answer.text
        return body_of(await self.stripe.get(f"/v1/accounts/{account['id']}"))

    async def account_link(self, account_id: str) -> dict[str, Any]:
        form = {
            "account": account_id, "type": "account_onboarding",
            "refresh_url": "http://localhost:8080/refresh", "return_url": "http://localhost:8080/return",
        }  # fmt: skip
        return body_of(await self.stripe.post("/v1/account_links", data=form))

    async def faults(self, **doors: Any) -> dict[str, Any]:
        return body_of(await self.hyperswitch.put("/sandbox/faults", json=doors))

    async def state(self) -> dict[str, Any]:
        return body_of(await self.stripe.get("/sandbox/state"))

    async def flush(self, **fields: Any) -> dict[str, Any]:
        return body_of(await self.stripe.post("/sandbox/webhooks/flush", json=fields))


def new_payment_id() -> str:
    return f"pay_{random_alphanumeric(26)}"


def new_refund_id() -> str:
    return f"ref_{random_alphanumeric(26)}"


def body_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON of a success; raises for any other answer, with its body."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    found: dict[str, Any] = answer.json()
    return found


def sandbox_options(folder: Path, receiver_url: str = "", **changes: Any) -> SandboxOptions:
    """Options of a fast sandbox: retries and refunds wait for tens of milliseconds."""
    options = SandboxOptions(
        state_file=folder / "sandbox.sqlite3",
        port=0,
        hyperswitch_api_key=KEYS.hyperswitch_api_key,
        hyperswitch_webhook_key=KEYS.hyperswitch_webhook_key,
        stripe_api_key=KEYS.stripe_api_key,
        stripe_webhook_secret=KEYS.stripe_webhook_secret,
        stripe_connect_webhook_secret=KEYS.stripe_connect_webhook_secret,
        hyperswitch_webhook_url=receiver_url and f"{receiver_url}/hyperswitch",
        stripe_webhook_url=receiver_url and f"{receiver_url}/stripe",
        retry_delays_s=(0.02, 0.05),
        refund_settle_ms=20,
    )
    return replace(options, **changes)


@contextlib.asynccontextmanager
async def a_sandbox(folder: Path, *, receiver: Receiver | None = None, **changes: Any) -> AsyncIterator[Sandbox]:
    """A running sandbox with a receiver of its webhooks."""
    receiver = receiver or Receiver()
    async with contextlib.AsyncExitStack() as stack:
        if not receiver.url:
            receiver.url = f"http://127.0.0.1:{await stack.enter_async_context(serving(receiver))}"
        running = await stack.enter_async_context(running_sandbox(sandbox_options(folder, receiver.url, **changes)))
        base_url = f"http://127.0.0.1:{running.port}"

        async def client(**headers: str) -> httpx.AsyncClient:
            made = httpx.AsyncClient(base_url=base_url, headers=headers, timeout=15, trust_env=False, verify=False)
            return await stack.enter_async_context(made)

        yield Sandbox(
            url=base_url,
            hyperswitch=await client(**{"api-key": KEYS.hyperswitch_api_key}),
            stripe=await client(authorization=f"Bearer {KEYS.stripe_api_key}"),
            browser=await client(),
            receiver=receiver,
        )
