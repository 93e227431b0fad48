"""kill -9 of an api process in the middle of a conversation: everybody comes back, nothing acknowledged is lost."""

import asyncio
import signal
from pathlib import Path

import psutil
from tests.factories.chat_bot import PLENTY, Bot, assert_nothing_is_missing, conversation
from tests.factories.platform import running_platform


def test_a_conversation_survives_its_process(tmp_path: Path) -> None:
    with running_platform(tmp_path, **PLENTY) as platform:

        def kill_the_api() -> None:
            platform.role("api").send_signal(signal.SIGKILL)

        bots, kept = conversation(platform, lines=240, kills={60: kill_the_api, 150: kill_the_api})
    assert_nothing_is_missing(bots, kept, lines=240)
    assert all(bot.connections >= 3 for bot in bots)


def test_open_sockets_are_seen_in_the_metrics_and_cost_no_thread(tmp_path: Path) -> None:
    """One process, one thread for sockets: a crowd does not make more of them."""
    with running_platform(tmp_path) as platform, platform.streamer("host") as host:
        room = host.new_stream("Late set").stream_id
        threads = psutil.Process(platform.role("api").pid).num_threads()

        async def crowd() -> None:
            bots = [Bot(platform.base_url, room) for _ in range(50)]
            tasks = [asyncio.create_task(bot.run()) for bot in bots]
            for bot in bots:
                await bot.until(lambda bot=bot: bot.epoch is not None)
            shown = await asyncio.to_thread(host.client.get, "/metrics")
            assert "veza_chat_sockets 50.0" in shown.text
            assert psutil.Process(platform.role("api").pid).num_threads() <= threads + 1
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run(crowd())
