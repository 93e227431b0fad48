"""Hub and product together on a real database: what an encoder does shows in the API, what the API does reaches it.

Sockets and real encoders have their own tests; here each step waits for the product's own note of it.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import asyncpg
import pytest
from tests.factories.accounts import a_person, log_in_as
from tests.factories.api import api_client, bearer, data_of
from tests.factories.clock import TurnableClock
from tests.veza.media.hls.synthetic import AUDIO, VIDEO, audio_samples, interleaved, video_samples

from veza.auth.domain import Principal, Role
from veza.auth.service import change_role
from veza.context import Context
from veza.kit.ids import new_id
from veza.live import service
from veza.live.authority import LiveAuthority
from veza.live.domain import STATUS_CHANNEL, StreamKey
from veza.media.health import IngestHealth
from veza.streaming.authority import Beat
from veza.streaming.hub import Hub, HubSettings
from veza.streaming.ingest import PublishRefused

NEVER_S = 1000.0
SAMPLES = interleaved(video_samples(5), audio_samples(5))


@dataclass
class Encoder:
    """A publisher from the protocol server's side. `gone` is set when it was told to leave."""

    sentences: list[str] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, hub: Hub, key: StreamKey) -> None:
        publication = await hub.publish(key=key.key, peer="192.0.2.1", cut=self._cut)
        publication.configure(VIDEO)
        publication.configure(AUDIO)
        for sample in SAMPLES:
            publication.push(sample)

    def _cut(self, sentence: str) -> None:
        self.sentences.append(sentence)
        self.gone.set()


