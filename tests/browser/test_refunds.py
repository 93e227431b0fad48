"""Money back between real browsers: one line of two sellers' order, its papers, and what the sellers see of it."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from tests.browser.conftest import NewPage
from tests.browser.test_buying import onboard, press, see_transfer, service
from tests.browser.test_pages import violations
from tests.browser.test_selling import sign_in
from tests.factories.paper import require_sound, squeezed, words_of
from tests.factories.platform import Platform, Streamer, data_of


def buy_all(page: Page, buyer: Streamer, *product_ids: str) -> dict[str, Any]:
    """One order for all of these, paid on the provider's page. `page` is then the order's."""
    items = [{"product_id": product_id, "quantity": 1} for product_id in product_ids]
    order: dict[str, Any] = data_of(buyer.client.post("/marketplace/orders", json={"items": items}))
    page.goto(order["payment"]["checkout_url"])
    press(page, "Pay")
    expect(page.get_by_text("Paid. Thank you")).to_be_visible()
    return order


def ask_back(page: Page, opener: str, reason: str, button: str, **amounts: str) -> None:
    """Choose lines by their titles (`_` for a space), each with an amount, say why, and ask."""
    press(page, opener)
    dialog = page.get_by_role("dialog", name=opener)
    for name, amount in amounts.items():
        title = name.replace("_", " ")
        dialog.get_by_role("checkbox", name=title).set_checked(True)
        dialog.get_by_label("Amount in EUR (€)").fill(amount)
    dialog.get_by_label("Why").select_option(reason)
    assert violations(page) == []
    require_fits_phone(page)
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_have_count(0)


def require_fits_phone(page: Page) -> None:
    """Nothing has to be scrolled sideways where a screen is narrow."""
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": 360, "height": 740})
    overflow = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size(size)
    assert overflow <= 0


def fetched(page: Page, button: str, file_name: str) -> bytes:
    """The paper that a button saves."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    assert download.value.suggested_filename == file_name
    return Path(download.value.path()).read_bytes()


def require_paper(page: Page, kind: str, number: str, amount: str, *titles: str) -> None:
    """The page offers a paper; it is sound, carries this number, these lines and their sum."""
    paper = fetched(page, f"Download {kind} {number}", f"{kind.replace(' ', '-')}-{number}.pdf")
    require_sound(paper)
    words = squeezed(words_of(paper))
    for expected in (number, amount, *titles):
        assert squeezed(expected) in words, expected


def invoice_number(buyer: Streamer, order: dict[str, Any]) -> str:
    number: str = data_of(buyer.client.get(f"/marketplace/orders/{order['id']}"))["invoice_number"]
    return number


def see_balance(page: Page, available: str) -> None:
    page.goto("/sell/money")
    balance = page.get_by_role("region", name="Balance")
    expect(balance.get_by_text("Available")).to_be_visible()
    expect(balance.get_by_role("definition").first).to_have_text(available)


def test_one_line_of_two_sellers_goes_back_with_its_papers(page: Page, platform: Platform, new_page: NewPage) -> None:
    with (
        platform.streamer("keeps_the_song") as singer,
        platform.streamer("gives_mix_back") as mixer,
        platform.streamer("wants_mix_back") as buyer,
    ):
        singers, mixers = new_page(), new_page()
        sign_in(mixers, mixer, "/sell/money")
        onboard(mixers)
        sign_in(page, buyer, "/shop")
        lesson, mix = service(singer, "A lesson", 1000), service(mixer, "A mix in an hour", 4000)
        order = buy_all(page, buyer, lesson, mix)
        require_paper(page, "invoice", invoice_number(buyer, order), "50.00", "A lesson", "A mix in an hour")
        see_transfer(mixers, "€36.00")
        see_balance(mixers, "€36.00")

        ask_back(page, "Ask for a refund", "Bought by mistake", "Ask for €40.00 back", A_mix_in_an_hour="40")
        expect(page.get_by_role("status").get_by_text("€40.00 of it went back")).to_be_visible()
        expect(page.get_by_text("Refund of €40.00 asked for")).to_be_visible()
        expect(page.get_by_text("€40.00 refunded")).to_be_visible()
        assert violations(page) == []
        require_fits_phone(page)
        (refund,) = data_of(buyer.client.get(f"/marketplace/orders/{order['id']}"))["refunds"]
        require_paper(page, "credit note", refund["credit_note_number"], "40.00", "A mix in an hour")

        mixers.goto("/sell/transfers")
        row = mixers.get_by_role("row").filter(has_text=order["number"])
        expect(row.get_by_text("Taken back", exact=True)).to_be_visible()
        expect(row.get_by_text("-€36.00 taken back")).to_be_visible()
        assert violations(mixers) == []
        require_fits_phone(mixers)
        see_balance(mixers, "€0.00")
        expect(mixers.get_by_text("to come back from you")).to_have_count(0)

        # The other seller gives back a part of what was theirs, from their list of sales.
        sign_in(singers, singer, "/sell/sales")
        singers.get_by_role("button", name=f"Lines: {order['number']}").click()
        ask_back(singers, "Give money back", "Goodwill", "Give €2.50 back", A_lesson="2.50")
        expect(singers.get_by_text("€2.50 are on their way back.")).to_be_visible()
        singers.get_by_role("link", name=order["number"]).click()
        expect(singers.locator("[data-refund=succeeded]")).to_contain_text("You gave it back")
        expect(singers.get_by_role("button", name="Download")).to_have_count(0)
        page.reload()
        expect(page.get_by_role("status").get_by_text("€42.50 of it went back")).to_be_visible()
        expect(page.locator("[data-refund=succeeded]")).to_have_count(2)
