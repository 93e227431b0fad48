"""One's own account under settings: another password, a second step, mail, a copy of everything, the end."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.browser.test_pages import violations
from tests.browser.test_selling import sign_in
from tests.factories.platform import PASSWORD, Platform, Streamer

from veza.auth import totp

ANOTHER = "another passphrase for tests"


def go_to(page: Page, name: str) -> None:
    """From one settings page to another."""
    page.get_by_role("navigation", name="Settings").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def submit(page: Page, button: str, fields: dict[str, str]) -> None:
    """Fill in fields by their labels, and press a button."""
    for name, value in fields.items():
        page.get_by_label(name, exact=True).fill(value)
    page.get_by_role("button", name=button, exact=True).click()


def code_of(secret: str, steps: int) -> str:
    """What an authenticator app shows, now or some half minutes on."""
    return totp.code_at(secret, totp.step_at(datetime.now(UTC)) + steps)


def log_out(page: Page, somebody: Streamer) -> None:
    page.get_by_role("button", name=f"Account of {somebody.username}").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_a_new_password_and_a_second_step_are_what_signs_in(page: Page, platform: Platform) -> None:
    with platform.streamer("steps_twice") as somebody:
        sign_in(page, somebody, "/settings/password")
        submit(page, "Change the password", {"Current password": PASSWORD, "New password": ANOTHER})
        expect(page.get_by_text("Your new password is set. All other sessions have ended.")).to_be_visible()
        assert violations(page) == []
        assert somebody.client.get("/auth/me").status_code == 401

        go_to(page, "Two-step log-in")
        submit(page, "Begin", {"Password": ANOTHER})
        expect(page.get_by_role("img", name="QR code of the secret")).to_be_visible()
        assert violations(page) == []
        secret = page.get_by_role("code").first.inner_text().replace(" ", "")
        submit(page, "Turn it on", {"Code of your app": code_of(secret, 0)})
        expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
        recovery_codes = page.get_by_role("listitem").get_by_role("code").all_inner_texts()
        assert len(recovery_codes) == totp.RECOVERY_CODES
        assert violations(page) == []
        page.get_by_role("button", name="I have kept them").click()
        expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()

        log_out(page, somebody)
        page.goto("/login?next=/settings/two-step")
        submit(page, "Sign in", {"E-mail": somebody.email, "Password": ANOTHER})
        submit(page, "Go on", {"Code of your app": code_of(secret, 1)})
        expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()
        log_out(page, somebody)
        page.goto("/login?next=/settings/two-step")
        submit(page, "Sign in", {"E-mail": somebody.email, "Password": ANOTHER})
        page.get_by_role("button", name="No phone at hand? Use a recovery code").click()
        submit(page, "Go on", {"Recovery code": recovery_codes[0]})
        expect(page.get_by_text("9 recovery codes are left.")).to_be_visible()


def test_mail_is_chosen_a_copy_is_kept_and_the_account_ends(page: Page, platform: Platform, tmp_path: Path) -> None:
    with platform.streamer("leaves_us") as somebody:
        sign_in(page, somebody, "/settings/notifications")
        choice = page.get_by_role("checkbox", name="Somebody I follow goes live")
        choice.click()
        expect(page.get_by_role("main").get_by_text("Saved", exact=True)).to_be_visible()
        assert violations(page) == []
        page.reload()
        expect(choice).to_be_checked()

        go_to(page, "Your data")
        page.get_by_role("button", name="Ask for a copy").click()
        fetch = page.get_by_role("button", name="Download", exact=True)
        expect(fetch).to_be_visible()
        assert violations(page) == []
        with page.expect_download() as download:
            fetch.click()
        kept = tmp_path / "copy.zip"
        download.value.save_as(kept)
        with zipfile.ZipFile(kept) as copy:
            assert "account.json" in copy.namelist()
            assert somebody.email in copy.read("account.json").decode()

        confirm = f"Type \u201c{somebody.username}\u201d to confirm"
        submit(page, "Delete my account for good", {"Password": PASSWORD, confirm: "somebody else"})
        expect(page.get_by_text("Type your username, exactly as it stands above.")).to_be_visible()
        page.get_by_label(confirm).fill(somebody.username)
        page.get_by_role("button", name="Delete my account for good").click()
        expect(page.get_by_text("Your account is deleted.")).to_be_visible()
        page.goto("/login")
        submit(page, "Sign in", {"E-mail": somebody.email, "Password": PASSWORD})
        expect(page.get_by_role("alert")).to_contain_text("e-mail or the password")
