"""Placing and settling an order of two sellers: what Python adds to the SQL of the very same writes.

    python -m bench.money_settle [--orders 400] [--rounds 5]

The platform's side is a `POST /marketplace/orders` through the whole application (no socket, a provider that answers at
once) and the provider's word applied as the worker does. Its statements are recorded once, with their arguments and
transactions; the peer replays them by asyncpg alone, on a copy of the same database. PostgreSQL is the bundled one with
fsync off, so that a disk's waiting does not flatter us. One order after the other, on one connection each.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from tests.factories.accounts import a_person, log_in_as

from bench.chat_room import verdict
from veza.adapters.file_mail import FileMail
from veza.adapters.postgres_bus import PostgresBus
from veza.app import VezaApp, create_app
from veza.bootstrap import derive_keys, open_files
from veza.context import Context
from veza.db import query
from veza.db.embedded_postgres import EmbeddedPostgres
from veza.db.migrate import migrate
from veza.db.pool import Database, open_database, prepare_connection
from veza.kit.clock import SystemClock
from veza.kit.ids import new_id
from veza.logs import configure_logs
from veza.orders import settlement
from veza.ports import payments as port
from veza.settings import Settings

SHARE_MAX = 0.60
BUYERS = 20
PATH = "/api/v1/marketplace/orders"


class InstantPayments:
    """A provider that answers at once and keeps nothing: its time is nobody's share."""

    async def create(self, request: port.PaymentRequest) -> port.Payment:
        return port.Payment(
            payment_id=request.payment_id,
            state=port.PaymentState.PENDING,
            provider_status="requires_payment_method",
            amount_cents=request.amount_cents,
            currency=request.currency,
            client_secret="of nobody",
            checkout_url="http://localhost/checkout",
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A recorded call. `kind`: fetch, execute, many, begin, commit."""

    kind: str
    sql: str = ""
    args: tuple[Any, ...] = ()


@contextmanager
def recording(steps: list[Step]) -> Iterator[None]:
    """Write down every statement and transaction of this process while the block runs."""
    kept = (query.Query.find, query.Query.list, query.Value.find, query.Command.run, query.Command.run_many)
    kept_transaction = Database.transaction

    def noting(kind: str, call: Any) -> Any:
        async def noted(self: Any, connection: Any, *args: Any) -> Any:
            steps.append(Step(kind, self.sql, args))
            return await call(self, connection, *args)

        return noted

    @asynccontextmanager
    async def transaction(self: Database) -> Any:
        async with kept_transaction(self) as tx:
            steps.append(Step("begin"))
            yield tx
            steps.append(Step("commit"))

    query.Query.find, query.Query.list = noting("fetch", kept[0]), noting("fetch", kept[1])  # type: ignore[method-assign]
    query.Value.find = noting("fetch", kept[2])  # type: ignore[method-assign]
    query.Command.run, query.Command.run_many = noting("execute", kept[3]), noting("many", kept[4])  # type: ignore[method-assign]
    Database.transaction = transaction  # type: ignore[method-assign]
    try:
        yield
    finally:
        query.Query.find, query.Query.list, query.Value.find, query.Command.run, query.Command.run_many = kept  # type: ignore[method-assign]
        Database.transaction = kept_transaction  # type: ignore[method-assign]


async def ask(app: VezaApp, token: str, key: str, body: bytes) -> Any:
    """POST an order as a server would hand it on; answers `data`. A client's own work is nobody's share here."""
    headers = {"host": "localhost:8080", "content-type": "application/json", "content-length": str(len(body))}
    headers |= {"authorization": f"Bearer {token}", "idempotency-key": key}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("203.0.113.7", 50_000),
        "server": ("127.0.0.1", 8080),
        "state": {},
    }
    answered: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        answered.append(message)

    await app(scope, receive, send)
    found = msgspec.json.decode(b"".join(message.get("body", b"") for message in answered))
    assert answered[0]["status"] == 201, found
    return found["data"]


class Market:
    """Two sellers' services and some buyers, in a database that is copied for each round."""

    def __init__(self, server: EmbeddedPostgres, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._copies = 0
        self.products: list[str] = []
        self.tokens: list[str] = []

    async def open(self) -> None:
        """The database that copies are made of."""
        await self._sql("create database market")
        await migrate(self._dsn("market"))
        ctx = await self._context("market")
        sellers = [await a_person(ctx.db) for _ in range(2)]
        async with ctx.db.connection() as connection:
            for seller in sellers:
                product_id = new_id()
                await connection.execute(
                    """
                    insert into products (id, seller_id, seller_username, type, status, title, price_cents, search,
                        title_key, published_at)
                    values ($1, $2, $3, 'service', 'published', 'Mixing', 2999, '', 'mixing', now())
                    """,
                    product_id, seller.user_id, seller.username,
                )  # fmt: skip
                self.products.append(str(product_id))
        self.tokens = [await log_in_as(ctx, await a_person(ctx.db)) for _ in range(BUYERS)]
        await ctx.db.close()

    async def copy(self) -> str:
        """A fresh copy; answers its name."""
        self._copies += 1
        name = f"market_{self._copies}"
        await self._sql(f"create database {name} template market")
        return name

    async def sell(self, name: str, orders: int, steps: list[Step] | None = None) -> float:
        """Place and settle so many orders. Answers the seconds an order took."""
        ctx = await self._context(name)
        app = create_app(ctx)
        await self._one(ctx, app, 0)  # what is prepared and cached once
        with recording(steps) if steps is not None else contextmanager(lambda: iter([None]))():
            began = time.perf_counter()
            for number in range(1, orders + 1):
                await self._one(ctx, app, number)
            took_s = time.perf_counter() - began
        await ctx.db.close()
        return took_s / orders

    async def _one(self, ctx: Context, app: VezaApp, number: int) -> None:
        body = {"items": [{"product_id": found, "quantity": 1} for found in self.products]}
        order = await ask(app, self.tokens[number % BUYERS], f"order-{number}", msgspec.json.encode(body))
        word = port.Payment(
            payment_id=order["payment"]["id"],
            state=port.PaymentState.SUCCEEDED,
            provider_status="succeeded",
            amount_cents=order["total_cents"],
            currency=order["currency"],
        )
        async with ctx.db.transaction() as tx:
            applied = await settlement.apply_payment(ctx, tx, word)
        assert applied.outcome is settlement.Outcome.APPLIED

    async def replay(self, name: str, orders: int, steps: list[Step]) -> float:
        """The same statements by asyncpg alone. Answers the seconds an order took."""
        connection = await asyncpg.connect(self._dsn(name))
        await prepare_connection(connection)
        ctx = await self._context(name)
        await self._one(ctx, create_app(ctx), 0)  # the copy had one order more when the steps were written down
        await ctx.db.close()
        open_transaction: Any = None
        began = time.perf_counter()
        for step in steps:
            match step.kind:
                case "begin":
                    open_transaction = connection.transaction()
                    await open_transaction.start()
                case "commit":
                    await open_transaction.commit()
                case "fetch":
                    await connection.fetch(step.sql, *step.args)
                case "execute":
                    await connection.execute(step.sql, *step.args)
                case _:
                    await connection.executemany(step.sql, step.args[0])
        took_s = time.perf_counter() - began
        await connection.close()
        return took_s / orders

    async def _context(self, name: str) -> Context:
        settings = replace(
            Settings(), data_dir=self._folder / "data", orders_per_hour=1_000_000, database_connections=2
        )
        dsn = self._dsn(name)
        return Context(
            db=await open_database(dsn, connections=1, application="bench"),
            settings=settings,
            clock=SystemClock(),
            keys=derive_keys(b"b" * 32),
            bus=PostgresBus(dsn),
            files=open_files(settings),
            mail=FileMail(self._folder, settings.mail_sender, SystemClock()),
            payments=InstantPayments(),  # type: ignore[arg-type]
        )

    def _dsn(self, name: str) -> str:
        return self._server.dsn.replace("/postgres?", f"/{name}?")

    async def _sql(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server.dsn)
        await connection.execute(statement)
        await connection.close()


async def measure(orders: int, rounds: int) -> bool:
    """Print each side and the share. Answers whether the claim holds."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "pg", max_connections=40, durable=False)
        await server.start()
        try:
            market = Market(server, Path(folder))
            await market.open()
            steps: list[Step] = []
            await market.sell(await market.copy(), orders, steps)
            ours, bare = [], []
            for _ in range(rounds):
                ours.append(await market.sell(await market.copy(), orders))
                bare.append(await market.replay(await market.copy(), orders, steps))
        finally:
            await server.stop()
    shares = [1 - peer / own for own, peer in zip(ours, bare, strict=True)]
    share = statistics.median(shares)
    print(f"{len(steps) / orders:.0f} statements an order")
    for name, found in (("place and settle", ours), ("the SQL alone", bare)):
        took_s = statistics.median(found)
        print(f"{name:<18} {took_s * 1000:8.2f} ms an order, {1 / took_s:6.0f} a second")
    print(f"Python's share     {share:8.0%}   (rounds: {', '.join(f'{found:.0%}' for found in shares)})")
    return verdict(f"Python's share ≤ {SHARE_MAX:.0%}", share <= SHARE_MAX)


def main() -> int:
    """For the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    configure_logs("warning", role="bench")
    return 0 if asyncio.run(measure(wanted.orders, wanted.rounds)) else 1


if __name__ == "__main__":
    sys.exit(main())
