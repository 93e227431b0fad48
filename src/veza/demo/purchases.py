"""Listeners buy what they review, as anybody does: an order, the sandbox's checkout page, the provider's word.

Where payments are real or closed nobody buys anything: a demo moves no money.
"""

import asyncio
from typing import Any

import httpx

from veza.bootstrap import CannotStart
from veza.demo.client import Person

_ASK_EVERY_S = 0.2
_ASKS = 600


class Purchases:
    """Buying at one platform."""

    def __init__(self, pages: httpx.AsyncClient) -> None:
        self._pages = pages

    @staticmethod
    async def reason_against(person: Person) -> str:
        """Why nothing can be bought for a demo; empty when it can."""
        mode = (await person.get("/config"))["payments"]["mode"]
        return {"sandbox": "", "live": "this install takes real payments"}.get(mode, "nothing can be paid for here")

    async def buy(self, person: Person, product: Any) -> None:
        """Order a product with its cheapest licence, pay, and wait until it is theirs. Raises `CannotStart`."""
        item = {"product_id": product["id"], "quantity": 1}
        offered = [found for found in product["licenses"] if not found["exclusive"]]
        if offered:
            item["license_id"] = min(offered, key=lambda found: found["price_cents"])["id"]
        order = await person.post("/marketplace/orders", {"items": [item], "payment_method": "card"})
        if order["payment"] is not None:
            await self._pay(order["payment"]["checkout_url"])
        path = f"/marketplace/orders/{order['id']}"
        for _ in range(_ASKS):
            if (await person.get(path))["status"] == "completed":
                return
            await asyncio.sleep(_ASK_EVERY_S)
        raise CannotStart("A payment in the sandbox is not settled: does the worker run?")

    async def _pay(self, checkout_url: str) -> None:
        try:
            answer = await self._pages.post(checkout_url, data={"outcome": "succeed"})
        except httpx.TransportError:
            raise CannotStart("The payment sandbox does not answer. Run `veza demo` again to go on.") from None
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise CannotStart(f"The payment sandbox answered a checkout with {answer.status_code}.")
