"""The HLS door over a real HTTP server: what players get while a stream begins, runs, pauses, ends and is gone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
import uvicorn
from tests.factories.authority import STREAM_ID, MemoryAuthority
from tests.factories.clock import TurnableClock
from tests.factories.media_samples import encode_media
from tests.llhls_linter import lint_playlist
from tests.llhls_playlist import merge_delta
from tests.veza.media.hls.synthetic import audio_samples, interleaved, video_samples, what_it_lists
from tests.veza.streaming.test_hub import SETTINGS, Encoder, channel_of, connect

from veza.streaming.hls_app import HlsApp, HlsSettings
from veza.streaming.hub import Hub

SAMPLES = interleaved(video_samples(7), audio_samples(7))


@pytest.fixture
async def hub(clock: TurnableClock) -> AsyncIterator[Hub]:
    hub = Hub(MemoryAuthority(), clock, SETTINGS)
    yield hub
    await hub.close()


@asynccontextmanager
async def serving(hub: Hub, settings: HlsSettings | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a real server, at the stream's folder."""
    app = HlsApp(hub, settings or HlsSettings(start_wait_s=0.05))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="on"))
    started = asyncio.Event()
    original = server.startup

    async def startup(sockets: object = None) -> None:
        await original()
        started.set()

    server.startup = startup  # type: ignore[method-assign]
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        await started.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/hls/{STREAM_ID}/", timeout=20) as client:
            yield client
        server.should_exit = True


