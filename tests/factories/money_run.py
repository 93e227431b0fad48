"""A market day under fire: orders and refunds while processes die and a provider misbehaves; then all is counted.

Everything goes through the public doors of a real platform and its sandbox; what is lost, doubled or unbalanced is told
apart by the provider's own counts, not by ours. Used short in `make test` and long in `make faults`.
"""

import asyncio
import contextlib
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
from tests.factories.money_run_refunds import OPEN, MoneyBack
from tests.factories.platform import PASSWORD, Platform, data_of
from tests.factories.processes import eventually

from veza.db.embedded_postgres import find_running
from veza.db.pool import UNREACHABLE
from veza.kit.sandbox_keys import sandbox_keys

SETTINGS = {
    "ORDERS_PER_HOUR": "100000",
    "REGISTRATIONS_PER_NETWORK": "10000",
    "RECONCILE_AFTER_S": "2",
    "TRANSFER_RETRY_BASE_S": "0.2",
    "TRANSFER_SWEEP_S": "1",
    "TRANSFER_TRIES": "50",
}
FAULTS = {
    "hyperswitch": {"lost_answer": 0.04, "refused": 0.02},
    "stripe": {"lost_answer": 0.04, "refused": 0.02},
    "webhooks": {"doubled": 0.10, "shuffled": 0.05, "never": 0.02},
}
FUNDS_CENTS = 1_000_000_000
"""What the platform holds of its own: what sellers owe is not there to be sent to others."""
VICTIMS = ("api", "worker", "postgres")
OPEN_ORDERS = """
    select (select count(*) from orders where status in ('pending', 'failed'))
         + (select count(*) from transfers where status in ('pending', 'failed')) / 2
"""


@dataclass(frozen=True)
class Plan:
    """How much, and how rough. The seed decides who is killed when."""

    orders: int
    kills: int
    seed: int
    buyers: int = 12
    at_once: int = 12
    sellers: int = 3
    open_max: int = 200
    """Orders that are not settled yet: a day brings no more than the machine can take."""
    empties: bool = True
    """Sellers' accounts are emptied now and then."""


@dataclass
class Report:
    """What happened, and what was left."""

    acknowledged: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    fault_hits: dict[str, int] = field(default_factory=dict)
    samples: int = 0
    unbalanced_samples: int = 0
    lost_orders: int = 0
    keys_with_two_orders: int = 0
    paid_twice: int = 0
    sent_twice: int = 0
    amounts_that_differ: int = 0
    not_sent: int = 0
    money_back: MoneyBack = field(default_factory=MoneyBack)
    differences: str = ""
    drained_s: float = 0.0
    took_s: float = 0.0

    def table(self) -> str:
        """For people."""
        rows = [
            ("orders acknowledged", self.acknowledged),
            *((f"kill -9 of {name}", self.kills[name]) for name in VICTIMS),
            *((f"fault {name}", hits) for name, hits in sorted(self.fault_hits.items()) if hits),
            ("ledger sampled", self.samples),
            ("… and not zero", self.unbalanced_samples),
            ("orders lost", self.lost_orders),
            ("keys with two orders", self.keys_with_two_orders),
            ("orders paid twice at the provider", self.paid_twice),
            ("transfers doubled at the provider", self.sent_twice),
            ("transfers not sent", self.not_sent),
            ("amounts that differ", self.amounts_that_differ),
            *self.money_back.rows(),
            ("`veza ledger check` finds differences", int(bool(self.differences))),
            ("seconds until all was settled after the last kill", round(self.drained_s, 1)),
            ("seconds in all", round(self.took_s, 1)),
        ]
        return "\n".join(f"{name:<52}{value:>10}" for name, value in rows)

    def require_clean(self) -> None:
        """Fails when anything was lost, doubled or unbalanced."""
        wrong = (
            self.unbalanced_samples, self.lost_orders, self.keys_with_two_orders, self.paid_twice, self.sent_twice,
            self.not_sent, self.amounts_that_differ, *self.money_back.wrong(), self.differences,
        )  # fmt: skip
        assert not any(wrong), f"{self.table()}\n{self.differences}"


