"""Media's port, answered by the product: refusals with a sentence, and cuts that are heard at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs
from tests.factories.accounts import a_person

from veza.auth.domain import AUTH_CHANNEL, Principal
from veza.auth.service import suspend_user
from veza.context import Context
from veza.kit.ids import new_id
from veza.live import service
from veza.live.authority import MAX_WAITING_CUTS, CutListener, LiveAuthority
from veza.live.domain import CUT_CHANNEL, Status, StreamKey
from veza.streaming.authority import Authority, Beat, Grant
from veza.streaming.ingest import PublishRefused

PEER = "203.0.113.9"


@pytest.fixture
async def streamer(ctx: Context) -> Principal:
    return await a_person(ctx.db)


@pytest.fixture
async def key(ctx: Context, streamer: Principal) -> StreamKey:
    return await service.get_key(ctx, streamer, None)


@pytest.fixture
async def authority(ctx: Context) -> AsyncIterator[LiveAuthority]:
    found = LiveAuthority(ctx, node="media-1")
    yield found
    await found.close()


async def heard_by(authority: LiveAuthority) -> None:
    """Wait until notes of both channels are heard."""
    for connected in authority.cuts.connected.values():
        await connected.wait()


async def test_the_whole_of_a_broadcast_through_the_port(
    ctx: Context, authority: LiveAuthority, key: StreamKey
) -> None:
    port: Authority = authority
    grant, broadcast_id = await port.authorise(key.key, PEER), new_id()
    assert grant == Grant(key.stream_id, 1)
    await port.went_live(grant, broadcast_id=broadcast_id, resumed=False, audio_only=True)
    assert await port.heartbeat([Beat(key.stream_id, broadcast_id, 1, 2, audio_only=True)]) == []
    await port.interrupted(key.stream_id, broadcast_id)
    await port.went_live(grant, broadcast_id=broadcast_id, resumed=True, audio_only=True)
    assert (await service.get_stream(ctx, key.stream_id)).status is Status.LIVE
    await port.ended(key.stream_id, broadcast_id)
    assert (await service.get_stream(ctx, key.stream_id)).status is Status.ENDED
    with pytest.raises(PublishRefused) as caught:
        await port.went_live(grant, broadcast_id=broadcast_id, resumed=True, audio_only=True)
    assert caught.value.code == "not_allowed"


async def test_a_refusal_names_what_to_do_and_never_the_key(authority: LiveAuthority, key: StreamKey) -> None:
    wrong = key.key[:-1] + ("a" if key.key[-1] != "a" else "b")
    with capture_logs() as logs, pytest.raises(PublishRefused) as caught:
        await authority.authorise(wrong, PEER)
    assert caught.value.code == "invalid_key"
    assert caught.value.sentence == "This stream key is not valid. Copy the key again from the studio."
    assert [entry["code"] for entry in logs] == ["invalid_key"]
    assert wrong not in str(logs) + str(caught.value)


async def test_no_log_of_a_broadcast_holds_the_key(
    ctx: Context, authority: LiveAuthority, streamer: Principal, key: StreamKey
) -> None:
    with capture_logs() as logs:
        grant, broadcast_id = await authority.authorise(key.key, PEER), new_id()
        await authority.went_live(grant, broadcast_id=broadcast_id, resumed=False, audio_only=False)
        new = await service.regenerate_key(ctx, streamer, None)
        (cut,) = await authority.heartbeat([Beat(key.stream_id, broadcast_id, 1, 0, audio_only=False)])
        await service.delete_stream(ctx, streamer, key.stream_id)
    assert logs
    for secret in (key.key, new.key):
        assert secret not in str(logs) + cut.reason


@pytest.mark.parametrize("action", ["regenerate", "end", "delete", "suspend"])
async def test_whatever_ends_the_right_to_publish_is_heard_at_once(
    ctx: Context, authority: LiveAuthority, streamer: Principal, key: StreamKey, action: str
) -> None:
    grant, broadcast_id = await authority.authorise(key.key, PEER), new_id()
    await authority.went_live(grant, broadcast_id=broadcast_id, resumed=False, audio_only=False)
    async with asyncio.TaskGroup() as group:
        heard = group.create_task(authority.next_cut())
        await heard_by(authority)
        match action:
            case "regenerate":
                await service.regenerate_key(ctx, streamer, None)
            case "end":
                await service.end_stream(ctx, streamer, key.stream_id)
            case "delete":
                await service.delete_stream(ctx, streamer, key.stream_id)
            case _:
                await suspend_user(ctx, streamer.user_id)
        assert await heard == key.stream_id
    (cut,) = await authority.heartbeat([Beat(key.stream_id, broadcast_id, 1, 0, audio_only=False)])
    assert (cut.stream_id, cut.ended) == (key.stream_id, action != "regenerate")


async def test_a_logout_is_no_reason_to_look_at_streams(
    ctx: Context, authority: LiveAuthority, streamer: Principal, key: StreamKey
) -> None:
    grant = await authority.authorise(key.key, PEER)
    await authority.went_live(grant, broadcast_id=new_id(), resumed=False, audio_only=False)
    other = new_id()
    async with ctx.db.connection() as connection, asyncio.TaskGroup() as group:
        heard = group.create_task(authority.next_cut())
        await heard_by(authority)
        for note in ("nonsense", '{"user_id":7}', f'{{"user_id":"{streamer.user_id}","session_id":"{new_id()}"}}'):
            await connection.execute("select pg_notify($1, $2)", AUTH_CHANNEL, note)
        await suspend_user(ctx, (await a_person(ctx.db)).user_id)  # who streams nothing
        await connection.execute("select pg_notify($1, $2)", CUT_CHANNEL, str(other))
        assert await heard == other


async def test_hearing_goes_on_after_its_connection_was_lost(ctx: Context, authority: LiveAuthority) -> None:
    first, second = new_id(), new_id()
    async with ctx.db.connection() as connection, asyncio.TaskGroup() as group:
        heard = group.create_task(authority.next_cut())
        await heard_by(authority)
        await connection.execute("select pg_notify($1, $2)", CUT_CHANNEL, str(first))
        assert await heard == first
        for connected in authority.cuts.connected.values():
            connected.clear()
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and application_name like 'veza-listen%'"
        )
        heard = group.create_task(authority.next_cut())
        await heard_by(authority)
        await connection.execute("select pg_notify($1, $2)", CUT_CHANNEL, str(second))
        assert await heard == second


async def test_one_stream_waits_once_and_noise_is_dropped(ctx: Context) -> None:
    cuts, wanted = CutListener(ctx.db.dsn), [new_id(), new_id()]
    for payload in ("", "not an id", str(wanted[0]), str(wanted[0]), str(wanted[1])):
        cuts.hear_cut(payload)
    assert [(await cuts.next()).stream_id for _ in range(2)] == wanted
    for _ in range(MAX_WAITING_CUTS + 5):
        cuts.hear_cut(str(new_id()))
    assert len(cuts) == MAX_WAITING_CUTS
    await cuts.close()
