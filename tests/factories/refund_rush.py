"""A rush on one order: buyer, sellers and admins ask for the same money at once, round by round, until none is left."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.factories.api import Person, join
from tests.factories.market import Market
from tests.factories.refunds import an_admin, ask, require_right


@dataclass(frozen=True)
class Crowd:
    """Those who may speak for an order of two sellers, and what it is made of."""

    buyer: Person
    sellers: tuple[Person, Person]
    admin: Person
    services: tuple[str, str]


async def a_crowd(market: Market) -> Crowd:
    """Two sellers with a service each, a buyer and an admin."""
    ada, cleo = await market.seller("ada"), await market.seller("cleo")
    services = ((await market.service(ada, 2_999))["id"], (await market.service(cleo, 1_005))["id"])
    return Crowd(await join(market.client, "bob"), (ada, cleo), await an_admin(market), services)


async def rush(market: Market, crowd: Crowd, chance: random.Random, *, at_once: int = 50) -> Counter[int]:
    """One order, asked for back in rounds of `at_once`, in whole and in parts. Answers the statuses of all rounds."""
    mine, theirs = crowd.services
    order = await market.buy(crowd.buyer, mine, {"product_id": theirs, "quantity": 3})
    codes: Counter[int] = Counter()
    while (await market.seen(crowd.buyer, order["id"]))["status"] != "refunded":
        wishes = [wish(market, crowd, order, chance) for _ in range(at_once)]
        answers = await asyncio.gather(*wishes)
        got = Counter(answer.status_code for answer in answers)
        assert got[200] <= 1, got
        assert set(got) <= {200, 409}, got
        codes += got
        await market.deliver()
    seen = await market.seen(crowd.buyer, order["id"])
    back = sum(refund["amount_cents"] for refund in seen["refunds"] if refund["status"] == "succeeded")
    assert back == seen["refunded_cents"] == seen["total_cents"]
    revoked = "select count(*) from entitlements where order_id = $1 and revoked_at is not null"
    assert await market.value(revoked, order["id"]) == 2
    await require_right(market)
    return codes


async def wish(market: Market, crowd: Crowd, order: Any, chance: random.Random) -> Any:
    """Somebody wants something of it back."""
    person = chance.choice([crowd.buyer, *crowd.sellers, crowd.admin])
    place = crowd.sellers.index(person) if person in crowd.sellers else chance.randrange(2)
    parts = [] if chance.random() < 0.3 else [(place, chance.randint(1, 3_100))]
    return await ask(market, person, order, *parts)
