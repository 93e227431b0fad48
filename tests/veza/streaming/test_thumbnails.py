"""Which streams are drawn, from what, and what becomes of it when drawing fails."""

from collections.abc import Sequence

import pytest
from tests.factories.authority import MemoryAuthority
from tests.factories.clock import TurnableClock
from tests.veza.media.hls.synthetic import AUDIO
from tests.veza.streaming.test_hub import SAMPLES, SETTINGS, channel_of, connect

from veza.media.units import TrackKind
from veza.streaming.hub import Hub
from veza.streaming.thumbnails import draw_all


class Drawer:
    """Draws what it is told to, and keeps what it was asked for."""

    def __init__(self, *answers: bytes | Exception | None) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []

    async def __call__(self, pieces: Sequence[bytes]) -> list[bytes | None]:
        self.asked += pieces
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [answer for _ in pieces]


@pytest.fixture
async def hub(clock: TurnableClock) -> Hub:
    return Hub(MemoryAuthority(), clock, SETTINGS)


async def test_the_newest_key_frame_is_drawn_and_the_picture_stays_until_there_is_another(
    hub: Hub, clock: TurnableClock
) -> None:
    encoder = await connect(hub)
    draw = Drawer(b"one", None, OSError("no child"), b"two")
    await draw_all(hub, draw)
    assert draw.asked == []  # nothing is on air yet
    encoder.send(SAMPLES)
    channel = channel_of(hub)
    await draw_all(hub, draw)
    newest = channel.window.segments[-1]
    assert draw.asked == [channel.window.inits[newest.init].data + newest.parts[0].data]
    first = channel.thumbnail_version
    assert channel.thumbnail == b"one"
    assert channel.tape.picture == b"one"
    for _ in range(2):
        clock.turn(10)
        await draw_all(hub, draw)
        assert (channel.thumbnail, channel.thumbnail_version) == (b"one", first)
    await draw_all(hub, draw)
    assert (channel.thumbnail, channel.thumbnail_version) == (b"two", int(clock.now().timestamp()))
    await hub.close()


async def test_sound_alone_has_no_picture(hub: Hub) -> None:
    encoder = await connect(hub)
    encoder.publication.configure(AUDIO)
    for sample in SAMPLES:
        if sample.kind is TrackKind.AUDIO:
            encoder.publication.push(sample)
    draw = Drawer()
    await draw_all(hub, draw)
    assert draw.asked == []
    await hub.close()