class Notes:
    """The statuses that the product told the world, one by one."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[str] = asyncio.Queue(maxsize=100)

    def hear(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._heard.put_nowait(json.loads(str(payload))["status"])

    async def next(self) -> str:
        async with asyncio.timeout(10):
            return await self._heard.get()


async def suspended_by_an_admin(ctx: Context, person: Principal) -> None:
    admin = await a_person(ctx.db)
    await change_role(ctx, admin.user_id, Role.ADMIN)
    headers = bearer(await log_in_as(ctx, admin))
    async with api_client(ctx) as client:
        path = f"/admin/users/{person.user_id}/suspend"
        data_of(await client.post(path, json={"reason": "stolen music"}, headers=headers))


@pytest.fixture
async def notes(dsn: str) -> AsyncIterator[Notes]:
    found, connection = Notes(), await asyncpg.connect(dsn)
    await connection.add_listener(STATUS_CHANNEL, found.hear)
    yield found
    await connection.close()


@pytest.fixture
async def hub(ctx: Context, clock: TurnableClock) -> AsyncIterator[Hub]:
    authority = LiveAuthority(ctx, node="media-1")
    found = Hub(authority, clock, HubSettings(grace_s=NEVER_S, endlist_s=NEVER_S, heartbeat_s=NEVER_S, close_s=1.0))
    found.start()
    for connected in authority.cuts.connected.values():
        await connected.wait()
    yield found
    await found.close()
    await authority.close()


@pytest.fixture
async def streamer(ctx: Context) -> Principal:
    return await a_person(ctx.db)


@pytest.fixture
async def key(ctx: Context, streamer: Principal) -> StreamKey:
    return await service.get_key(ctx, streamer, None)


async def test_a_new_key_cuts_the_encoder_and_lets_it_come_back_into_the_same_broadcast(
    ctx: Context, hub: Hub, notes: Notes, streamer: Principal, key: StreamKey
) -> None:
    encoder, again = Encoder(), Encoder()
    await encoder.publish(hub, key)
    assert await notes.next() == "live"
    started_at = (await service.get_stream(ctx, key.stream_id)).started_at
    new = await service.regenerate_key(ctx, streamer, None)
    await encoder.gone.wait()
    assert await notes.next() == "interrupted"
    assert encoder.sentences == ["The stream key was replaced. Copy the new one from the studio."]
    with pytest.raises(PublishRefused) as caught:
        await again.publish(hub, key)
    assert caught.value.code == "invalid_key"
    await again.publish(hub, new)
    assert await notes.next() == "live"
    assert (await service.get_stream(ctx, key.stream_id)).started_at == started_at


@pytest.mark.parametrize("action", ["end", "delete", "suspend"])
async def test_what_ends_a_broadcast_cuts_its_encoder_and_leaves_no_grace(
    *, ctx: Context, hub: Hub, notes: Notes, streamer: Principal, key: StreamKey, action: str
) -> None:
    encoder = Encoder()
    await encoder.publish(hub, key)
    assert await notes.next() == "live"
    match action:
        case "end":
            await service.end_stream(ctx, streamer, key.stream_id)
        case "delete":
            await service.delete_stream(ctx, streamer, key.stream_id)
        case _:
            await suspended_by_an_admin(ctx, streamer)
    await encoder.gone.wait()
    heard = await notes.next()
    assert await notes.next() == "ended" if heard == "interrupted" else heard == "ended"


async def test_a_second_encoder_is_refused_and_the_first_goes_on(
    ctx: Context, hub: Hub, notes: Notes, key: StreamKey
) -> None:
    first, second = Encoder(), Encoder()
    await first.publish(hub, key)
    assert await notes.next() == "live"
    with pytest.raises(PublishRefused) as caught:
        await second.publish(hub, key)
    assert caught.value.code == "already_publishing"
    assert not first.gone.is_set()
    assert (await service.get_stream(ctx, key.stream_id)).status.is_live


async def test_a_media_process_that_was_killed_gets_its_encoder_back(
    ctx: Context, hub: Hub, notes: Notes, clock: TurnableClock, key: StreamKey
) -> None:
    await Encoder().publish(hub, key)
    assert await notes.next() == "live"
    authority = LiveAuthority(ctx, node="media-1")  # the same node, after a restart: the old hub said nothing
    restarted = Hub(authority, clock, HubSettings(grace_s=NEVER_S, endlist_s=NEVER_S, heartbeat_s=NEVER_S, close_s=1.0))
    restarted.start()
    await Encoder().publish(restarted, key)
    assert await notes.next() == "live"
    await restarted.close()
    await authority.close()


async def test_a_key_of_nobody_is_refused(hub: Hub) -> None:
    for wrong in ("", "live", "vz_" + "x" * 32, f"vz_{'x' * 32}?{new_id()}"):
        with pytest.raises(PublishRefused) as caught:
            await hub.publish(key=wrong, peer="192.0.2.1", cut=lambda _: None)
        assert caught.value.code == "invalid_key"


async def test_the_owner_alone_reads_how_well_the_encoder_sends(
    ctx: Context, streamer: Principal, key: StreamKey
) -> None:
    authority = LiveAuthority(ctx, node="media-1")
    grant, broadcast_id = await authority.authorise(key.key, "192.0.2.1"), new_id()
    await authority.went_live(grant, broadcast_id=broadcast_id, resumed=False, audio_only=False)
    headers = bearer(await log_in_as(ctx, streamer))
    other = bearer(await log_in_as(ctx, await a_person(ctx.db)))
    path = f"/live/streams/{key.stream_id}/health"
    async with api_client(ctx) as client:
        assert data_of(await client.get(path, headers=headers))["encoder"] is None
        health = IngestHealth(3_000_000, 128_000, 29.97, 8333, -12, 40)
        await authority.heartbeat([Beat(key.stream_id, broadcast_id, 1, 0, audio_only=False, health=health)])
        found = data_of(await client.get(path, headers=headers))
        assert found["encoder"]["fps"] == 29.97
        assert found["advice"] == ["keyframes_too_far"]
        assert found["measured_at"] is not None
        assert (await client.get(path)).status_code == 401
        assert (await client.get(path, headers=other)).status_code == 403
        await authority.interrupted(key.stream_id, broadcast_id)
        assert data_of(await client.get(path, headers=headers))["encoder"] is None
