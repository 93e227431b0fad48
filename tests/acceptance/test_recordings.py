"""A broadcast is recorded as it goes: hub, recorder, store and product together on a real database.

Sockets and real encoders have their own test (`test_recording_stream.py`).
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin
from uuid import UUID

import av
import httpx
import pytest
from tests.factories.api import Person, data_of, refusal_of
from tests.factories.clock import TurnableClock
from tests.factories.media_samples import encode_media
from tests.factories.recordings import QUICK, SAMPLES, Studio, studio_of
from tests.llhls_linter import lint_playlist
from tests.llhls_playlist import Playlist, parse_playlist

from veza.auth.domain import Principal, Role
from veza.chat.domain import Draft
from veza.chat.journal import append
from veza.context import Context
from veza.files import service as files
from veza.files.domain import ObjectKind
from veza.kit.ids import new_id
from veza.live import on_air
from veza.live.domain import EndReason
from veza.recordings import download, service
from veza.recordings.authority import RecordingArchive


@pytest.fixture
async def studio(ctx: Context, client: httpx.AsyncClient, ada: Person) -> AsyncIterator[Studio]:
    async with studio_of(ctx, client, ada, RecordingArchive(ctx)) as found:
        yield found


async def played(client: httpx.AsyncClient, url: str) -> tuple[Playlist, list[bytes]]:
    """What a player gets at this address: a clean playlist, its init segments and all its segments, in order."""
    index = await client.get(url)
    assert index.status_code == 200, index.text
    assert lint_playlist(index.text, kind="multivariant") == []
    media_url = urljoin(url, index.text.splitlines()[-1])
    text = (await client.get(media_url)).text
    assert lint_playlist(text, kind="media") == [], text
    playlist, pieces = parse_playlist(text), []
    for segment in playlist.segments:
        assert segment.uri is not None
        assert segment.map_uri is not None
        assert (await client.get(urljoin(media_url, segment.map_uri))).content[4:8] == b"ftyp"
        answer = await client.get(urljoin(media_url, segment.uri))
        assert answer.status_code == 200
        pieces.append(answer.content)
    return playlist, pieces


async def test_a_broadcast_can_be_played_as_soon_as_it_ended(studio: Studio, client: httpx.AsyncClient) -> None:
    publication = await studio.broadcast()
    window = publication.channel.window
    await studio.end()
    await studio.archive.heard("finished")
    assert publication.channel.tape.waiting_bytes == 0  # what is stored is let go of
    recording = await studio.newest()
    assert (recording["status"], recording["is_published"], recording["missing_seconds"]) == ("ready", False, 0)
    playlist, pieces = await played(client, recording["playback_url"])
    assert playlist.ended
    assert pieces == [b"".join(part.data for part in segment.parts) for segment in window.segments]
    assert len(pieces) == 5
    assert sum(segment.length for segment in playlist.segments) == pytest.approx(
        recording["duration_seconds"], abs=0.01
    )
    assert recording["size_bytes"] == sum(map(len, pieces))


async def test_while_on_air_it_grows_and_everybody_can_go_back(studio: Studio, client: httpx.AsyncClient) -> None:
    publication = await studio.publish()
    half = len(SAMPLES) // 2
    for sample in SAMPLES[:half]:
        publication.push(sample)
    await studio.archive.heard("stored", 2)
    recording = await studio.newest()
    assert recording["status"] == "recording"
    assert await studio.recordings(None) == []  # nothing is published; the stream says where to go back
    assert data_of(await client.get(f"/live/streams/{studio.stream_id}"))["recording_id"] == recording["id"]
    before, _ = await played(client, recording["playback_url"])
    assert not before.ended
    for sample in SAMPLES[half:]:
        publication.push(sample)
    await studio.archive.heard("stored", 4)
    media_url = recording["playback_url"].replace("index", "media")
    after = (await client.get(media_url)).text
    assert lint_playlist(after, previous="\n".join(before.lines) + "\n", kind="media") == []
    assert len(parse_playlist(after).segments) == 4
    await studio.end()
    await studio.archive.heard("finished")
    whole = (await client.get((await studio.newest())["playback_url"].replace("index", "media"))).text
    assert lint_playlist(whole, previous=after, kind="media") == []
    assert whole.startswith(after)  # nothing that somebody watches changes when it ends
    assert whole.endswith("#EXT-X-ENDLIST\n")


async def test_what_is_not_published_is_its_owners_alone(
    studio: Studio, client: httpx.AsyncClient, bob: Person
) -> None:
    recording = await studio.recorded()
    path, owner = f"/live/recordings/{recording['id']}", studio.owner.headers
    signed = recording["playback_url"]
    shown = signed.replace(signed.split("/play/")[1].split("/")[0], "public")
    assert (await client.get(signed)).status_code == 200
    for guess in (shown, signed.replace("/play/", "/play/x")):
        assert refusal_of(await client.get(guess)) == (404, "not_found")
    for who in ({}, bob.headers):
        assert refusal_of(await client.get(path, headers=who)) == (404, "not_found")
    assert refusal_of(await client.put(path, json={"is_published": True}, headers=bob.headers)) == (404, "not_found")
    assert refusal_of(await client.delete(path, headers=bob.headers)) == (404, "not_found")
    assert await studio.recordings(bob) == []

    changes = {"is_published": True, "title": " The whole night "}
    published = data_of(await client.put(path, json=changes, headers=owner))
    assert (published["title"], published["playback_url"]) == ("The whole night", shown)
    assert [found["id"] for found in await studio.recordings(None)] == [recording["id"]]
    playlist, _ = await played(client, shown)
    assert playlist.ended
    assert refusal_of(await client.delete(path, headers=bob.headers)) == (403, "forbidden")
    data_of(await client.put(path, json={"is_published": False}, headers=owner))
    assert refusal_of(await client.get(shown)) == (404, "not_found")


async def test_a_segment_takes_ranges_and_has_one_name(studio: Studio, client: httpx.AsyncClient) -> None:
    recording = await studio.recorded()
    playlist, pieces = await played(client, recording["playback_url"])
    url = urljoin(recording["playback_url"], playlist.segments[1].uri or "")
    part = await client.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, pieces[1][10:20])
    again = await client.get(url, headers={"If-None-Match": part.headers["etag"]})
    assert again.status_code == 304
    for wrong in ("s1.m4s", "init1.mp4", "s.m4s", "x.ts", f"s{'9' * 18}.m4s", "%2e%2e"):
        assert refusal_of(await client.get(urljoin(url, wrong))) == (404, "not_found")


async def test_a_deleted_recording_is_gone_to_the_last_byte(
    ctx: Context, studio: Studio, client: httpx.AsyncClient
) -> None:
    recording = await studio.recorded()
    assert len([found async for found in ctx.files.list("recording/")]) == 5
    path = f"/live/recordings/{recording['id']}"
    data_of(await client.delete(path, headers=studio.owner.headers))
    assert refusal_of(await client.get(path, headers=studio.owner.headers)) == (404, "not_found")
    assert refusal_of(await client.get(recording["playback_url"])) == (404, "not_found")
    await files.delete_object(ctx, UUID(recording["id"]), ObjectKind.RECORDING)
    assert [found async for found in ctx.files.list("recording/")] == []


async def test_on_air_it_can_be_neither_published_nor_deleted(studio: Studio, client: httpx.AsyncClient) -> None:
    await studio.broadcast()
    await studio.archive.heard("stored", 4)
    path, owner = f"/live/recordings/{(await studio.newest())['id']}", studio.owner.headers
    assert refusal_of(await client.put(path, json={"is_published": True}, headers=owner)) == (409, "on_air")
    assert refusal_of(await client.delete(path, headers=owner)) == (409, "on_air")
    data_of(await client.delete(f"/live/streams/{studio.stream_id}", headers=owner))  # this ends it first
    assert refusal_of(await client.get(path, headers=owner)) == (404, "not_found")


async def test_while_the_store_is_down_the_broadcast_goes_on_and_the_hole_is_told(
    studio: Studio, client: httpx.AsyncClient
) -> None:
    publication = await studio.publish()
    half = len(SAMPLES) // 2
    for sample in SAMPLES[:half]:
        publication.push(sample)
    await studio.archive.heard("stored", 2)
    studio.store.is_down = True
    for sample in SAMPLES[half:]:
        publication.push(sample)
    await studio.archive.heard("lost", 2)
    window = publication.channel.window
    assert len(window.segments) == 5  # viewers lack nothing
    studio.store.is_down = False
    await studio.end()
    await studio.archive.heard("finished")
    recording = await studio.newest()
    assert (recording["status"], recording["problem"]) == ("ready", "store_failed")
    assert recording["missing_seconds"] == pytest.approx(4.0, abs=0.1)
    playlist, _ = await played(client, recording["playback_url"])
    assert [segment.discontinuity for segment in playlist.segments] == [False, False, True]


async def test_a_store_that_hangs_costs_what_does_not_fit_and_no_memory(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    tight = replace(QUICK, waiting_bytes_max=1)
    async with studio_of(ctx, client, ada, RecordingArchive(ctx), tight) as studio:
        publication = await studio.broadcast()
        assert publication.channel.tape.waiting_bytes == 0
        await studio.end()
        await studio.archive.heard("finished")
        recording = await studio.newest()
        assert (recording["status"], recording["problem"]) == ("failed", "too_slow")
        assert recording["missing_seconds"] == pytest.approx(9.0, abs=0.2)
        assert recording["playback_url"] is None


async def test_what_store_and_database_take_late_is_late_and_not_missing(
    studio: Studio, client: httpx.AsyncClient
) -> None:
    studio.store.open.clear()
    publication = await studio.broadcast()
    await studio.archive.heard("expected")
    assert len(publication.channel.window.segments) == 5  # the broadcast waits for nobody
    assert publication.channel.tape.waiting_bytes > 0
    studio.archive.is_away = True
    studio.store.open.set()
    await studio.archive.heard("not heard", 2)
    studio.archive.is_away = False
    await studio.archive.heard("stored", 4)
    await studio.end()
    await studio.archive.heard("finished")
    recording = await studio.newest()
    assert (recording["missing_seconds"], recording["problem"]) == (0, None)
    _, pieces = await played(client, recording["playback_url"])
    assert len(pieces) == 5


async def test_an_owners_address_opens_one_recording_for_half_a_day(
    studio: Studio, client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    first = await studio.recorded()
    await studio.broadcast()
    await studio.archive.heard("stored", 9)
    await studio.end()
    await studio.archive.heard("finished", 2)
    second = await studio.newest()
    assert second["id"] != first["id"]
    assert (await client.get(second["playback_url"])).status_code == 200
    other = first["playback_url"].replace(first["id"], second["id"])
    assert refusal_of(await client.get(other)) == (404, "not_found")
    clock.turn(13 * 3600)
    assert refusal_of(await client.get(second["playback_url"])) == (404, "not_found")


async def test_a_full_disk_stops_the_recording_and_not_the_broadcast(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    async with studio_of(ctx, client, ada, RecordingArchive(ctx), replace(QUICK, free_share_min=1.0)) as studio:
        publication = await studio.broadcast()
        await studio.end()
        await studio.archive.heard("finished")
        assert len(publication.channel.window.segments) == 5
        recording = await studio.newest()
        assert (recording["status"], recording["problem"], recording["size_bytes"]) == ("failed", "disk_full", 0)
        assert [found async for found in ctx.files.list("recording/")] == []


async def test_a_stream_that_says_so_is_not_recorded(studio: Studio, client: httpx.AsyncClient) -> None:
    path = f"/live/streams/{studio.stream_id}"
    assert data_of(await client.put(path, json={"record": False}, headers=studio.owner.headers))["record"] is False
    await studio.broadcast()
    await studio.archive.heard("not wanted")
    assert await studio.recordings(studio.owner) == []


async def test_media_that_died_loses_only_what_was_not_yet_there(
    ctx: Context, studio: Studio, client: httpx.AsyncClient
) -> None:
    """Rows stand before bytes: what was stored and not yet said to be is found, what was only announced is not."""
    publication = await studio.broadcast()
    await studio.archive.heard("stored", 4)
    recording = await studio.newest()
    segments = publication.channel.window.segments
    async with ctx.db.transaction() as tx:
        await tx.execute("update recording_segments set state = 'expected' where msn >= $1", segments[2].msn)
        await tx.execute(
            "update recordings set duration_ticks = $1", sum(segment.duration_ticks for segment in segments[:2])
        )
        await tx.execute("update streams set last_beat_at = now() - interval '1 hour'")
    path = ctx.files.path(f"recording/{recording['id'][-2:]}/{recording['id']}/s{segments[3].msn}.m4s")
    assert path is not None
    path.unlink()
    async with ctx.db.transaction() as tx:
        await on_air.end_in(tx, studio.stream_id, EndReason.LOST)
    await service.settle(ctx, UUID(recording["id"]))
    settled = await studio.newest()
    assert (settled["status"], settled["problem"]) == ("ready", "interrupted")
    assert settled["duration_seconds"] == pytest.approx(6.0, abs=0.1)
    playlist, _ = await played(client, settled["playback_url"])
    assert playlist.ended
    assert len(playlist.segments) == 3


async def test_recordings_go_when_their_time_has_come(ctx: Context, studio: Studio) -> None:
    recording = await studio.recorded()
    assert recording["expires_at"] is not None
    assert await service.sweep(ctx) == 0
    async with ctx.db.connection() as connection:
        await connection.execute("update recordings set ended_at = now() - interval '31 days'")
    assert await service.sweep(replace(ctx, settings=replace(ctx.settings, recordings_keep_days=0))) == 0
    assert await service.sweep(ctx) == 1
    assert await studio.recordings(studio.owner) == []


async def test_what_was_said_meanwhile_can_be_read_beside_it(
    ctx: Context, studio: Studio, client: httpx.AsyncClient
) -> None:
    await said(ctx, studio, ["before"])
    await studio.broadcast()
    await studio.archive.heard("stored", 4)
    await said(ctx, studio, ["one", "two", "three"])
    recording = await studio.newest()
    path = f"/live/recordings/{recording['id']}/chat"
    assert [message["content"] for message in data_of(await client.get(path))["messages"]] == ["one", "two", "three"]
    await studio.end()
    await said(ctx, studio, ["after"])
    assert refusal_of(await client.get(path)) == (404, "not_found")
    page = data_of(await client.get(path, params={"limit": 2}, headers=studio.owner.headers))
    assert [message["content"] for message in page["messages"]] == ["one", "two"]
    where = {"after": page["next_after"], "limit": 2}
    rest = data_of(await client.get(path, params=where, headers=studio.owner.headers))
    assert ([message["content"] for message in rest["messages"]], rest["next_after"]) == (["three"], None)
    late = {"from": page["messages"][1]["created_at"]}
    found = data_of(await client.get(path, params=late, headers=studio.owner.headers))
    assert [message["content"] for message in found["messages"]] == ["two", "three"]


async def said(ctx: Context, studio: Studio, words: list[str]) -> None:
    """The owner says these in the stream's room, one after the other."""
    owner = Principal(studio.owner.id, new_id(), studio.owner.username, Role.USER, email_verified=True)
    for content in words:
        await append(ctx, studio.stream_id, [Draft(owner, str(new_id()), content)])


