"""The sandbox's pages in a browser: they lead back to the shop, fit a small screen, and axe finds nothing."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.factories.platform import Platform

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """async () => {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await axe.run({ runOnly });
  return violations.map((found) => found.id + ': ' + found.nodes.map((node) => node.target).join(' '));
}"""


def new_payment(platform: Platform, **fields: Any) -> dict[str, Any]:
    body = {
        "amount": 2999, "currency": "EUR", "payment_link": True, "description": "Order V-1",
        "return_url": f"{platform.base_url}/?from=shop", **fields,
    }  # fmt: skip
    with platform.sandbox() as sandbox:
        made: dict[str, Any] = sandbox.post("/payments", json=body).json()
        return made


def test_a_person_is_declined_asked_by_the_bank_and_comes_back(page: Page, platform: Platform) -> None:
    payment = new_payment(platform)
    page.goto(payment["payment_link"]["link"])
    page.get_by_role("button", name="Pay with a card that is declined").click()
    assert "declined" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Pay with a card that asks for 3-D Secure").click()
    page.get_by_role("button", name="Yes, it is me").click()
    page.wait_for_url(f"{platform.base_url}/?from=shop&payment_id={payment['payment_id']}&status=succeeded")
    page.goto(payment["payment_link"]["link"])
    assert page.get_by_role("heading", name="This payment is done.").is_visible()
    assert page.get_by_role("link", name="Back to the shop").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_small_screen_and_axe_finds_nothing(page: Page, platform: Platform, scheme: Any) -> None:
    payment = new_payment(platform, description="A description that is rather long " * 8 + "x" * 200)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 740})
    for address in (payment["payment_link"]["link"], platform.sandbox_url):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        page.evaluate(AXE.read_text())
        assert page.evaluate(FINDINGS) == [], address
