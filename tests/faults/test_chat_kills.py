"""kill -9 of PostgreSQL, of the api and of everything in the middle of a conversation: nothing acknowledged is lost."""

import signal
from pathlib import Path

import pytest
from tests.factories.chat_bot import PLENTY, assert_nothing_is_missing, conversation
from tests.factories.platform import Platform, running_platform

pytestmark = pytest.mark.faults


def kill_postgres(platform: Platform) -> None:
    postmaster = next(child for child in platform.process.children() if child.name() == "postgres")
    postmaster.send_signal(signal.SIGKILL)


def test_a_conversation_survives_its_database(tmp_path: Path) -> None:
    with running_platform(tmp_path, **PLENTY) as platform:
        kills = {40: lambda: kill_postgres(platform), 120: lambda: kill_postgres(platform)}
        bots, kept = conversation(platform, lines=200, kills=kills)
    assert_nothing_is_missing(bots, kept, lines=200)


def test_a_conversation_survives_both_at_once(tmp_path: Path) -> None:
    with running_platform(tmp_path, **PLENTY) as platform:

        def kill_both() -> None:
            platform.role("api").send_signal(signal.SIGKILL)
            kill_postgres(platform)

        bots, kept = conversation(platform, lines=200, kills={50: kill_both, 100: kill_both})
    assert_nothing_is_missing(bots, kept, lines=200)