class MoneyRun:
    """One market day on one platform, whose data folder is `data`."""

    def __init__(self, platform: Platform, data: Path, plan: Plan, faults: dict[str, Any]) -> None:
        self._platform = platform
        self._data = data
        self._plan = plan
        self._faults = faults
        self._chance = random.Random(plan.seed)
        self._orders: dict[str, set[str]] = {}
        self._progress = asyncio.Condition()
        self._last_kill = time.monotonic()
        self._open = 0
        self.report = Report()

    async def run(self) -> Report:
        """All of it; `require_clean` of the report says whether it held."""
        began = time.monotonic()
        keys = sandbox_keys((self._data / "secret_key").read_bytes().strip())
        limits = httpx.Limits(max_connections=64)
        async with (
            httpx.AsyncClient(base_url=f"{self._platform.base_url}/api/v1", timeout=30, limits=limits) as api,
            httpx.AsyncClient(
                base_url=self._platform.sandbox_url, timeout=30, headers={"api-key": keys.hyperswitch_api_key}
            ) as sandbox,
        ):
            self._api, self._sandbox = api, sandbox
            products = [await self._seller(number) for number in range(self._plan.sellers)]
            buyers = [await self._register(f"buyer_{number}") for number in range(self._plan.buyers)]
            (await sandbox.post("/sandbox/balance", json={"amount": FUNDS_CENTS})).raise_for_status()
            found = (await sandbox.get("/sandbox/state")).raise_for_status().json()
            self._accounts = [account["id"] for account in found["accounts"]]
            (await sandbox.put("/sandbox/faults", json={"seed": self._plan.seed, **self._faults})).raise_for_status()
            sampler = asyncio.create_task(self._sample())
            killer = asyncio.create_task(self._kill())
            await self._buy_all(buyers, products)
            await killer
            await self._drain()
            sampler.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sampler
            await self._count()
        self.report.took_s = time.monotonic() - began
        return self.report

    # --- people ------------------------------------------------------------------------------------------------

    async def _register(self, username: str) -> dict[str, str]:
        account = {"username": username, "email": f"{username}@example.com", "password": PASSWORD}
        tokens = data_of(await self._api.post("/auth/register", json=account))
        return {"Authorization": f"Bearer {tokens['access_token']}"}

    async def _seller(self, number: int) -> str:
        """Somebody who is onboarded and sells a service; answers its id."""
        headers = await self._register(f"seller_{number}")
        product = {"title": f"Mixing {number}", "type": "service", "price_cents": 1_000 + 333 * number}
        product_id: str = data_of(await self._api.post("/marketplace/products", json=product, headers=headers))["id"]
        data_of(await self._api.post(f"/marketplace/products/{product_id}/publish", headers=headers))
        link = data_of(await self._api.post("/sell/connect/onboard", headers=headers))["onboarding_url"]
        (await self._sandbox.post(link, data={"outcome": "complete"}, follow_redirects=False)).read()
        data_of(await self._api.post("/sell/connect/refresh", headers=headers))
        return product_id

    async def _buy_all(self, buyers: Sequence[dict[str, str]], products: Sequence[str]) -> None:
        numbers = iter(range(self._plan.orders))

        async def shopper() -> None:
            for number in numbers:
                async with self._progress:
                    await self._progress.wait_for(lambda: self._open < self._plan.open_max)
                await self._buy(number, buyers[number % len(buyers)], products)

        async with asyncio.TaskGroup() as self._refunds:
            await asyncio.gather(*(shopper() for _ in range(self._plan.at_once)))

    async def _buy(self, number: int, headers: dict[str, str], products: Sequence[str]) -> None:
        """One order of two sellers, placed until it is acknowledged and paid on the provider's page."""
        chosen = [products[number % len(products)], products[(number + 1) % len(products)]]
        body = {"items": [{"product_id": found, "quantity": 1 + number % 3} for found in chosen]}
        key = f"day-{self._plan.seed}-{number}"
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = await self._api.post(
                    "/marketplace/orders", json=body, headers={**headers, "Idempotency-Key": key}
                )
                if answer.status_code == 201:
                    break
                assert answer.status_code in {409, 500, 502, 503}, answer.text
            await asyncio.sleep(0.1)
        order = answer.json()["data"]
        self._orders.setdefault(key, set()).add(order["id"])
        self.report.acknowledged += 1
        await self._pay(order, declines=number % 10 == 0)
        if number % 10 == 1 and self._plan.empties:
            await self.report.money_back.empty(self._sandbox, self._accounts[number % len(self._accounts)])
        self._refunds.create_task(self.report.money_back.ask(self._api, number, order, headers))
        async with self._progress:
            self._progress.notify_all()

    async def _pay(self, order: dict[str, Any], *, declines: bool) -> None:
        for outcome in ["decline", "succeed"] if declines else ["succeed"]:
            answer = await self._sandbox.post(
                order["payment"]["checkout_url"], data={"outcome": outcome}, follow_redirects=False
            )
            assert answer.status_code in {200, 303}, answer.text

    # --- what goes wrong ---------------------------------------------------------------------------------------

    async def _kill(self) -> None:
        """Kill somebody at each of so many moments of progress."""
        moments = sorted(self._chance.sample(range(1, self._plan.orders), self._plan.kills))
        for moment in moments:
            async with self._progress:
                await self._progress.wait_for(lambda moment=moment: self.report.acknowledged >= moment)  # type: ignore[misc]
            victim = self._chance.choice(VICTIMS)
            await asyncio.to_thread(eventually, lambda victim=victim: self._strike(victim))  # type: ignore[misc]
            self.report.kills[victim] += 1
            self._last_kill = time.monotonic()

    def _strike(self, victim: str) -> bool:
        try:
            if victim == "postgres":
                found = next(child for child in self._platform.process.children() if child.name() == "postgres")
            else:
                found = self._platform.role(victim)
            found.send_signal(signal.SIGKILL)
        except (StopIteration, LookupError, psutil.Error):
            return False
        return True

    # --- the count ---------------------------------------------------------------------------------------------

    async def _connect(self) -> "asyncpg.Connection[Any]":
        while True:
            with contextlib.suppress(*UNREACHABLE):
                dsn = await find_running(self._data / "postgres")
                if dsn is not None:
                    return await asyncpg.connect(dsn, timeout=5)
            await asyncio.sleep(0.1)

    async def _sample(self) -> None:
        """Look at the ledger again and again: at no moment is its sum anything but zero."""
        while True:
            connection = await self._connect()
            try:
                while True:
                    total = await connection.fetchval("select coalesce(sum(amount_cents), 0) from ledger_entries")
                    self._open = await connection.fetchval(OPEN_ORDERS)
                    async with self._progress:
                        self._progress.notify_all()
                    self.report.samples += 1
                    self.report.unbalanced_samples += total != 0
                    await asyncio.sleep(0.2)
            except UNREACHABLE:
                continue
            finally:
                connection.terminate()

    async def _drain(self) -> None:
        """Wait until nothing is open any more."""
        if not self.report.kills:
            self._last_kill = time.monotonic()
        open_work = f"""
            select (select count(*) from orders where status in ('pending', 'failed')) + ({OPEN})
                 + (select count(*) from transfers
                    where status not in ('completed', 'reversed', 'partially_reversed'))
        """
        connection = await self._connect()
        try:
            while await connection.fetchval(open_work):
                assert time.monotonic() - self._last_kill < 300, await self._what_is_open(connection)
                await asyncio.sleep(0.1)
            self.report.drained_s = time.monotonic() - self._last_kill
        finally:
            connection.terminate()

    async def _what_is_open(self, connection: "asyncpg.Connection[Any]") -> str:
        orders = await connection.fetch("select status, count(*) from orders group by 1")
        transfers = await connection.fetch("select status, error_code, count(*) from transfers group by 1, 2")
        jobs = await connection.fetch("select name, status, last_error, count(*) from jobs group by 1, 2, 3")
        reversals = await connection.fetch("select status, error_code, count(*) from reversals group by 1, 2")
        return f"still open: {orders} {transfers} {reversals} {jobs}\n{self.report.table()}"

    async def _count(self) -> None:
        report = self.report
        connection = await self._connect()
        acknowledged = {found for orders in self._orders.values() for found in orders}
        orders = {
            str(row["id"]): row["total_cents"]
            for row in await connection.fetch("select id, total_cents from orders where completed_at is not null")
        }
        transfers = {
            str(row["id"]): row["cents"]
            for row in await connection.fetch("select id, amount_cents - recovered_cents as cents from transfers")
        }
        state = (await self._sandbox.get("/sandbox/state")).raise_for_status().json()
        await report.money_back.count(connection, state)
        await connection.close()
        report.lost_orders = len(acknowledged - orders.keys())
        report.keys_with_two_orders = sum(len(found) > 1 for found in self._orders.values())
        paid = Counter(found["merchant_order_reference_id"] for found in state["payments"]["succeeded"])
        report.paid_twice = sum(count - 1 for count in paid.values()) + len(orders) - len(paid)
        sent = Counter(found["metadata"]["transfer_id"] for found in state["transfers"]["all"])
        report.sent_twice = sum(count - 1 for count in sent.values())
        report.not_sent = len({found for found, cents in transfers.items() if cents} - sent.keys())
        report.amounts_that_differ = sum(
            transfers.get(found["metadata"]["transfer_id"]) != found["amount"] for found in state["transfers"]["all"]
        ) + (sum(found["amount"] for found in state["payments"]["succeeded"]) != sum(orders.values()))
        report.differences = await asyncio.to_thread(self._check_books)
        shown = (await self._sandbox.get("/sandbox/faults")).json()
        report.fault_hits = {
            f"{door}.{name}": switch["hits"]
            for door, switches in shown.items()
            if isinstance(switches, dict)
            for name, switch in switches.items()
            if isinstance(switch, dict)
        }

    def _check_books(self) -> str:
        """What the operator's own command finds in the books; nothing when all agrees."""
        command = [sys.executable, "-m", "veza", "ledger", "check", "--offline"]
        done = subprocess.run(
            command, env=self._platform.process.environ(), capture_output=True, text=True, check=False
        )
        assert done.returncode in {0, 1}, done.stdout + done.stderr
        return done.stdout if done.returncode else ""


def run_market_day(platform: Platform, data: Path, plan: Plan, faults: dict[str, Any] | None = None) -> Report:
    """The run, with the usual faults unless others are given."""
    return asyncio.run(MoneyRun(platform, data, plan, FAULTS if faults is None else faults).run())