@pytest.fixture
async def http(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(hub) as client:
        yield client


async def live(hub: Hub) -> Encoder:
    """An encoder that sent three segments and a bit."""
    encoder = await connect(hub)
    encoder.send(SAMPLES)
    return encoder


def uris(playlist: str, start: str) -> list[str]:
    return [
        word
        for line in playlist.splitlines()
        for word in line.replace("=", ",").replace('"', "").split(",")
        if word.startswith(start) and word.endswith((".m4s", ".mp4"))
    ]


def check_refusal(answer: httpx.Response, status: int, code: str) -> None:
    body = answer.json()
    assert (answer.status_code, body["code"], body["success"]) == (status, code, False)
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["error"].endswith(".")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_everything_a_playlist_names_is_there(hub: Hub, http: httpx.AsyncClient) -> None:
    await live(hub)
    index = await http.get("index.m3u8")
    assert index.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert lint_playlist(index.text, kind="multivariant") == []
    media = await http.get(index.text.splitlines()[-1])
    assert lint_playlist(media.text) == []
    assert media.headers["cache-control"] == "no-cache"
    plain = await http.get("plain.m3u8")
    assert lint_playlist(plain.text, kind="media") == []
    joined = b""
    for uri in uris(media.text, "init") + uris(media.text, "s") + uris(media.text, "p")[:-1]:
        piece = await http.get(uri)
        assert piece.status_code == 200, uri
        assert "immutable" in piece.headers["cache-control"]
        assert int(piece.headers["content-length"]) == len(piece.content)
        joined += piece.content if uri.startswith("s") else b""
    parts = [part.data for segment in channel_of(hub).window.segments if segment.complete for part in segment.parts]
    assert joined == b"".join(parts)


async def test_real_media_comes_through_whole(hub: Hub, http: httpx.AsyncClient) -> None:
    media = encode_media()
    assert media.video is not None
    encoder = await connect(hub)
    encoder.publication.configure(media.video)
    for sample in media.samples:
        encoder.publication.push(sample)
    index = await http.get("index.m3u8")
    assert f'CODECS="{media.video.codec}"' in index.text
    assert "RESOLUTION=160x90,FRAME-RATE=30.000" in index.text


async def test_a_blocking_reload_answers_with_the_part_it_waited_for(hub: Hub, http: httpx.AsyncClient) -> None:
    encoder = await live(hub)
    window = channel_of(hub).window
    newest = window.segments[-1]
    query = {"_HLS_msn": newest.msn, "_HLS_part": len(newest.parts)}
    async with asyncio.TaskGroup() as group:
        reload = group.create_task(http.get("media.m3u8", params=query))
        hinted = group.create_task(http.get(f"p{window.next_part}.m4s"))
        await waiting(hub, 2)
        encoder.send(interleaved(video_samples(0.7, start_ms=7000, gop=1), audio_samples(0.7, start_ms=7000)))
    assert f"p{newest.parts[-1].number}.m4s" in reload.result().text
    assert lint_playlist(reload.result().text, keyed_segments=False) == []
    assert hinted.result().status_code == 200
    whole = await http.get("media.m3u8", params={"_HLS_msn": newest.msn - 1})
    assert whole.status_code == 200


async def test_who_knows_the_rest_gets_a_delta_update(hub: Hub, http: httpx.AsyncClient) -> None:
    encoder = await live(hub)
    encoder.send(interleaved(video_samples(20, start_ms=7000), audio_samples(20, start_ms=7000)))
    whole = await http.get("media.m3u8")
    delta = await http.get("media.m3u8", params={"_HLS_skip": "YES"})
    assert len(delta.text) < len(whole.text)
    assert what_it_lists(merge_delta(whole.text, delta.text)) == what_it_lists(whole.text)
    assert (await http.get("plain.m3u8", params={"_HLS_skip": "YES"})).text == (await http.get("plain.m3u8")).text


async def waiting(hub: Hub, requests: int) -> None:
    """Until so many requests wait. Each turn of the loop lets the server read more."""
    async with asyncio.timeout(10):
        while channel_of(hub).waiting < requests:
            turn = asyncio.Event()
            asyncio.get_running_loop().call_later(0.001, turn.set)
            await turn.wait()


async def test_a_whole_segment_can_be_waited_for(hub: Hub, http: httpx.AsyncClient) -> None:
    encoder = await live(hub)
    newest = channel_of(hub).window.segments[-1]
    async with asyncio.TaskGroup() as group:
        reload = group.create_task(http.get("media.m3u8", params={"_HLS_msn": newest.msn}))
        await waiting(hub, 1)
        encoder.send(interleaved(video_samples(3, start_ms=7000), audio_samples(3, start_ms=7000)))
    assert f"s{newest.msn}.m4s" in reload.result().text


@pytest.mark.parametrize(
    "query",
    ["_HLS_msn=x", "_HLS_msn=-1", "_HLS_part=1", "_HLS_msn=999999999999", "viewer=%00", "_HLS_msn=1&_HLS_msn=1"],
)
async def test_a_query_that_cannot_be_meant_is_400(hub: Hub, http: httpx.AsyncClient, query: str) -> None:
    await live(hub)
    check_refusal(await http.get(f"media.m3u8?{query}"), 400, "validation_error")


async def test_a_part_too_far_ahead_is_400(hub: Hub, http: httpx.AsyncClient) -> None:
    await live(hub)
    newest = channel_of(hub).window.segments[-1]
    check_refusal(
        await http.get("media.m3u8", params={"_HLS_msn": newest.msn, "_HLS_part": 50}), 400, "validation_error"
    )
    old = await http.get("media.m3u8", params={"_HLS_msn": newest.msn - 1, "_HLS_part": 50})
    assert old.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "s1.m4s",
        "p1.m4s",
        "p99999999999999.m4s",
        "init1.mp4",
        "other.m3u8",
        "/",
        "/hls/nonsense/index.m3u8",
        "/hls/01932b2e-0000-7000-8000-00000000000f/index.m3u8",
        "/hls/01932b2e-0000-7000-8000-00000000000f/p1.m4s",
    ],
)
async def test_what_is_not_there_is_404_with_the_envelope(hub: Hub, http: httpx.AsyncClient, path: str) -> None:
    await live(hub)
    check_refusal(
        await http.get(f"http://{http.base_url.netloc.decode()}{path}" if path[0] == "/" else path), 404, "not_found"
    )


