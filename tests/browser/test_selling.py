"""From a file on somebody's machine to a work on sale, with a real upload, a real worker and a real cover."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_pages import violations
from tests.factories.audio_files import sine, write_audio
from tests.factories.image_files import write_image
from tests.factories.platform import PASSWORD, Platform, Streamer, data_of

READY_MS = 60_000


def sign_in(page: Page, somebody: Streamer, path: str) -> None:
    page.goto(f"/login?next={path}")
    page.get_by_label("E-mail").fill(somebody.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.fixture
def track(tmp_path: Path) -> Path:
    path = tmp_path / "Harbour at night.wav"
    write_audio(path, sine(12))
    return path


def test_a_file_becomes_a_work_on_sale(page: Page, platform: Platform, track: Path, tmp_path: Path) -> None:
    with platform.streamer("seller_one") as seller:
        sign_in(page, seller, "/sell/products")
        page.get_by_role("link", name="Create a product").click()
        page.locator("input[type=file][multiple]").set_input_files(track)
        page.wait_for_url(lambda url: "/sell/products/0" in url)
        expect(page.get_by_label("Title", exact=True)).to_have_value("Harbour at night")
        expect(page.get_by_role("button", name="Rename Harbour at night")).to_be_visible()
        page.get_by_label("Price in EUR (€)").fill("4,50")
        page.locator("input[type=file][accept]").set_input_files(write_image(tmp_path / "cover.png"))
        expect(page.get_by_role("button", name="Replace cover")).to_be_visible()
        expect(page.locator("[data-file=ready]")).to_be_visible(timeout=READY_MS)
        assert violations(page) == []
        page.get_by_role("button", name="Save and publish").click()
        expect(page.get_by_role("link", name="View product")).to_be_visible()
        page.get_by_role("link", name="My products").click()
        expect(page.get_by_text("€4.50")).to_be_visible()
        expect(page.get_by_role("listitem").get_by_text("On sale", exact=True)).to_be_visible()
        (sold,) = data_of(seller.client.get("/sell/products"))["products"]
        assert (sold["price_cents"], sold["status"], sold["files_ready"]) == (450, "published", 1)
        assert sold["cover_url"] is not None


def test_what_the_server_refuses_is_said_and_what_is_there_stays(
    page: Page, platform: Platform, track: Path, tmp_path: Path
) -> None:
    with platform.streamer("seller_two") as seller:
        product = data_of(seller.client.post("/marketplace/products", json={"title": "Harbour"}))
        sign_in(page, seller, f"/sell/products/{product['id']}")
        chooser = page.locator("input[type=file][multiple]")
        fake = tmp_path / "setup.wav"
        fake.write_bytes(b"MZ" + bytes(20_000_000))
        chooser.set_input_files([track, fake])
        expect(page.get_by_text("The content of this file is something else.")).to_be_visible()
        expect(page.get_by_role("button", name="Rename Harbour at night")).to_be_visible()
        chooser.set_input_files(track)
        expect(page.get_by_text("This file is already here; nothing was added.")).to_be_visible()


def test_a_file_goes_on_while_its_person_moves_about(page: Page, platform: Platform, track: Path) -> None:
    with platform.streamer("seller_three") as seller:
        product = data_of(seller.client.post("/marketplace/products", json={"title": "Harbour"}))
        sign_in(page, seller, f"/sell/products/{product['id']}")
        slow = page.context.new_cdp_session(page)
        slow.send("Network.enable")
        limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
        slow.send("Network.emulateNetworkConditions", limits)
        page.locator("input[type=file][multiple]").set_input_files(track)
        expect(page.get_by_role("progressbar", name="Sending Harbour at night.wav")).to_be_visible()
        page.get_by_role("link", name="My products").click()
        expect(page.get_by_role("heading", level=1, name="My products")).to_be_visible()
        expect(page.get_by_text("1 file on its way")).to_be_visible()
        page.get_by_role("link", name="Edit Harbour").click()
        expect(page.get_by_role("progressbar", name="Sending Harbour at night.wav")).to_be_visible()
        expect(page.get_by_role("button", name="Rename Harbour at night")).to_be_visible(timeout=READY_MS)


def test_a_profile_with_a_picture(page: Page, platform: Platform, tmp_path: Path) -> None:
    with platform.streamer("seller_four") as seller:
        sign_in(page, seller, "/settings/profile")
        page.get_by_label("Name shown").fill("The Fourth")
        page.get_by_role("button", name="Add a link").click()
        page.get_by_role("textbox", name="Link 1").fill("fourth.example")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        page.locator("input[type=file]").set_input_files(write_image(tmp_path / "me.jpg"))
        expect(page.get_by_role("button", name="Replace")).to_be_visible()
        expect(page.get_by_role("button", name="Account of seller_four").locator("img")).to_be_visible()
        assert violations(page) == []
        profile = data_of(seller.client.get("/users/seller_four"))
        assert (profile["display_name"], profile["links"]) == ("The Fourth", ["https://fourth.example"])
        assert profile["avatar_url"] is not None
