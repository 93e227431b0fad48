"""Buying in a demo: only in the database of the platform, and never by starting one."""

import dataclasses
import os

from tests.factories.api import api_client, join
from tests.factories.shop import on_sale

from veza.context import Context
from veza.demo.purchases import open_purchases
from veza.kit.ids import new_id
from veza.settings import Settings


async def test_without_a_database_nobody_buys(settings: Settings) -> None:
    async with open_purchases(settings) as buy:
        assert buy is None
    assert not os.path.lexists(settings.data_dir)  # noqa: ASYNC240 - a look after the end


async def test_people_of_another_install_buy_nothing(settings: Settings, dsn: str) -> None:
    async with open_purchases(dataclasses.replace(settings, database_url=dsn)) as buy:
        assert buy is not None
        assert not await buy(str(new_id()), str(new_id()))


async def test_who_bought_may_review(settings: Settings, ctx: Context, dsn: str) -> None:
    async with api_client(ctx) as client:
        seller, buyer = await join(client, "ada"), await join(client, "bob")
        product = await on_sale(client, seller)
        async with open_purchases(dataclasses.replace(settings, database_url=dsn)) as buy:
            assert buy is not None
            assert await buy(str(buyer.id), product["id"])
        path, body = f"/marketplace/products/{product['id']}/reviews", {"rating": 5, "comment": "On repeat."}
        assert (await client.post(path, json=body, headers=buyer.headers)).status_code == 201
