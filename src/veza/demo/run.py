"""`veza demo` from its first question to its summary. Decides no content (`catalogue.py`) and makes no bytes.

Whatever is there already stays as it is, so it can be run again at any time: after Ctrl-C it goes on, and after an end
it finds nothing to do.
"""

import asyncio
import base64
import contextlib
import multiprocessing
import os
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from veza.bootstrap import CannotStart, load_secret
from veza.demo import factory
from veza.demo.catalogue import PRODUCTS_MAX, Catalogue, ProductSpec, make_catalogue
from veza.demo.client import Person, open_http, require_running
from veza.demo.crowd import follow_each_other, prepare_streams, set_profile, write_reviews
from veza.demo.people import Artist, Listener
from veza.demo.purchases import Purchases
from veza.demo.shelf import Shelf
from veza.kit.signing import derive_key
from veza.settings import Settings, is_loopback_host

_AT_ONCE = 4
_CHILDREN_MAX = 3
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    url: str
    seed: int
    products: int
    yes: bool


@dataclass(slots=True)
class Done:
    """What this run added."""

    accounts: int = 0
    products: int = 0
    files: int = 0
    streams: int = 0
    reviews: int = 0
    waiting: int = 0
    without_reviews: str = ""


async def fill(settings: Settings, wish: Wish) -> None:
    """Make the demo. Raises `CannotStart` with a sentence for whatever stands in the way."""
    try:
        await _fill(settings, wish)
    except asyncio.CancelledError:
        raise CannotStart("Interrupted. Run `veza demo` again to go on.") from None
    except BrokenProcessPool:
        raise CannotStart("What makes the files was killed: is memory short? Run `veza demo` again to go on.") from None


async def _fill(settings: Settings, wish: Wish) -> None:
    url = wish.url or address_of(settings)
    _check(wish, url)
    catalogue = make_catalogue(wish.seed, wish.products)
    console = Console(stderr=True, highlight=False)
    async with open_http(url) as http:
        await require_running(http)
        password = password_of(settings)
        with _pool() as pool, _progress(console) as progress:
            done, people = await _Run(http, pool, progress, catalogue, password).everything()
    _summary(done, catalogue, wish.url or settings.public_url, people, password)


def address_of(settings: Settings) -> str:
    """Where an install with these settings answers on this machine."""
    address = settings.http_addr
    host = f"[{address.reachable_host}]" if ":" in address.reachable_host else address.reachable_host
    return f"http://{host}:{address.port}"


def password_of(settings: Settings) -> str:
    """The one password of all accounts of a demo: the same at each run, and known only to who holds the secret."""
    key = derive_key(load_secret(settings), "demo-accounts")
    text = base64.b32encode(key).decode().lower()[:20]
    return "-".join(text[at : at + 5] for at in range(0, 20, 5))


def _check(wish: Wish, url: str) -> None:
    host = _host_of(url)
    if host is None:
        raise CannotStart(f"{url} is no address. Write one such as --url http://localhost:8080.")
    if not 1 <= wish.products <= PRODUCTS_MAX:
        raise CannotStart(f"--products must be 1 to {PRODUCTS_MAX}.")
    if wish.seed < 0:
        raise CannotStart("--seed must be 0 or more.")
    if not is_loopback_host(host) and not wish.yes:
        raise CannotStart(
            f"{host} is not this machine. A demo makes accounts and products that people would see; "
            "add --yes if that is what you want."
        )


def _host_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port >= 0
    except ValueError:
        return None
    return parts.hostname if has_port and parts.scheme in {"http", "https"} else None


