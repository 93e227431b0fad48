"""A real Chromium against a real platform. Both live for all tests of a process; each test has people of its own."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.factories.platform import Platform, running_platform

BROWSER_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
WAIT_MS = 20_000
NewPage = Callable[[], Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser, and one worker runs it all: two Chromiums on two cores starve each other."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("machine"))


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    # One try: what fails to be sent waits for an admin, not for a moment that chance picks.
    settings = {"LIVE_GRACE_S": "12", "LIVE_ENDLIST_S": "20", "TRANSFER_TRIES": "1", "RECORDINGS_FREE_SHARE": "0"}
    with running_platform(tmp_path_factory.mktemp("platform"), **settings) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        expect.set_options(timeout=WAIT_MS)
        launched = playwright.chromium.launch(executable_path=found, args=BROWSER_FLAGS)
        yield launched
        launched.close()


class Errors(list[str]):
    """What a page complained about: uncaught exceptions, console errors, requests to other hosts."""


@pytest.fixture
def errors() -> Errors:
    return Errors()


@pytest.fixture
def context(browser: Browser, platform: Platform, errors: Errors) -> Iterator[BrowserContext]:
    """A fresh visitor. At the end: no uncaught exception, no policy violation, no foreign host."""
    visitor = new_visitor(browser, platform, errors)
    yield visitor
    visitor.close()
    assert errors == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def new_page(browser: Browser, platform: Platform, errors: Errors) -> Iterator[NewPage]:
    """Opens a page in a browser profile of its own, for one more person. Each is watched like the first."""
    visitors: list[BrowserContext] = []

    def opened() -> Page:
        visitors.append(new_visitor(browser, platform, errors))
        return visitors[-1].new_page()

    yield opened
    for visitor in visitors:
        visitor.close()


def new_visitor(browser: Browser, platform: Platform, errors: Errors) -> BrowserContext:
    """A browser profile of its own, watched for anything that should not happen."""
    visitor = browser.new_context(
        base_url=platform.base_url,
        viewport={"width": 1280, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
    )
    visitor.set_default_timeout(WAIT_MS)
    video = f"http://localhost:{platform.hls_addr.rpartition(':')[2]}"
    own = (platform.base_url, video, platform.sandbox_url, "data:", "blob:")
    visitor.on("weberror", lambda found: errors.append(str(found.error)))
    visitor.on("request", lambda request: None if request.url.startswith(own) else errors.append(request.url))
    visitor.on(
        "console",
        lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None,
    )
    return visitor


def wait_until(page: Page, condition: str, timeout_ms: int = WAIT_MS) -> None:
    """Wait inside the page until a JavaScript expression is true.

    Playwright's own wait evaluates strings in the page, which our content security policy rightly forbids.
    """
    page.evaluate(
        f"""async () => {{
          const until = performance.now() + {timeout_ms};
          while (!({condition})) {{
            if (performance.now() > until) throw new Error({json.dumps(condition)} + " did not become true");
            await new Promise((resolve) => setTimeout(resolve, 50));
          }}
        }}"""
    )
