"""Buying in a demo: as anybody does, and only where no money moves."""

import pytest
from tests.factories.demo import Answers, answering

from veza.bootstrap import CannotStart
from veza.demo.client import Person, open_http
from veza.demo.purchases import Purchases


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("sandbox", ""),
        ("live", "this install takes real payments"),
        ("disabled", "nothing can be paid for here"),
    ],
)
async def test_only_in_the_sandbox_anything_is_bought(mode: str, reason: str) -> None:
    answers = Answers((200, {"success": True, "data": {"payments": {"mode": mode}}}))
    async with answering(answers) as url, open_http(url) as http:
        assert await Purchases.reason_against(Person(http, "ada", "secret")) == reason


def order(checkout_url: str | None, status: str) -> tuple[int, object]:
    payment = None if checkout_url is None else {"checkout_url": checkout_url}
    return 200, {"success": True, "data": {"id": "o-1", "status": status, "payment": payment}}


PRODUCT = {
    "id": "p-1",
    "licenses": [
        {"id": "l-1", "exclusive": True, "price_cents": 1},
        {"id": "l-2", "exclusive": False, "price_cents": 900},
    ],
}


async def test_a_purchase_is_an_order_a_payment_and_the_providers_word() -> None:
    page = Answers((200, {}))
    async with answering(page) as checkout:
        answers = Answers(order(f"{checkout}/pay", "pending"), order(None, "pending"), order(None, "completed"))
        async with answering(answers) as url, open_http(url) as http:
            await Purchases(http).buy(Person(http, "ada", "secret"), PRODUCT)
    assert page.asked == ["POST /pay"]
    assert answers.asked == [
        "POST /api/v1/marketplace/orders",
        "GET /api/v1/marketplace/orders/o-1",
        "GET /api/v1/marketplace/orders/o-1",
    ]


async def test_a_sandbox_that_refuses_is_named() -> None:
    async with (
        answering(Answers((500, {}))) as checkout,
        answering(Answers(order(checkout, "pending"))) as url,
        open_http(url) as http,
    ):
        with pytest.raises(CannotStart, match="answered a checkout with 500"):
            await Purchases(http).buy(Person(http, "ada", "secret"), PRODUCT)
