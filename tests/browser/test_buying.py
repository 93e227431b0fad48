"""Money between real browsers: two sellers in a cart, a declined card, payouts, a transfer that an admin repeats."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.browser.conftest import NewPage
from tests.browser.test_pages import violations
from tests.browser.test_selling import sign_in
from tests.browser.test_shop import put_on_sale
from tests.factories.audio_files import sine, write_audio
from tests.factories.platform import Platform, Streamer, data_of


def service(seller: Streamer, title: str, price_cents: int) -> str:
    """Something on sale that needs no file."""
    fields = {"title": title, "type": "service", "price_cents": price_cents}
    product_id: str = data_of(seller.client.post("/marketplace/products", json=fields))["id"]
    data_of(seller.client.post(f"/marketplace/products/{product_id}/publish"))
    return product_id


def put_into_cart(page: Page, product_id: str) -> None:
    page.goto(f"/products/{product_id}")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("link", name="In your cart")).to_be_visible()


def check_out(page: Page, amount: str) -> None:
    """From the cart to the provider's page."""
    page.goto("/cart")
    pay = page.get_by_role("button", name=f"Pay {amount}")
    expect(pay).to_be_visible()
    for box in page.get_by_role("checkbox").all():
        box.check()
    pay.click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def buy(page: Page, product_id: str, amount: str) -> str:
    """Pay for one product. Answers the order's number."""
    put_into_cart(page, product_id)
    check_out(page, amount)
    press(page, "Pay")
    expect(page.get_by_text("Paid. Thank you")).to_be_visible()
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Order ")


def onboard(page: Page) -> None:
    """Through the provider's questions and back, from the seller's page of money."""
    press(page, "Get paid")
    expect(page.get_by_role("heading", name="Get paid")).to_be_visible()
    press(page, "Give everything that is asked")
    expect(page.get_by_text("You are connected. What was waiting is sent to you now.")).to_be_visible()


def see_transfer(page: Page, amount: str) -> None:
    """The seller's page of transfers says, by and by, that this was sent."""
    page.get_by_role("navigation", name="Selling").get_by_role("link", name="Transfers").click()
    expect(page.get_by_role("heading", level=1, name="Transfers")).to_be_visible()
    row = page.get_by_role("row").filter(has_text=amount)
    expect(row.get_by_text("Sent", exact=True)).to_be_visible()


@contextmanager
def empty_till(platform: Platform) -> Iterator[None]:
    """While it lasts, the provider has no money to send to anybody."""

    def switch(rate: float) -> None:
        with platform.sandbox() as sandbox:
            sandbox.put("/sandbox/faults", json={"stripe": {"balance_insufficient": rate}}).raise_for_status()

    switch(1.0)
    try:
        yield
    finally:
        switch(0.0)


def test_one_cart_of_two_sellers_is_paid_once_and_each_is_sent_their_share(
    page: Page, platform: Platform, new_page: NewPage, tmp_path: Path
) -> None:
    with (
        platform.streamer("paid_for_song") as singer,
        platform.streamer("paid_for_mix") as mixer,
        platform.streamer("pays_for_two") as buyer,
    ):
        singers, mixers = new_page(), new_page()
        song = write_audio(tmp_path / "Quay of glass.wav", sine(8))
        product_id = put_on_sale(singers, singer, song, title="Quay of glass", price_cents=1000)
        mix = service(mixer, "A mix in a day", 4000)
        sign_in(page, buyer, "/shop")
        put_into_cart(page, product_id)
        put_into_cart(page, mix)
        page.get_by_role("link", name="In your cart").click()
        expect(page.get_by_role("region", name="paid_for_song")).to_be_visible()
        expect(page.get_by_role("region", name="paid_for_mix")).to_be_visible()
        assert violations(page) == []
        check_out(page, "€50.00")
        press(page, "Pay with a card that asks for 3-D Secure")
        press(page, "Yes, it is me")
        expect(page.get_by_text("Paid. Thank you")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("link", name="Go to your library").click()
        expect(page.get_by_role("heading", name="Quay of glass")).to_be_visible()
        expect(page.get_by_role("heading", name="A mix in a day")).to_be_visible()
        sign_in(mixers, mixer, "/sell/money")
        singers.goto("/sell/money")
        for sellers, share in ((singers, "€9.00"), (mixers, "€36.00")):
            balance = sellers.get_by_role("region", name="Balance")
            expect(balance.get_by_text(share)).to_be_visible()
            expect(balance.get_by_text("Earned, and waiting here until you have a payout account.")).to_be_visible()
            onboard(sellers)
            assert violations(sellers) == []
            see_transfer(sellers, share)
            sellers.goto("/sell/money")
            expect(balance.get_by_text(share)).to_be_visible()
            expect(balance.get_by_text("€0.00")).to_be_visible()


def test_a_card_that_is_declined_leaves_an_order_that_can_be_paid(page: Page, platform: Platform) -> None:
    with platform.streamer("sells_to_declined") as seller, platform.streamer("is_declined") as buyer:
        lesson = service(seller, "A lesson in patience", 1500)
        sign_in(page, buyer, "/shop")
        put_into_cart(page, lesson)
        check_out(page, "€15.00")
        press(page, "Pay with a card that is declined")
        expect(page.get_by_role("alert")).to_contain_text("The card was declined.")
        press(page, "Go back without paying")
        expect(page.get_by_role("status").get_by_text("The payment failed")).to_be_visible()
        assert violations(page) == []
        press(page, "Pay €15.00 again")
        press(page, "Pay again")
        expect(page.get_by_text("Paid. Thank you")).to_be_visible()
        page.get_by_role("link", name="Cart").first.click()
        expect(page.get_by_text("Your cart is empty")).to_be_visible()
        (order,) = data_of(buyer.client.get("/marketplace/orders"))["orders"]
        assert (order["status"], order["total_cents"]) == ("completed", 1500)


def test_an_admin_sends_again_what_failed(page: Page, platform: Platform, new_page: NewPage) -> None:
    with (
        platform.streamer("waits_for_money") as seller,
        platform.streamer("pays_one_seller") as buyer,
        platform.admin("keeps_the_till") as admin,
    ):
        sellers, admins = new_page(), new_page()
        sign_in(sellers, seller, "/sell/money")
        onboard(sellers)
        sign_in(page, buyer, "/shop")
        with empty_till(platform):
            number = buy(page, service(seller, "An hour of drums", 2000), "€20.00")
            sign_in(admins, admin, "/admin/transfers")
            row = admins.get_by_role("row").filter(has_text=number)
            retry = row.get_by_role("button", name=f"Retry {number}")
            expect(retry).to_be_visible()
            expect(row.get_by_text("€18.00")).to_be_visible()
            assert violations(admins) == []
        retry.click()
        press(admins, "Send €18.00")
        expect(admins.get_by_text(f"{number}: sent.")).to_be_visible()
        expect(row.get_by_text("Sent", exact=True)).to_be_visible()
        expect(retry).to_be_disabled()