async def test_methods(hub: Hub, http: httpx.AsyncClient) -> None:
    await live(hub)
    whole, head = await http.get("media.m3u8"), await http.head("media.m3u8")
    assert head.content == b""
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert (await http.head("nothing")).status_code == 404
    preflight = await http.options("media.m3u8", headers={"origin": "https://example.org"})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in preflight.headers
    refused = await http.post("media.m3u8", content=b"x")
    check_refusal(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_playlists_are_packed_for_those_who_ask(hub: Hub, http: httpx.AsyncClient) -> None:
    await live(hub)
    packed = await http.get("media.m3u8", headers={"accept-encoding": "gzip"})
    bare = await http.get("media.m3u8", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in bare.headers
    assert packed.text == bare.text


async def test_a_player_waits_for_the_first_part(hub: Hub) -> None:
    async with serving(hub, HlsSettings()) as http:
        encoder = await connect(hub)
        async with asyncio.TaskGroup() as group:
            index = group.create_task(http.get("index.m3u8"))
            await waiting(hub, 1)
            encoder.send(SAMPLES)
        assert index.result().status_code == 200


async def test_a_stream_that_never_begins_is_not_ready(hub: Hub, http: httpx.AsyncClient) -> None:
    encoder = await connect(hub)
    refused = await http.get("index.m3u8")
    check_refusal(refused, 503, "not_ready")
    assert refused.headers["retry-after"] == "1"
    encoder.leave()
    check_refusal(await http.get("index.m3u8"), 404, "not_found")


async def test_a_return_in_the_grace_is_a_discontinuity_for_viewers(hub: Hub, http: httpx.AsyncClient) -> None:
    (await live(hub)).leave()
    before = await http.get("media.m3u8")
    assert "ENDLIST" not in before.text
    await live(hub)
    after = await http.get("media.m3u8")
    assert "#EXT-X-DISCONTINUITY\n" in after.text
    assert lint_playlist(after.text, previous=before.text) == []


async def test_reloads_come_back_calmly_while_the_encoder_is_away(hub: Hub, http: httpx.AsyncClient) -> None:
    encoder = await live(hub)
    newest = channel_of(hub).window.segments[-1]
    async with asyncio.TaskGroup() as group:
        early = group.create_task(http.get("media.m3u8", params={"_HLS_msn": newest.msn + 1, "_HLS_part": 0}))
        await waiting(hub, 1)
        encoder.leave()
    assert early.result().status_code == 200
    late = await http.get("media.m3u8", params={"_HLS_msn": newest.msn + 1, "_HLS_part": 0})
    assert late.status_code == 200
    assert late.text == early.result().text


async def test_an_ended_stream_keeps_its_playlist_and_then_is_gone(clock: TurnableClock) -> None:
    hub = Hub(MemoryAuthority(), clock, replace(SETTINGS, grace_s=0.01, endlist_s=0.5))
    async with serving(hub) as http:
        (await live(hub)).leave()
        channel = channel_of(hub)
        assert await channel.wait_until(lambda: channel.window.ended, 10)
        ended = await http.get("media.m3u8", params={"_HLS_msn": channel.window.next_msn})
        assert ended.text.endswith("#EXT-X-ENDLIST\n")
        assert lint_playlist(ended.text) == []
        assert (await http.get("plain.m3u8")).text.endswith("#EXT-X-ENDLIST\n")
        assert (await http.get(f"p{channel.window.next_part}.m4s")).status_code == 404
        assert await channel.wait_until(lambda: hub.find(STREAM_ID) is None, 10)
        check_refusal(await http.get("media.m3u8"), 404, "not_found")
    await hub.close()


async def test_viewers_are_counted_on_media_playlists(hub: Hub, http: httpx.AsyncClient, clock: TurnableClock) -> None:
    await live(hub)
    index = await http.get("index.m3u8", params={"viewer": "viewer-one"})
    assert hub.viewer_count(STREAM_ID) == 0
    assert index.text.endswith("media.m3u8?viewer=viewer-one\n")
    await http.get(index.text.splitlines()[-1])
    await http.get("plain.m3u8", params={"viewer": "viewer-two"})
    await http.get("media.m3u8")
    assert hub.viewer_count(STREAM_ID) == 2
    clock.turn(11)
    assert hub.viewer_count(STREAM_ID) == 0


async def test_requests_that_wait_are_bounded(hub: Hub) -> None:
    async with serving(hub, HlsSettings(waiting_per_channel=1)) as http:
        encoder = await live(hub)
        newest = channel_of(hub).window.segments[-1]
        query = {"_HLS_msn": newest.msn}
        async with asyncio.TaskGroup() as group:
            first = group.create_task(http.get("media.m3u8", params=query))
            await waiting(hub, 1)
            refused = await http.get("media.m3u8", params=query)
            encoder.send(video_samples(3, start_ms=7000))
        check_refusal(refused, 429, "rate_limited")
        assert first.result().status_code == 200


async def test_a_reader_that_takes_too_long_is_let_go(hub: Hub) -> None:
    await live(hub)
    app = HlsApp(hub, HlsSettings(send_s=0.01))
    segment = channel_of(hub).window.segments[0]
    never = asyncio.Event()

    async def send(message: object) -> None:
        await never.wait()

    async def receive() -> dict[str, object]:
        return {}

    scope = {"type": "http", "method": "GET", "path": f"/hls/{STREAM_ID}/s{segment.msn}.m4s", "query_string": b""}
    async with asyncio.timeout(10):
        await app({**scope, "headers": [], "client": ("192.0.2.1", 1)}, receive, send)


async def test_nothing_in_an_answer_holds_the_key(hub: Hub, http: httpx.AsyncClient) -> None:
    await live(hub)
    for path in ("index.m3u8", "media.m3u8", "plain.m3u8", "nothing"):
        answer = await http.get(path)
        assert "vz_" not in answer.text + json.dumps(dict(answer.headers))
