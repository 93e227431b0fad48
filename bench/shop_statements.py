"""The questions that `shop_million.py` asks, as statements with arguments; and how one of them is timed.

Each case is asked with several sets of arguments in turn, so that its p99 is that of the unluckiest of them. What the
first page of a search takes, its count and its page, is one time.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from bench.shop_catalogue import TYPES, Catalogue
from veza.products import list_queries
from veza.products.domain import ProductType
from veza.products.list_queries import SearchedRow, Shape
from veza.products.listing import Filters, Sort, parse_filters

LIMIT = 21
"""A page of 20, and the one more that says whether another follows."""
SORTS = tuple(sort for sort in Sort if sort is not Sort.RELEVANCE)
WAITED_MAX = 0.1
TRIES = 20
DEEP = (1_000, 100_000, 900_000)
_LATER = datetime(2030, 1, 1, tzinfo=UTC)


Statement = tuple[str, Sequence[Any]]
"""SQL and its arguments."""


@dataclass(frozen=True, slots=True)
class Question:
    """A page of the list, asked as `products.catalogue` asks for it. `after`: what a cursor brings, and its reach."""

    name: str
    sort: Sort
    filters: Filters
    after: tuple[Any, ...] = ()
    reach: int | None = None
    offset: int = 0

    async def statements(self, connection: "asyncpg.Connection[Any]") -> list[Statement]:
        """All that it takes: one, or for the first page of a common search two."""
        shape, keys, edge = self._shape, self._keys, [*self.after, LIMIT, self.offset]
        before: list[Statement] = []
        reach = self.reach
        if shape.is_on_shelves and not self.after:
            before = [(list_queries.searched(self.sort, shape).sql, [*keys, *edge])]
            first = await self.counted(connection)
            if first.is_whole_for(self.sort):
                return before
            reach = None
        if reach is None:
            values = [value for value in self._wanted if value is not None]
            return [*before, (list_queries.page(self.sort, shape).sql, [*values, *edge])]
        return [*before, (list_queries.collected(self.sort, shape).sql, [*keys, reach, *edge])]

    async def counted(self, connection: "asyncpg.Connection[Any]") -> SearchedRow:
        """What the first page of a search knows of all that match."""
        searched = list_queries.searched(self.sort, self._shape)
        return (await searched.list(connection, *self._keys, LIMIT, self.offset))[0]

    @property
    def is_search(self) -> bool:
        return self._shape.is_on_shelves

    @property
    def _wanted(self) -> tuple[Any, ...]:
        filters = self.filters
        return (filters.words, filters.type, filters.seller_id, filters.min_price, filters.max_price)

    @property
    def _shape(self) -> Shape:
        words, kind, seller, lowest, highest = (value is not None for value in self._wanted)
        return Shape(words, kind, seller, lowest, highest, bool(self.after))

    @property
    def _keys(self) -> list[Any]:
        prices = [price for price in self._wanted[3:] if price is not None]
        return [self.filters.keys, *([self.filters.words] if self.sort is Sort.RELEVANCE else []), *prices]


@dataclass(frozen=True, slots=True)
class Naive:
    """The same as one would write it first."""

    name: str
    sql: str
    args: Sequence[Any]

    async def statements(self, _: "asyncpg.Connection[Any]") -> list[Statement]:
        """The one."""
        return [(self.sql, self.args)]


@dataclass(frozen=True, slots=True)
class Case:
    """Questions, asked in turn."""

    name: str
    asked: Sequence[Question | Naive]


@dataclass(frozen=True, slots=True)
class Times:
    """Of all repetitions, sorted, each with the name of its question."""

    found: Sequence[tuple[float, str]]

    @property
    def p50_ms(self) -> float:
        return self.found[len(self.found) // 2][0]

    @property
    def p99_ms(self) -> float:
        return self._at_p99[0]

    @property
    def slowest(self) -> str:
        """Which question was asked at p99."""
        return self._at_p99[1]

    @property
    def _at_p99(self) -> tuple[float, str]:
        return self.found[min(len(self.found) - 1, int(len(self.found) * 0.99))]


def first_cases(catalogue: Catalogue) -> list[Case]:
    """First pages without words."""
    sellers = [catalogue.sellers[place][0] for place in (0, 3, 50, len(catalogue.sellers) - 1)]
    kinds = [ProductType(name) for name in TYPES]
    prices = [(500, None), (None, 99), (20_000, None), (100, 498), (49_999, 49_999), (0, 0), (3, 4)]
    cases = [Case(f"{sort}", [Question("", sort, Filters())]) for sort in SORTS]
    cases += [Case(f"{sort}, a type", [Question(kind, sort, Filters(type=kind)) for kind in kinds]) for sort in SORTS]
    cases += [
        Case(f"{sort}, a seller", [Question(str(one), sort, Filters(seller_id=one)) for one in sellers])
        for sort in SORTS
    ]
    cases += [
        Case(
            f"{sort}, prices",
            [Question(f"{low}–{high}", sort, Filters(min_price=low, max_price=high)) for low, high in prices],
        )
        for sort in SORTS
    ]
    cases += [
        Case(
            f"{sort}, a type and prices",
            [
                Question(f"{kind} {low}–{high}", sort, Filters(type=kind, min_price=low, max_price=high))
                for kind in kinds[::2] + kinds[-1:]
                for low, high in prices
            ],
        )
        for sort in SORTS
    ]
    cases.append(Case("offset 10,000 beside 0", [Question("", Sort.NEWEST, Filters(), offset=10_000)]))
    return cases


def search_cases(catalogue: Catalogue) -> list[Case]:
    """Words of every frequency, beginnings, pairs, tags; alone and with filters; in every order."""
    at = [catalogue.words[place] for place in (0, 2, 7, 20, 60, 150, 400, 1_000, 2_500, 5_900)]
    texts = {
        "a word": [*at, "nosuchword"],
        "a beginning": ["a", "b", "de", "ma", "lo", "ast", "nigh", "zoz", "bado", "tirela"],
        "two words": [f"{first} {second}" for first in at[::3] for second in at[1::3]],
        "three beginnings": ["de ma so", "a b c", "nig hou de", "zo ve ta"],
    }
    tags = [catalogue.tags[place] for place in (0, 5, 30, 120, 399)]
    cases = []
    for sort in Sort:
        cases += [
            Case(f"{sort}, {name}", [Question(text, sort, parse_filters(search=text)) for text in some])
            for name, some in texts.items()
        ]
        if sort is not Sort.RELEVANCE:
            cases.append(Case(f"{sort}, a tag", [Question(tag, sort, parse_filters(tag=tag)) for tag in tags]))
        filters = [
            (f"{text} {more}", parse_filters(search=text, **more))
            for text in (*at[:8], "ma", "zoz")
            for more in (
                {"type": ProductType.TRACK},
                {"type": ProductType.SERVICE},
                {"tag": tags[1]},
                {"tag": tags[3]},
                {"max_price": 99},
                {"min_price": 19_999},
                {"type": ProductType.PRESET, "tag": tags[0], "min_price": 100, "max_price": 999},
                {"seller_id": catalogue.sellers[3][0]},
            )
        ]
        cases.append(Case(f"{sort}, words and filters", [Question(name, sort, found) for name, found in filters]))
    return cases


async def deep_cases(connection: "asyncpg.Connection[Any]", catalogue: Catalogue) -> list[Case]:
    """Pages after a cursor: where it stands is looked up with an offset that the product never uses."""
    cases = []
    words = [parse_filters(search=catalogue.words[place]) for place in (2, 1_000)]
    for name, filters, depths in (
        ("everything", Filters(), DEEP),
        ("a type", Filters(type=ProductType.BEAT), (1_000, 250_000)),
        ("a price", Filters(min_price=500), (1_000, 250_000)),
        ("a common word", words[0], (1_000, 50_000)),
        ("a rare word", words[1], (500, 1_000, 2_500)),
    ):
        for sort in SORTS:
            asked = []
            for depth in depths:
                found = await _at(connection, sort, filters, depth)
                if found is not None:
                    asked.append(found)
            cases.append(Case(f"{sort}, {name}", asked))
    ranked = [await _at(connection, Sort.RELEVANCE, filters, 500) for filters in words]
    cases.append(Case("relevance, a common word, a rare one", [found for found in ranked if found is not None]))
    return [case for case in cases if case.asked]


async def _at(connection: "asyncpg.Connection[Any]", sort: Sort, filters: Filters, depth: int) -> Question | None:
    """The page that a cursor brings so deep."""
    asked = Question(f"after {depth:,}", sort, filters, offset=depth)
    sql, args = (await asked.statements(connection))[-1]
    rows = await connection.fetch(sql, *args)
    if not rows or rows[0]["sort_key"] is None:
        return None
    moment = (_LATER,) if sort is Sort.RELEVANCE else ()
    reach = (await asked.counted(connection)).reach_for(sort) if asked.is_search else None
    return replace(asked, after=(*moment, rows[0]["sort_key"], rows[0]["id"]), reach=reach, offset=0)


def naive_cases(catalogue: Catalogue) -> list[Case]:
    """Offset, a whole count, a rank of everything."""
    page = "select * from products where status = 'published' order by published_at desc, id desc limit 21 offset $1"
    count = "select count(*) from products where status = 'published' and search @@ $1::text::tsquery"
    rank = (
        "select id, ts_rank(search, $1::text::tsquery) as rank from products"
        " where status = 'published' and search @@ $1::text::tsquery order by rank desc, id desc limit 21"
    )
    words = [parse_filters(search=catalogue.words[place]).words for place in (0, 2, 60)]
    return [
        *(Case(f"newest, offset {depth:,}", [Naive("", page, (depth,))]) for depth in DEEP if depth < catalogue.count),
        Case("count(*) of a word", [Naive(str(word), count, (word,)) for word in words]),
        Case("ts_rank over all of a word", [Naive(str(word), rank, (word,)) for word in words]),
    ]


async def time_case(connection: "asyncpg.Connection[Any]", case: Case, reps: int) -> Times:
    """Ask it so often, with its arguments in turn, after one round that warms the caches; each of them five times."""
    accounts = Path(f"/proc/{connection.get_server_pid()}/schedstat")
    asked = [(question.name, await question.statements(connection)) for question in case.asked]
    prepared: dict[str, str] = {}
    for sql in {sql for _, statements in asked for sql, _ in statements}:
        prepared[sql] = f"q{len(prepared)}"
        await connection.execute(f"prepare {prepared[sql]} as {sql}")
    found: list[tuple[float, str]] = []
    for rep in range(-len(asked), max(reps, 5 * len(asked))):
        name, statements = asked[rep % len(asked)]
        executions = [
            f"execute {prepared[sql]} ({', '.join(_literal(value) for value in args)})" for sql, args in statements
        ]
        took_ms = await _undisturbed_ms(connection, executions, accounts)
        if rep >= 0:
            found.append((took_ms, name))
    await connection.execute("; ".join(f"deallocate {name}" for name in prepared.values()))
    return Times(sorted(found))


async def _undisturbed_ms(connection: "asyncpg.Connection[Any]", executions: Sequence[str], accounts: Path) -> float:
    """Planning and execution of these, once the machine left their process alone.

    What it waited for a core is not taken off: a time of which it waited more than a tenth is thrown away, and the
    question asked again. After `TRIES` of these the least disturbed one counts, waiting and all.
    """
    best: tuple[float, float] | None = None
    for _ in range(TRIES):
        took_ms, waited_ns = 0.0, _waited_ns(accounts)
        for execution in executions:
            text = await connection.fetchval(f"explain (analyze, timing off, serialize text, format json) {execution}")
            plan = json.loads(text)[0]
            took_ms += plan["Planning Time"] + plan["Execution Time"]
        waited_ms = (_waited_ns(accounts) - waited_ns) / 1e6
        if best is None or waited_ms / took_ms < best[0]:
            best = (waited_ms / took_ms, took_ms)
        if best[0] < WAITED_MAX:
            break
    assert best is not None
    return best[1]


def _waited_ns(accounts: Path) -> int:
    return int(accounts.read_text().split()[1]) if accounts.exists() else 0


def _literal(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime | UUID | str):
        return "'" + str(value).replace("'", "''") + "'"
    raise TypeError(type(value))
