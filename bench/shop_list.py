"""The public list over HTTP: CPU of the server per request, beside Node's Fastify + pg and FastAPI + SQLAlchemy.

    python -m bench.shop_list [--products 20000] [--seconds 3] [--rounds 7]

Sixty different addresses in turn, 20 rows and a total each: orders, types, prices, sellers, tags and searches. All
servers read the same database, sit on the same core, and are asked by wrk from the other one; first it is checked that
they answer the same. Fastify has the platform's own statements. CPU is that of the server's process alone; a
ratio is the median of the rounds' ratios.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import asyncpg
import httpx
import psutil
from tests.factories.platform import running_platform

from bench.chat_room import Use, verdict
from bench.peers import NotMeasured
from bench.shop_catalogue import Catalogue, fill
from bench.shop_peers import fastapi, fastify
from veza.products import list_queries
from veza.products.list_queries import TOTAL_MAX, Shape
from veza.products.listing import Sort

PATH = "/api/v1/marketplace/products"
CONNECTIONS = 8
LIMIT_FASTIFY = 1.4
LIMIT_FASTAPI = 0.6
_FILTERS = ("words", "type", "seller_id", "min_price", "max_price")


@dataclass(frozen=True, slots=True)
class Server:
    """Something that answers the list."""

    name: str
    port: int
    process: psutil.Process


@dataclass(frozen=True, slots=True)
class Round:
    """What one server did in one round."""

    cpu_us: float
    per_s: float
    cores: float


def addresses(catalogue: Catalogue) -> list[str]:
    """Sixty of them, always the same."""
    word, tag = catalogue.words, catalogue.tags
    orders = [sort.value for sort in Sort if sort is not Sort.RELEVANCE]
    asked: list[dict[str, Any]] = [{"sort": sort} for sort in orders]
    asked += [{"type": kind, "sort": sort} for kind in ("track", "beat", "preset") for sort in orders[:5]]
    asked += [{"search": word[place]} for place in (0, 3, 9, 20, 45, 90, 200, 800)]
    asked += [{"search": word[place], "sort": "relevance"} for place in (150, 300, 420, 500, 900, 1500)]
    asked += [{"search": f"{word[place]} {word[place + 9][:3]}", "sort": "rating"} for place in (1, 4, 16, 40)]
    asked += [{"search": word[place][:3], "sort": "price_asc", "max_price": 2000} for place in (2, 11, 33)]
    asked += [{"tag": tag[place], "sort": sort} for place, sort in zip((0, 3, 8, 20, 60, 150), orders, strict=True)]
    asked += [{"seller_id": str(catalogue.sellers[place][0])} for place in (0, 1, 5, 30)]
    asked += [{"min_price": 500, "max_price": 3000, "sort": sort} for sort in orders]
    asked += [{"search": word[12], "type": "track", "sort": "newest"}, {"offset": 200}]
    return [f"{PATH}?{urlencode(query)}" for query in asked]


def statements() -> dict[str, str]:
    """The platform's own, by what they do, order and filters."""
    found = {}
    for flags in range(1 << len(_FILTERS)):
        wanted = [bool(flags >> place & 1) for place in range(len(_FILTERS))]
        shape = Shape(*wanted)
        names = [name for name, is_there in zip(_FILTERS, wanted, strict=True) if is_there]
        for sort in Sort:
            if shape.is_on_shelves:
                found[" ".join(["search", sort.value, *names])] = list_queries.searched(sort, shape).sql
            if shape.words or sort is not Sort.RELEVANCE:
                found[" ".join(["page", sort.value, *names])] = list_queries.page(sort, shape).sql
    return found


def require_same(servers: Sequence[Server], paths: Sequence[str]) -> None:
    """Raise unless all answer the same ids and totals. FastAPI's counts whole, ours no further than 1,001."""
    for path in paths:
        seen = []
        for server in servers:
            answer = httpx.get(f"http://127.0.0.1:{server.port}{path}")
            if answer.is_error:
                raise AssertionError(f"{server.name} answers {answer.status_code} to {path}: {answer.text[:500]}")
            data = answer.json()["data"]
            capped = path.partition("?")[2].startswith("sort=") and "&" not in path
            total = data["total"] if capped else min(data["total"], TOTAL_MAX)
            fields = [sorted(product) for product in data["products"]]
            licenses = [product["licenses"] for product in data["products"]]
            seen.append(([product["id"] for product in data["products"]], total, fields, licenses))
        if any(found != seen[0] for found in seen):
            sizes = [(server.name, len(found[0]), found[1]) for server, found in zip(servers, seen, strict=True)]
            raise AssertionError(f"not the same answers to {path}: {sizes}")


