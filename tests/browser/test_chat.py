"""Two people and a program in one room, in real browsers: they talk, one process dies, and the host keeps order."""

import asyncio
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.conftest import WAIT_MS, Errors, new_visitor
from tests.factories.chat_bot import Bot
from tests.factories.platform import PASSWORD, Platform, Streamer, encoder


def sign_in(page: Page, person: Streamer) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def chat_of(page: Page) -> Locator:
    return page.locator("[data-chat]")


def is_open(page: Page) -> None:
    expect(chat_of(page)).to_have_attribute("data-state", "open", timeout=WAIT_MS)


def say(page: Page, text: str) -> None:
    field = chat_of(page).get_by_label("Message", exact=True)
    field.fill(text)
    field.press("Enter")


def row(page: Page, text: str) -> Locator:
    return chat_of(page).locator("[data-message-id]", has_text=text)


def rows(page: Page) -> list[str]:
    """All lines that a page shows, by seq."""
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('[data-chat] [data-seq]')].map((row) => row.dataset.seq)"
    )
    return found


@contextmanager
def talking(bot: Bot) -> Iterator["BotThread"]:
    """The bot runs in a thread of its own while the block runs."""
    thread = BotThread(bot)
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()


class BotThread(threading.Thread):
    """Drives a bot beside Playwright, which needs this thread for itself."""

    def __init__(self, bot: Bot) -> None:
        super().__init__(daemon=True)
        self.bot = bot
        self._loop = asyncio.new_event_loop()
        self._running: asyncio.Task[None] | None = None

    def run(self) -> None:
        self._running = self._loop.create_task(self.bot.run())
        try:
            self._loop.run_until_complete(self._running)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    def say(self, *lines: str) -> None:
        """Say these, and wait until all are acknowledged."""

        async def work() -> None:
            for line in lines:
                await self.bot.say(line)
            await self.bot.until(lambda: not self.bot.waiting)

        asyncio.run_coroutine_threadsafe(work(), self._loop).result(WAIT_MS / 1000)

    def stop(self) -> None:
        assert self._running is not None
        self._loop.call_soon_threadsafe(self._running.cancel)
        self.join(10)


@pytest.mark.timeout(240)
def test_two_people_and_a_program(browser: Browser, page: Page, platform: Platform, errors: Errors) -> None:
    with (
        platform.streamer("chathost") as host,
        platform.streamer("chatada") as ada,
        platform.streamer("chatbot") as program,
    ):
        room = host.new_stream("A talk").stream_id
        headers = {"Authorization": program.client.headers["Authorization"]}
        watching = new_visitor(browser, platform, errors).new_page()
        sign_in(page, host)
        page.goto(f"/live/{room}")
        sign_in(watching, ada)
        watching.goto(f"/live/{room}")
        is_open(page)
        is_open(watching)

        say(watching, "hello <b>there</b>")
        expect(row(page, "hello <b>there</b>")).to_be_visible()
        say(page, "welcome, @chatada")
        expect(row(watching, "welcome, @chatada")).to_have_attribute("data-mention", "true")
        expect(chat_of(watching).locator("[data-pending]")).to_have_count(0)

        with talking(Bot(platform.base_url, room, headers)) as bot:
            bot.say("I am a program")
            expect(row(watching, "I am a program")).to_be_visible()

            killed = platform.role("api")
            killed.send_signal(signal.SIGKILL)
            expect(chat_of(watching)).to_have_attribute("data-state", "reconnecting", timeout=WAIT_MS)
            bot.say(*(f"meanwhile {number}" for number in range(5)))
            is_open(watching)
            is_open(page)
            bot.say("back again")
            for one in (page, watching):
                expect(row(one, "back again")).to_be_visible()
                assert rows(one) == [str(seq) for seq in range(1, 10)]

            mark = row(page, "hello <b>there</b>")
            mark.hover()
            mark.get_by_role("button", name="Actions for the message of chatada").click()
            page.get_by_role("menuitem", name="Delete message").click()
            expect(chat_of(page).locator("[data-seq='1']")).to_contain_text("Message deleted")
            # The others hear of it when it can no longer be undone.
            expect(chat_of(watching).locator("[data-seq='1']")).to_contain_text("Message deleted", timeout=WAIT_MS)

            mark = row(page, "I am a program")
            mark.hover()
            mark.get_by_role("button", name="Actions for the message of chatbot").click()
            page.get_by_role("menuitem", name="Ban from this chat").click()
            page.get_by_role("alertdialog").get_by_role("button", name=re.compile("^Ban")).click()
            expect(page.get_by_text("chatbot is banned from this chat.")).to_be_visible()
            bot.say("am I heard?")
            assert [error["code"] for error in bot.bot.refused] == ["banned"]
        expect(row(watching, "am I heard?")).to_have_count(0)
        watching.context.close()


@pytest.mark.timeout(180)
def test_a_page_follows_its_stream_by_push(page: Page, platform: Platform) -> None:
    """A guest's page goes live and ends without a reload, and tells the guest how to speak."""
    with platform.streamer("pushhost") as host:
        channel = host.new_stream("By push")
        page.goto(f"/live/{channel.stream_id}")
        is_open(page)
        expect(chat_of(page).get_by_role("link", name="Sign in")).to_be_visible()
        player = page.locator("[data-player]")
        with encoder(channel.publish_url):
            expect(player).to_have_attribute("data-state", "playing", timeout=WAIT_MS + 20_000)
            expect(page.locator("[data-viewers]").first).to_have_attribute(
                "data-viewers", re.compile("[1-9]"), timeout=WAIT_MS
            )
        host.client.post(f"/live/streams/{channel.stream_id}/end")
        expect(player).to_have_attribute("data-state", "ended", timeout=WAIT_MS + 20_000)


@pytest.mark.timeout(120)
def test_the_chat_on_a_phone(browser: Browser, platform: Platform, errors: Errors) -> None:
    """Nothing is wider than the screen, and the field is reachable."""
    with platform.streamer("phonehost") as host:
        room = host.new_stream("On a phone").stream_id
        visitor = new_visitor(browser, platform, errors)
        page = visitor.new_page()
        page.set_viewport_size({"width": 360, "height": 740})
        sign_in(page, host)
        page.goto(f"/live/{room}")
        is_open(page)
        say(page, "from a phone " + "w" * 300)
        expect(row(page, "from a phone")).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
        expect(chat_of(page).get_by_label("Message", exact=True)).to_be_in_viewport()
        visitor.close()
