"""Paper: what an invoice costs the child that sets it, and what the api feels of it.

    python -m bench.invoices [--rounds 5]

First one child for a batch against a child for each document: their CPU, by the kernel's count of children that ended.
Then an api answers one client, whose p95 alone is the peer of its p95 while a worker makes 20 invoices, again and again
until the client is done. Both run here: the api on its loop, the setting in the child that production starts as well.
"""

import argparse
import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx
from tests.factories.accounts import a_person, log_in_as
from tests.factories.documents import a_document, a_sold_order
from tests.factories.server import serving

from bench.chat_room import verdict
from veza.adapters.file_mail import FileMail
from veza.adapters.postgres_bus import PostgresBus
from veza.app import create_app
from veza.bootstrap import derive_keys, open_files
from veza.context import Context
from veza.db.embedded_postgres import EmbeddedPostgres
from veza.db.migrate import migrate
from veza.db.pool import open_database
from veza.invoices.pdf import TEMPLATE, paper
from veza.invoices.service import issue_invoice
from veza.kit.clock import SystemClock
from veza.logs import configure_logs
from veza.processing.typeset import typeset
from veza.settings import Settings

CPU_MS_MAX = 15.0
P95_RATIO_MAX = 2.0
SMALL, LARGE = 10, 50
ALONE = 5
REQUESTS = 400
AT_ONCE = 20


async def child_cpu_ms(folder: Path, papers: int) -> float:
    """The CPU that one child took for so many invoices of three lines."""
    asked = [
        paper(a_document(f"Night drive {n}", f"Dawn {n}", f"Rain {n}"), folder / f"{n}.pdf") for n in range(papers)
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    facts = await typeset(TEMPLATE, asked)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert not any(one.failed for one in facts.papers)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


async def measure_cpu(rounds: int) -> bool:
    """One child for many, against a child for each. Answers whether the claim holds."""
    warm, alone = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(rounds):
            small, large = await child_cpu_ms(folder, SMALL), await child_cpu_ms(folder, LARGE)
            warm.append((large - small) / (LARGE - SMALL))
            alone.append(statistics.median([await child_cpu_ms(folder, 1) for _ in range(ALONE)]))
    print(f"an invoice in a child that is warm  {min(warm):7.1f} ms of CPU   (rounds: {_listed(warm)})")
    print(f"a child for one invoice             {min(alone):7.1f} ms of CPU   (rounds: {_listed(alone)})")
    print(f"a batch of {LARGE} costs                {min(warm) / min(alone):7.2f} of that for each")
    return verdict(f"CPU per invoice ≤ {CPU_MS_MAX:g} ms once warm", min(warm) <= CPU_MS_MAX)


def _listed(found: list[float]) -> str:
    return ", ".join(f"{one:.1f}" for one in found)


async def p95_ms(client: httpx.AsyncClient) -> float:
    """Of reading one's orders, one request after the other."""
    took = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        (await client.get("/marketplace/orders")).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(took, n=20)[-1]


async def while_setting(folder: Path, measured: Callable[[], Awaitable[float]]) -> tuple[float, int]:
    """What `measured` finds while invoices are set, 20 in a child; and how many children it took."""
    batches, done = 0, asyncio.Event()

    async def keep_setting() -> None:
        nonlocal batches
        while not done.is_set():
            await child_cpu_ms(folder, AT_ONCE)
            batches += 1

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keep_setting())
        found = await measured()
        done.set()
    return found, batches


async def measure_api(rounds: int) -> bool:
    """Print both p95. Answers whether the claim holds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = EmbeddedPostgres(folder / "pg", max_connections=40, durable=False)
        await server.start()
        try:
            await migrate(server.dsn)
            ctx = await _context(server.dsn, folder)
            token = await _buyer(ctx)
            quiet, busy, batches = [], [], 0
            async with (
                serving(create_app(ctx)) as port,
                httpx.AsyncClient(
                    base_url=f"http://127.0.0.1:{port}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30
                ) as client,
            ):
                await p95_ms(client)
                for _ in range(rounds):
                    quiet.append(await p95_ms(client))
                    found, set_by = await while_setting(folder, lambda: p95_ms(client))
                    busy.append(found)
                    batches += set_by
            await ctx.db.close()
        finally:
            await server.stop()
    ratios = [after / before for before, after in zip(quiet, busy, strict=True)]
    print(f"api p95 alone                       {statistics.median(quiet):7.1f} ms")
    print(f"api p95 while invoices are set      {statistics.median(busy):7.1f} ms   ({batches} batches of {AT_ONCE})")
    print(f"ratio                               {statistics.median(ratios):7.2f}      (rounds: {_listed(ratios)})")
    return verdict(f"p95 ≤ {P95_RATIO_MAX:g}×", batches > 0 and statistics.median(ratios) <= P95_RATIO_MAX)


async def _context(dsn: str, folder: Path) -> Context:
    settings = replace(Settings(), data_dir=folder / "data")
    return Context(
        db=await open_database(dsn, connections=5, application="bench"),
        settings=settings,
        clock=SystemClock(),
        keys=derive_keys(b"b" * 32),
        bus=PostgresBus(dsn),
        files=open_files(settings),
        mail=FileMail(folder, settings.mail_sender, SystemClock()),
    )


async def _buyer(ctx: Context) -> str:
    """Somebody with a page of orders, each with its invoice; answers their token."""
    buyer, seller = await a_person(ctx.db, "bob"), await a_person(ctx.db, "ada")
    for _ in range(20):
        order = await a_sold_order(ctx.db, buyer.user_id, seller.user_id, 2_999)
        async with ctx.db.transaction() as tx:
            await issue_invoice(tx, ctx, order, ctx.clock.now())
    return await log_in_as(ctx, buyer)


async def measure(rounds: int) -> bool:
    """Both claims."""
    held = await measure_cpu(rounds)
    return await measure_api(rounds) and held


def main() -> int:
    """For the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    configure_logs("warning", role="bench")
    return 0 if asyncio.run(measure(wanted.rounds)) else 1


if __name__ == "__main__":
    sys.exit(main())