def ask(server: Server, script: Path, seconds: float) -> Round:
    """Let wrk ask for so long."""
    use = Use(server.process)
    done = subprocess.run(
        ["taskset", "-c", _other_core(), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-s", str(script),
         f"http://127.0.0.1:{server.port}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    cpu_s, elapsed_s = use.cpu_s, use.elapsed_s
    found = re.search(r"(\d+) requests in", done.stdout)
    if found is None or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise AssertionError(f"{server.name}: {done.stdout}")
    count = int(found.group(1))
    return Round(1e6 * cpu_s / count, count / elapsed_s, cpu_s / elapsed_s)


def judge(servers: Sequence[Server], paths: Sequence[str], seconds: float, rounds: int, folder: Path) -> bool:
    """Measure in turn, print, compare."""
    script = folder / "ask.lua"
    listed = ",".join(json.dumps(path) for path in paths)
    script.write_text(
        f"local paths = {{{listed}}}\nlocal at = 0\n"
        "function request() at = at % #paths + 1 return wrk.format('GET', paths[at]) end\n"
    )
    for server in servers:
        server.process.cpu_affinity([0])
        ask(server, script, seconds)
    found: dict[str, list[Round]] = {server.name: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            found[server.name].append(ask(server, script, seconds))
    print(f"shop list, {len(paths)} addresses, {CONNECTIONS} connections, {rounds} rounds:")
    for name, measured in found.items():
        print(
            f"  {name:22} {statistics.median(one.cpu_us for one in measured):7.0f} µs CPU a request"
            f"  {statistics.median(one.per_s for one in measured):7.0f} requests a second"
            f" at {statistics.median(one.cores for one in measured):.2f} cores"
        )
    held = []
    for name, limit in (("fastify + pg", LIMIT_FASTIFY), ("fastapi + sqlalchemy", LIMIT_FASTAPI)):
        ratio = statistics.median(
            ours.cpu_us / theirs.cpu_us for ours, theirs in zip(found["veza"], found[name], strict=True)
        )
        print(f"  veza / {name}: {ratio:.2f} (claim: <= {limit:g})")
        held.append(verdict(f"CPU beside {name}", ratio <= limit))
    return all(held)


async def fill_at(dsn: str, products: int) -> Catalogue:
    """Products in the platform's database."""
    connection = await asyncpg.connect(dsn)
    try:
        return await fill(connection, products)
    finally:
        await connection.close()


def _other_core() -> str:
    return str(min(1, (os.cpu_count() or 1) - 1))


def measure(products: int, seconds: float, rounds: int) -> bool:
    """All three, on one database."""
    for program in ("wrk", "taskset"):
        if shutil.which(program) is None:
            raise NotMeasured(f"{program} (Debian: wrk, util-linux)")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        platform = stack.enter_context(running_platform(Path(folder), LOG_LEVEL="warning"))
        dsn = (Path(folder) / "data" / "postgres" / "dsn").read_text()
        catalogue = asyncio.run(fill_at(dsn, products))
        paths = addresses(catalogue)
        port = urlsplit(platform.base_url).port
        assert port is not None
        servers = [
            Server("veza", port, platform.role("api")),
            Server("fastify + pg", *stack.enter_context(fastify(dsn, statements()))),
            Server("fastapi + sqlalchemy", *stack.enter_context(fastapi(dsn))),
        ]
        require_same(servers, paths)
        return judge(servers, paths, seconds, rounds, Path(folder))


def main() -> int:
    """Print the figures; 1 when a claim does not hold or a peer is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    try:
        held = measure(options.products, options.seconds, options.rounds)
    except NotMeasured as missing:
        print(f"shop list: not measured, because {missing.what} is not installed")
        return 1
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
