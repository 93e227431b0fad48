"""The shop window with a real server: found, listened to while pages change, followed to its seller, taken down."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Errors, new_visitor, wait_until
from tests.browser.test_pages import violations
from tests.browser.test_selling import READY_MS, sign_in
from tests.factories.audio_files import sine, write_audio
from tests.factories.image_files import write_image
from tests.factories.platform import Platform, Streamer, data_of

PLAYS = "document.querySelector('audio').currentTime > 0.3 && !document.querySelector('audio').paused"


@pytest.fixture
def track(tmp_path: Path) -> Path:
    path = tmp_path / "Lamps below deck.wav"
    write_audio(path, sine(40))
    return path


def put_on_sale(page: Page, seller: Streamer, track: Path, **fields: Any) -> str:
    """A product with one track, published once the worker has looked into it; `page` is its seller's."""
    product_id: str = data_of(seller.client.post("/marketplace/products", json=fields))["id"]
    path = f"/marketplace/products/{product_id}"
    data_of(
        seller.client.post(
            f"{path}/files",
            params={"filename": track.name},
            content=track.read_bytes(),
            headers={"Content-Type": "application/octet-stream"},
        )
    )
    sign_in(page, seller, f"/sell/products/{product_id}")
    expect(page.locator("[data-file=ready]")).to_be_visible(timeout=READY_MS)
    data_of(seller.client.post(f"{path}/publish"))
    return product_id


def test_a_visitor_finds_listens_and_walks_on(
    page: Page, browser: Browser, platform: Platform, errors: Errors, track: Path
) -> None:
    with platform.streamer("window_one") as seller:
        product_id = put_on_sale(
            page,
            seller,
            track,
            title="Lamps below deck",
            price_cents=450,
            tags=["tape"],
            description="Two takes.\nOne night.",
        )
        cover = write_image(track.parent / "cover.png").read_bytes()
        data_of(
            seller.client.put(
                f"/marketplace/products/{product_id}/cover",
                content=cover,
                headers={"Content-Type": "application/octet-stream"},
            )
        )
        visitor = new_visitor(browser, platform, errors)
        guest = visitor.new_page()
        guest.goto("/shop")
        expect(guest.get_by_role("article").first).to_be_visible()
        box = guest.get_by_role("searchbox", name="Search the shop")
        guest.keyboard.press("/")
        expect(box).to_be_focused()
        guest.keyboard.type("lamps")
        expect(box).to_have_value("lamps")
        guest.keyboard.press("Enter")
        guest.wait_for_url(lambda url: "search=lamps" in url)
        expect(guest.get_by_role("article")).to_have_count(1)
        expect(guest.get_by_role("article").get_by_text("€4.50")).to_be_visible()
        assert violations(guest) == []
        guest.get_by_role("button", name="Play Lamps below deck").click()
        wait_until(guest, PLAYS)
        bar = guest.get_by_role("complementary", name="Player")
        expect(bar.get_by_text("20 s preview")).to_be_visible()
        bar.get_by_role("link", name="Lamps below deck").click()
        expect(guest.get_by_role("heading", level=1, name="Lamps below deck")).to_be_visible()
        expect(guest).to_have_title("Lamps below deck – window_one · Veza")
        # The file's own preview is what already plays: its button pauses it, and its waveform moves it.
        expect(guest.get_by_role("button", name="Pause Lamps below deck", exact=True)).to_be_visible()
        slider = guest.get_by_role("slider", name="Position in the preview of Lamps below deck")
        slider.focus()
        guest.keyboard.press("End")
        guest.keyboard.press("PageDown")
        wait_until(guest, "document.querySelector('audio').currentTime >= 16")
        assert violations(guest) == []
        guest.get_by_role("link", name="by window_one").click()
        expect(guest.get_by_role("heading", level=2, name="Products")).to_be_visible()
        expect(guest.get_by_role("article").get_by_role("link", name="Lamps below deck")).to_be_visible()
        bar.get_by_role("button", name="Close the player").click()
        expect(bar).to_have_count(0)
        guest.get_by_role("link", name="Home", exact=True).click()
        expect(guest.get_by_role("region", name="New in the shop").get_by_role("article").first).to_be_visible()
        visitor.close()
        assert errors == []


def test_only_the_seller_edits_and_nothing_is_there_once_it_is_off_sale(
    page: Page, browser: Browser, platform: Platform, errors: Errors, track: Path
) -> None:
    with platform.streamer("window_two") as seller, platform.streamer("window_three") as other:
        product_id = put_on_sale(page, seller, track, title="Salt", price_cents=100)
        page.goto(f"/products/{product_id}")
        expect(page.get_by_role("link", name="Edit").first).to_be_visible()
        visitor = new_visitor(browser, platform, errors)
        guest = visitor.new_page()
        sign_in(guest, other, f"/products/{product_id}")
        expect(guest.get_by_role("button", name="Buy", exact=True)).to_be_visible()
        expect(guest.get_by_text("No reviews yet.")).to_be_visible()
        expect(guest.get_by_label("Your words")).to_have_count(0)
        data_of(seller.client.delete(f"/marketplace/products/{product_id}"))
        guest.reload()
        expect(guest.get_by_text("There is no such product here")).to_be_visible()
        page.reload()
        expect(page.get_by_text("This product is off sale.")).to_be_visible()
        guest.goto("/library")
        expect(guest.get_by_text("You own nothing yet")).to_be_visible()
        visitor.close()
        assert errors == []
