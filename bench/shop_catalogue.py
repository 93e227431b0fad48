"""N believable products in a migrated database, fast: for the benches of the shop. A million takes two minutes.

Words, tags and sellers are as uneven as people's are (Zipf), prices and types too; a third was never rated, a tenth
has licences. They lie in the order in which they were published, as they do where a shop grew. What the product derives
(`search`, `title_key`) is made here in bulk, and the first rows are compared with what the product would make. Rows are
copied in with indexes and triggers off, which are back afterwards.
"""

import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import asyncpg
import numpy as np

from veza.kit.text import fold
from veza.products.domain import vector_of
from veza.products.list_queries import SHELF_SIZE

SEED = 20_260_101
WORDS = 6_000
TAGS = 400
BATCH = 20_000
CHECKED = 200
_BEGAN = datetime(2021, 1, 1, tzinfo=UTC)
_SPAN_S = 5 * 365 * 86_400
TYPES = ("track", "beat", "sample_pack", "album", "preset", "service")
_HEAD = 6
"""The first of a list is not twice as frequent as the second: the most common word is in a quarter of all products."""
_TYPE_SHARES = (0.46, 0.30, 0.12, 0.08, 0.035, 0.005)
_PRICES = (0, 99, 199, 299, 499, 999, 1499, 1999, 2499, 2999, 4999, 9999, 19_999, 49_999)
_PRICE_SHARES = (0.06, 0.14, 0.1, 0.1, 0.16, 0.14, 0.06, 0.07, 0.03, 0.07, 0.04, 0.02, 0.008, 0.002)
_COMMON_TEXT = (
    "night deep house dark love beat vocal loop summer dub techno soul drum bass ambient lofi trap drill jazz "
    "funk piano guitar acid minimal garage late warm analog tape vinyl break club city dream blue red rain sun "
    "moon fire"
)
_COMMON = _COMMON_TEXT.split()
_SYLLABLES_TEXT = (
    "ba be bi bo da de di do fa fe ga go ha he ja ka ke ki ko la le li lo ma me mi mo na ne ni no pa pe ra re ri "
    "ro sa se si so ta te ti to va ve vi vo za ze zo an en in on ar er or al el il ol ast est ist"
)
_SYLLABLES = _SYLLABLES_TEXT.split()
_COLUMNS_TEXT = (
    "id seller_id seller_username type status title description tags price_cents license_count cover_id "
    "cover_small_id preview_id duration_ms search title_key shelf rating_counts created_at updated_at "
    "published_at"
)
_COLUMNS = _COLUMNS_TEXT.split()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is in it. `words` and `tags`: the most frequent first; `sellers`: the one with most products first."""

    count: int
    words: Sequence[str]
    tags: Sequence[str]
    sellers: Sequence[tuple[uuid.UUID, str]]


def catalogue_of(count: int) -> Catalogue:
    """What `fill` puts in for so many products: always the same."""
    words = _words()
    tags = [words[place] if place % 3 else f"{words[place]} {words[place + 40]}" for place in range(TAGS)]
    sellers = [(uuid.UUID(int=place + 1), f"{words[place % 900]}{place}") for place in range(max(40, count // 60))]
    return Catalogue(count, words, tags, sellers)


async def fill(connection: "asyncpg.Connection[asyncpg.Record]", count: int) -> Catalogue:
    """Put so many published products into a database that has none. The connection must be a superuser's."""
    catalogue = catalogue_of(count)
    await connection.execute("set session_replication_role = replica; set maintenance_work_mem = '512MB'")
    await connection.executemany(
        """
        insert into users (id, username, email, email_key, password_hash, created_at, updated_at)
        values ($1, $2, $2 || '@example.com', $2 || '@example.com', 'none', now(), now())
        """,
        catalogue.sellers,
    )
    indexes = await connection.fetch(
        """
        select indexname, indexdef from pg_indexes i
        where tablename = 'products' and not exists (select from pg_constraint c where c.conname = i.indexname)
        """
    )
    for index in indexes:
        await connection.execute(f"drop index {index['indexname']}")
    await connection.copy_to_table("products", source=_lines(catalogue), columns=_COLUMNS, format="text")
    for index in indexes:
        await connection.execute(index["indexdef"])
    await connection.execute(
        """
        insert into product_licenses (id, product_id, position, name, price_cents, exclusive, terms)
        select gen_random_uuid(), p.id, tier.position, tier.name, p.price_cents * tier.factor, tier.position = 2,
               'Up to ' || tier.factor || '0,000 streams. Credit the producer.'
        from products p, (values (0, 'Lease', 1), (1, 'Premium', 3), (2, 'Exclusive', 15)) tier (position, name, factor)
        where p.license_count = 3
        """
    )
    await connection.execute("update product_totals set published = $1, shelved = $1", count)
    await connection.execute("reset session_replication_role")
    await connection.execute("vacuum analyze")
    return catalogue