async def test_its_owner_has_one_file_made_of_it(
    ctx: Context, studio: Studio, client: httpx.AsyncClient, bob: Person, tmp_path: Path
) -> None:
    media = encode_media(seconds=9)
    publication = await studio.publish(media.video, media.audio)
    for sample in media.samples:
        publication.push(sample)
    await studio.archive.heard("stored", 4)
    await studio.end()
    await studio.archive.heard("finished")
    recording = await studio.newest()
    path, owner = f"/live/recordings/{recording['id']}/mp4", studio.owner.headers
    assert refusal_of(await client.get(path, headers=owner)) == (409, "not_ready")
    for method in ("get", "post"):
        assert refusal_of(await client.request(method, path, headers=bob.headers)) == (404, "not_found")
    assert data_of(await client.post(path, headers=owner))["mp4_status"] == "making"
    await download.make(ctx, UUID(recording["id"]), is_last_try=True)
    assert data_of(await client.post(path, headers=owner))["mp4_status"] == "ready"
    link = data_of(await client.get(path, headers=owner))
    answer = await client.get(link["url"])
    assert answer.headers["content-disposition"].startswith("attachment")
    file = tmp_path / "set.mp4"
    file.write_bytes(answer.content)
    with av.open(str(file)) as found:
        assert found.duration is not None
        assert found.duration / 1e6 == pytest.approx(recording["duration_seconds"], abs=0.2)
        assert [stream.type for stream in found.streams] == ["video", "audio"]
        assert sum(1 for _ in found.decode(video=0)) == 9 * 30
    assert answer.content.index(b"moov") < answer.content.index(b"mdat")  # the index comes first
    assert not (ctx.settings.data_dir / "tmp" / f"mp4-{recording['id']}").exists()
    data_of(await client.delete(f"/live/recordings/{recording['id']}", headers=owner))
    assert refusal_of(await client.get(link["url"])) == (410, "link_expired")
    async with ctx.db.connection() as connection:
        assert await connection.fetchval("select count(*) from stored_objects where state <> 'discarded'") == 0


async def test_what_cannot_be_one_file_is_said_to_have_failed(
    ctx: Context, studio: Studio, client: httpx.AsyncClient
) -> None:
    recording = await studio.recorded()
    path = f"/live/recordings/{recording['id']}/mp4"
    data_of(await client.post(path, headers=studio.owner.headers))
    async for piece in ctx.files.list("recording/"):
        place = ctx.files.path(piece.key)
        assert place is not None
        place.write_bytes(b"\0" * place.stat().st_size)
    await download.make(ctx, UUID(recording["id"]), is_last_try=True)
    assert (await studio.newest())["mp4_status"] == "failed"
    assert data_of(await client.post(path, headers=studio.owner.headers))["mp4_status"] == "making"  # once more