class _Run:
    """One run against one platform."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        pool: ProcessPoolExecutor,
        progress: Progress,
        catalogue: Catalogue,
        password: str,
    ) -> None:
        self._http, self._pool, self._progress = http, pool, progress
        self._catalogue, self._password, self._done = catalogue, password, Done()

    async def everything(self) -> tuple[Done, list[Person]]:
        """All steps. Answers what was added, and the artists."""
        people = await self._people()
        await self._products(people)
        await self._reviews(people)
        return self._done, [people[artist.username] for artist in self._catalogue.artists]

    async def _people(self) -> dict[str, Person]:
        catalogue, people = self._catalogue, dict[str, Person]()
        everyone: list[Artist | Listener] = [*catalogue.artists, *catalogue.listeners]
        bar = self._progress.add_task("people", total=len(everyone))
        for one in everyone:
            self._progress.update(bar, description=one.name)
            person = people[one.username] = Person(self._http, one.username, self._password)
            self._done.accounts += await person.enter()
            await set_profile(person, one, self._make)
            self._done.streams += await prepare_streams(person, one)
            self._progress.advance(bar)
        await follow_each_other(people, catalogue.follows)
        self._progress.update(bar, description="People")
        return people

    async def _products(self, people: dict[str, Person]) -> None:
        products = self._catalogue.products
        bar = self._progress.add_task("products", total=len(products))
        shelves = {
            artist.username: await Shelf.of(people[artist.username], self._make) for artist in self._catalogue.artists
        }
        places = asyncio.Semaphore(_AT_ONCE)

        async def put(index: int) -> None:
            product = products[index]
            async with places:
                self._progress.update(bar, description=f"{product.artist.name}: {product.title}")
                shelved = await shelves[product.artist.username].put(product)
            self._done.products += shelved.is_new
            self._done.files += shelved.files
            self._done.waiting += shelved.is_waiting
            self._progress.advance(bar)

        await _all([put(index) for index in range(len(products))])
        self._progress.update(bar, description="Products")

    async def _reviews(self, people: dict[str, Person]) -> None:
        wanted = [(product, review) for product in self._catalogue.products for review in product.reviews]
        bar = self._progress.add_task("reviews", total=len(wanted))
        self._done.without_reviews = await Purchases.reason_against(next(iter(people.values())))
        if self._done.without_reviews:
            return
        async with httpx.AsyncClient(timeout=60.0) as pages:
            places = asyncio.Semaphore(_AT_ONCE)

            async def write(product: ProductSpec) -> None:
                async with places:
                    self._progress.update(bar, description=f"Reviews of {product.title}")
                    self._done.reviews += await write_reviews(people, product, Purchases(pages))
                    self._progress.advance(bar, len(product.reviews))

            await _all([write(product) for product in self._catalogue.products])
        self._progress.update(bar, description="Reviews")

    async def _make(self, function: Callable[..., _T], *arguments: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)


async def _all(works: list[Coroutine[Any, Any, None]]) -> None:
    """All of them; the first failure ends the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except* (CannotStart, BrokenProcessPool) as failures:
        raise failures.exceptions[0] from None


@contextlib.contextmanager
def _pool() -> Iterator[ProcessPoolExecutor]:
    """Child processes that make sound and pictures: one less than there are cores, for those who look into them."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    count = max(1, min(_CHILDREN_MAX, (os.cpu_count() or 2) - 1))
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=factory.begin, initargs=(os.getpid(),))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<48.48}"),
        BarColumn(24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


def _summary(done: Done, catalogue: Catalogue, url: str, people: list[Person], password: str) -> None:
    """On stdout only: it holds a password."""
    console = Console(highlight=False, soft_wrap=True)
    sold = sum(product.fate == "published" for product in catalogue.products)
    console.print(
        f"Added {done.accounts} accounts, {done.products} products with {done.files} files, {done.streams} streams and "
        f"{done.reviews} reviews."
    )
    if done.waiting:
        console.print(
            f"{done.waiting} products are still being looked into; run `veza demo` again to publish them "
            "(does the worker run?)."
        )
    if done.without_reviews:
        console.print(f"Reviews were left out: {done.without_reviews}.")
    console.print(f"{sold} products of {len(catalogue.artists)} artists are on sale: {url}", markup=False)
    console.print(
        f"Log in as {people[0].email} with the password {password} (all demo accounts have it).", markup=False
    )