def _words() -> list[str]:
    """Words by how often they are used. Many begin alike, as words do."""
    chance = np.random.default_rng(SEED)
    found = dict.fromkeys(_COMMON)
    while len(found) < WORDS:
        found["".join(_SYLLABLES[place] for place in chance.integers(len(_SYLLABLES), size=chance.integers(2, 5)))] = (
            None
        )
    return list(found)


class _Dice(NamedTuple):
    """What chance decided of one product."""

    words: list[int]
    tags: list[int]
    seller: list[int]
    kind: int
    price: int
    free: list[int]
    moment_ms: int


class _Drawn:
    """Random places of a list, the first ones most often."""

    def __init__(self, chance: np.random.Generator, count: int, power: float) -> None:
        weights = 1.0 / np.arange(_HEAD, count + _HEAD) ** power
        self._chance = chance
        self._sums = np.cumsum(weights / weights.sum())

    def draw(self, rows: int, columns: int) -> list[list[int]]:
        found = np.searchsorted(self._sums, self._chance.random((rows, columns)))
        drawn: list[list[int]] = np.minimum(found, len(self._sums) - 1).tolist()
        return drawn


async def _lines(catalogue: Catalogue) -> AsyncIterator[bytes]:
    """All rows in COPY's text form, in batches."""
    chance = np.random.default_rng(SEED + 1)
    words, tags = _Drawn(chance, len(catalogue.words), 0.95), _Drawn(chance, len(catalogue.tags), 1.0)
    sellers = _Drawn(chance, len(catalogue.sellers), 0.55)
    step_ms = _SPAN_S * 1000 // catalogue.count
    for start in range(0, catalogue.count, BATCH):
        rows = min(BATCH, catalogue.count - start)
        drawn = zip(
            words.draw(rows, 28),
            tags.draw(rows, 3),
            sellers.draw(rows, 1),
            chance.choice(len(TYPES), rows, p=_TYPE_SHARES).tolist(),
            chance.choice(len(_PRICES), rows, p=_PRICE_SHARES).tolist(),
            chance.integers(0, 1000, (rows, 4)).tolist(),
            range(start * step_ms, (start + rows) * step_ms, step_ms),
            strict=True,
        )
        lines = [_line(catalogue, start + place, _Dice(*parts)) for place, parts in enumerate(drawn)]
        yield "".join(lines).encode()


def _line(catalogue: Catalogue, number: int, dice: _Dice) -> str:
    name = catalogue.words
    title = " ".join([name[place] for place in dice.words[: 2 + dice.free[0] % 3]])
    description = " ".join([name[place] for place in dice.words[4 : 10 + dice.free[1] % 19]])
    seller_id, username = catalogue.sellers[dice.seller[0]]
    own_tags = [catalogue.tags[place] for place in dict.fromkeys(dice.tags[: 1 + dice.free[2] % 3])]
    search = _vector(title, username, own_tags, description)
    if number < CHECKED:
        texts = [("A", [title]), ("B", [username, *own_tags]), ("C", []), ("D", [description])]
        assert search == vector_of(texts, own_tags), "the catalogue's search vectors are not the product's"
        assert title == fold(title)
    licensed = TYPES[dice.kind] == "beat" and dice.free[3] < 330
    price_cents = max(_PRICES[dice.price], 99) if licensed else _PRICES[dice.price]
    rated = dice.free[1] % 3 and [
        dice.free[0] % 3,
        dice.free[1] % 4,
        dice.free[2] % 7,
        dice.free[3] % 19,
        dice.free[0] % 31,
    ]
    published = (_BEGAN + timedelta(milliseconds=dice.moment_ms)).isoformat()
    cover = str(uuid.UUID(int=2 * number + 10**9)) if dice.free[2] < 700 else "\\N"
    small = str(uuid.UUID(int=2 * number + 1 + 10**9)) if dice.free[2] < 700 else "\\N"
    columns = (
        str(uuid.UUID(int=(dice.moment_ms << 80) + number)), str(seller_id), username, TYPES[dice.kind], "published",
        title.capitalize(), description.capitalize(), "{" + ",".join([f'"{tag}"' for tag in own_tags]) + "}",
        str(price_cents), "3" if licensed else "0", cover, small, cover, str(60_000 + 300 * dice.free[0]),
        search, title, str(number // SHELF_SIZE), "{" + ",".join(map(str, rated)) + "}" if rated else "{0,0,0,0,0}",
        published, published, published,
    )  # fmt: skip
    return "\t".join(columns) + "\n"


def _vector(title: str, username: str, tags: list[str], description: str) -> str:
    """What `vector_of` makes of words that are folded already."""
    seen: dict[str, str] = {}
    for weight, text in (("A", title), ("B", f"{username} {' '.join(tags)}"), ("", description)):
        for word in text.split():
            seen.setdefault(word, weight)
    return " ".join([*[f"'{word}':1{weight}" for word, weight in seen.items()], *[f"'#{tag}'" for tag in tags]])
