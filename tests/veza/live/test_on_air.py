"""What media says becomes the state of a stream: in order, twice, late, and not at all."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.factories.accounts import a_person, suspend

from veza.auth.domain import Principal
from veza.context import Context
from veza.kit.ids import new_id
from veza.live import on_air, service
from veza.live.domain import STATUS_CHANNEL, OnAirCounts, Refusal, Status, Stream, StreamKey
from veza.streaming.authority import Beat, Grant

NODE = "media-1"


@pytest.fixture
async def streamer(ctx: Context) -> Principal:
    return await a_person(ctx.db)


@pytest.fixture
async def key(ctx: Context, streamer: Principal) -> StreamKey:
    return await service.get_key(ctx, streamer, None)


async def granted(ctx: Context, key: StreamKey, node: str = NODE) -> Grant:
    grant = await on_air.authorise(ctx, key.key, node)
    assert isinstance(grant, Grant)
    return grant


async def begin(ctx: Context, key: StreamKey, node: str = NODE) -> UUID:
    """Put a stream on air; its new broadcast."""
    broadcast_id = new_id()
    grant = await granted(ctx, key, node)
    refusal = await on_air.go_live(ctx, grant, broadcast_id=broadcast_id, node=node, resumed=False, audio_only=False)
    assert refusal is None
    return broadcast_id


async def now(ctx: Context, key: StreamKey) -> Stream:
    return await service.get_stream(ctx, key.stream_id)


async def broadcasts(ctx: Context, key: StreamKey) -> list[tuple[UUID, str | None, int]]:
    """(id, why it ended, peak) of each, oldest first."""
    async with ctx.db.connection() as connection:
        rows = await connection.fetch(
            "select id, end_reason, peak_viewers from broadcasts where stream_id = $1 order by started_at",
            key.stream_id,
        )
    return [tuple(row) for row in rows]


async def age(ctx: Context, key: StreamKey, **by: float) -> None:
    """Let the last beat (and the interruption) lie further back."""
    async with ctx.db.connection() as connection:
        await connection.execute(
            "update streams set last_beat_at = last_beat_at - $2::interval, interrupted_at = interrupted_at - $2,"
            " started_at = started_at - $2 where id = $1",
            key.stream_id,
            timedelta(**by),
        )


def code_of(answer: object) -> str | None:
    return answer.code if isinstance(answer, Refusal) else None


def beat_of(key: StreamKey, broadcast_id: UUID, viewers: int = 0, key_version: int = 1) -> Beat:
    return Beat(key.stream_id, broadcast_id, key_version, viewers, audio_only=False)


async def test_a_broadcast_from_its_first_frame_to_its_end(ctx: Context, key: StreamKey) -> None:
    assert (await now(ctx, key)).status is Status.DRAFT
    broadcast_id = await begin(ctx, key)
    live = await now(ctx, key)
    assert live.status is Status.LIVE
    assert live.started_at is not None
    assert live.ended_at is None
    assert await on_air.beat(ctx, [beat_of(key, broadcast_id, viewers=7)]) == []
    assert await on_air.beat(ctx, [beat_of(key, broadcast_id, viewers=4)]) == []
    counted = await now(ctx, key)
    assert (counted.viewer_count, counted.peak_viewers) == (4, 7)
    await on_air.end(ctx, key.stream_id, broadcast_id)
    ended = await now(ctx, key)
    assert ended.status is Status.ENDED
    assert ended.ended_at is not None
    assert (ended.viewer_count, ended.peak_viewers) == (0, 7)
    assert await broadcasts(ctx, key) == [(broadcast_id, "encoder", 7)]


async def test_an_encoder_comes_back_within_the_grace(ctx: Context, key: StreamKey) -> None:
    broadcast_id = await begin(ctx, key)
    started_at = (await now(ctx, key)).started_at
    await on_air.interrupt(ctx, key.stream_id, broadcast_id)
    assert (await now(ctx, key)).status is Status.INTERRUPTED
    assert (await now(ctx, key)).status.is_live
    assert await on_air.beat(ctx, [beat_of(key, broadcast_id, viewers=2)]) == []
    grant = await granted(ctx, key)
    again = await on_air.go_live(ctx, grant, broadcast_id=broadcast_id, node=NODE, resumed=True, audio_only=True)
    assert again is None
    resumed = await now(ctx, key)
    assert (resumed.status, resumed.started_at, resumed.viewer_count) == (Status.LIVE, started_at, 2)
    assert resumed.audio_only
    assert len(await broadcasts(ctx, key)) == 1


async def test_a_stream_goes_on_air_again_as_a_new_broadcast(ctx: Context, key: StreamKey) -> None:
    first = await begin(ctx, key)
    await on_air.beat(ctx, [beat_of(key, first, viewers=9)])
    await on_air.end(ctx, key.stream_id, first)
    second = await begin(ctx, key)
    live = await now(ctx, key)
    assert (live.status, live.ended_at, live.peak_viewers) == (Status.LIVE, None, 0)
    assert await broadcasts(ctx, key) == [(first, "encoder", 9), (second, None, 0)]


async def test_a_late_word_about_an_old_broadcast_changes_nothing(ctx: Context, key: StreamKey) -> None:
    old = await begin(ctx, key)
    await on_air.interrupt(ctx, key.stream_id, old)
    new = await begin(ctx, key)
    await on_air.end(ctx, key.stream_id, old)
    await on_air.interrupt(ctx, key.stream_id, old)
    assert (await now(ctx, key)).status is Status.LIVE
    ((_, verdict),) = await on_air.beat(ctx, [beat_of(key, old, viewers=50)])
    assert verdict.ended
    assert (await now(ctx, key)).viewer_count == 0
    assert await broadcasts(ctx, key) == [(old, "replaced", 0), (new, None, 0)]


async def test_saying_it_again_changes_nothing(ctx: Context, key: StreamKey) -> None:
    grant, broadcast_id = await granted(ctx, key), new_id()
    for _ in range(2):  # the first answer was lost
        refusal = await on_air.go_live(
            ctx, grant, broadcast_id=broadcast_id, node=NODE, resumed=False, audio_only=False
        )
        assert refusal is None
    for _ in range(2):
        await on_air.interrupt(ctx, key.stream_id, broadcast_id)
    for _ in range(2):
        await on_air.end(ctx, key.stream_id, broadcast_id)
    late = await on_air.go_live(ctx, grant, broadcast_id=broadcast_id, node=NODE, resumed=False, audio_only=False)
    assert code_of(late) == "not_allowed"
    assert await broadcasts(ctx, key) == [(broadcast_id, "encoder", 0)]


@pytest.mark.parametrize(
    "wrong", ["", "vz_", "x", "vz_" + "A" * 32, "vz_" + "A" * 33, "\0", "é" * 35, "vz_' or 1=1 --" + "x" * 21]
)
async def test_a_wrong_key_is_refused(ctx: Context, key: StreamKey, wrong: str) -> None:
    assert key.key != wrong
    assert code_of(await on_air.authorise(ctx, wrong, NODE)) == "invalid_key"


async def test_a_second_publisher_elsewhere_is_refused_while_the_first_beats(ctx: Context, key: StreamKey) -> None:
    first = await begin(ctx, key)
    grant = await granted(ctx, key)
    assert code_of(await on_air.authorise(ctx, key.key, "media-2")) == "already_publishing"
    raced = await on_air.go_live(ctx, grant, broadcast_id=new_id(), node="media-2", resumed=False, audio_only=False)
    assert code_of(raced) == "already_publishing"
    assert await on_air.beat(ctx, [beat_of(key, first)]) == []
    await age(ctx, key, seconds=ctx.settings.live_sweep_after_s + 1)
    assert isinstance(await on_air.authorise(ctx, key.key, "media-2"), Grant)


async def test_a_restarted_node_takes_its_own_broadcast_over_at_once(ctx: Context, key: StreamKey) -> None:
    lost = await begin(ctx, key)
    await on_air.beat(ctx, [beat_of(key, lost, viewers=3)])
    new = await begin(ctx, key)
    assert await broadcasts(ctx, key) == [(lost, "replaced", 3), (new, None, 0)]


async def test_an_interrupted_stream_may_come_back_on_another_node(ctx: Context, key: StreamKey) -> None:
    first = await begin(ctx, key)
    await on_air.interrupt(ctx, key.stream_id, first)
    await begin(ctx, key, node="media-2")
    assert (await now(ctx, key)).status is Status.LIVE


async def test_a_new_key_kills_the_old_one_and_its_publisher(ctx: Context, streamer: Principal, key: StreamKey) -> None:
    grant = await granted(ctx, key)
    broadcast_id = await begin(ctx, key)
    new = await service.regenerate_key(ctx, streamer, None)
    assert new.stream_id == key.stream_id
    assert code_of(await on_air.authorise(ctx, key.key, NODE)) == "invalid_key"
    raced = await on_air.go_live(ctx, grant, broadcast_id=broadcast_id, node=NODE, resumed=True, audio_only=False)
    assert code_of(raced) == "invalid_key"
    ((stream_id, verdict),) = await on_air.beat(ctx, [beat_of(key, broadcast_id)])
    assert stream_id == key.stream_id
    assert not verdict.ended
    assert new.key not in verdict.reason
    assert await granted(ctx, new) == Grant(key.stream_id, 2)
    assert await on_air.beat(ctx, [beat_of(key, broadcast_id, key_version=2)]) == []


async def test_a_suspended_streamer_is_refused_and_cut(ctx: Context, streamer: Principal, key: StreamKey) -> None:
    grant = await granted(ctx, key)
    broadcast_id = await begin(ctx, key)
    await suspend(ctx.db, streamer)
    assert code_of(await on_air.authorise(ctx, key.key, NODE)) == "not_allowed"
    late = await on_air.go_live(ctx, grant, broadcast_id=new_id(), node=NODE, resumed=False, audio_only=False)
    assert code_of(late) == "not_allowed"
    ((_, verdict),) = await on_air.beat(ctx, [beat_of(key, broadcast_id)])
    assert verdict.ended


async def test_an_ended_or_deleted_stream_is_cut(ctx: Context, streamer: Principal, key: StreamKey) -> None:
    broadcast_id = await begin(ctx, key)
    await service.end_stream(ctx, streamer, key.stream_id)
    ((_, verdict),) = await on_air.beat(ctx, [beat_of(key, broadcast_id, viewers=5)])
    assert verdict.ended
    assert (await now(ctx, key)).viewer_count == 0
    resumed = await on_air.go_live(
        ctx, Grant(key.stream_id, 1), broadcast_id=broadcast_id, node=NODE, resumed=True, audio_only=False
    )
    assert code_of(resumed) == "not_allowed"
    again = await begin(ctx, key)
    await service.delete_stream(ctx, streamer, key.stream_id)
    ((_, verdict),) = await on_air.beat(ctx, [beat_of(key, again)])
    assert verdict.ended
    assert code_of(await on_air.authorise(ctx, key.key, NODE)) == "invalid_key"
    assert [reason for _, reason, _ in await broadcasts(ctx, key)] == ["owner", "deleted"]


async def test_beats_of_many_streams_are_told_apart(ctx: Context) -> None:
    keys = [await service.get_key(ctx, await a_person(ctx.db), None) for _ in range(5)]
    on = [(key, await begin(ctx, key)) for key in keys]
    unknown = Beat(new_id(), new_id(), 1, 0, audio_only=False)
    beats = [beat_of(key, broadcast_id, viewers=n) for n, (key, broadcast_id) in enumerate(on)]
    verdicts = await on_air.beat(ctx, [*beats, unknown])
    assert [stream_id for stream_id, _ in verdicts] == [unknown.stream_id]
    assert [(await now(ctx, key)).viewer_count for key in keys] == [0, 1, 2, 3, 4]
    assert await service.counts(ctx) == OnAirCounts(5, 10)
    assert await on_air.beat(ctx, []) == []


@pytest.fixture
def quick(ctx: Context) -> Context:
    """Silence of 0.2 s counts as lost; the grace is 30 s."""
    return replace(ctx, settings=replace(ctx.settings, live_sweep_after_s=0.2))


async def test_the_sweep_ends_what_went_silent(quick: Context, key: StreamKey) -> None:
    broadcast_id = await begin(quick, key)
    await age(quick, key, hours=1)
    assert await on_air.sweep(quick) == 1
    swept = await now(quick, key)
    assert swept.status is Status.ENDED
    assert swept.started_at is not None
    assert swept.ended_at is not None
    assert swept.ended_at - swept.started_at < timedelta(minutes=1)  # it ended with its last beat, an hour ago
    assert await broadcasts(quick, key) == [(broadcast_id, "lost", 0)]
    assert await on_air.sweep(quick) == 0
    ((_, verdict),) = await on_air.beat(quick, [beat_of(key, broadcast_id)])
    assert verdict.ended


async def test_the_sweep_leaves_alone_what_beats(ctx: Context, key: StreamKey) -> None:
    broadcast_id = await begin(ctx, key)
    await age(ctx, key, hours=1)
    await on_air.beat(ctx, [beat_of(key, broadcast_id)])
    assert await on_air.sweep(ctx) == 0
    assert (await now(ctx, key)).status is Status.LIVE


async def test_the_sweep_waits_for_the_grace_of_an_interrupted_stream(quick: Context, key: StreamKey) -> None:
    broadcast_id = await begin(quick, key)
    await on_air.interrupt(quick, key.stream_id, broadcast_id)
    await age(quick, key, seconds=29)
    assert await on_air.sweep(quick) == 0
    await age(quick, key, seconds=5)
    assert await on_air.sweep(quick) == 1
    assert (await now(quick, key)).status is Status.ENDED


async def test_a_database_that_just_started_counts_as_a_sign_of_life(ctx: Context, key: StreamKey) -> None:
    slow = replace(ctx, settings=replace(ctx.settings, live_sweep_after_s=86_400.0))  # longer than this server runs
    await begin(slow, key)
    await age(slow, key, hours=48)
    assert await on_air.sweep(slow) == 0


async def test_each_change_is_told_with_the_commit(ctx: Context, streamer: Principal, key: StreamKey, dsn: str) -> None:
    heard: list[dict[str, Any]] = []
    listener = await asyncpg.connect(dsn)
    await listener.add_listener(STATUS_CHANNEL, lambda _c, _p, _ch, payload: heard.append(json.loads(str(payload))))
    broadcast_id = await begin(ctx, key)
    await on_air.interrupt(ctx, key.stream_id, broadcast_id)
    await service.end_stream(ctx, streamer, key.stream_id)
    await listener.execute("select 1")  # notes stand before this answer on the same connection
    await listener.close()
    assert [note["status"] for note in heard] == ["live", "interrupted", "ended"]
    assert {note["stream_id"] for note in heard} == {str(key.stream_id)}
