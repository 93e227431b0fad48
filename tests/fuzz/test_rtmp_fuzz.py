"""Hostile RTMP: mutated sessions in process, then against a real listener beside a publisher that must not notice."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from random import Random

import psutil
import pytest
from hypothesis import given, settings, strategies as st
from tests.factories.codec_headers import (
    flv_aac_config,
    flv_aac_frame,
    flv_avc_config,
    flv_avc_frame,
)
from tests.factories.ingest import RecordingIngest, RecordingPublisher
from tests.factories.rtmp_client import HANDSHAKE, PublisherScript, RtmpClient, whole_session

from veza.media import flv
from veza.media.rtmp.errors import ProtocolError
from veza.media.rtmp.handshake import NONCE_BYTES
from veza.media.rtmp.session import MediaKind, MediaMessage, ServerSession, State
from veza.media.units import MediaError
from veza.streaming.rtmp_limits import RtmpLimits
from veza.streaming.rtmp_server import start_rtmp

KEY = "fuzzed"


def media(script: PublisherScript) -> Iterator[bytes]:
    yield script.metadata(width=1280.0, height=720.0, encoder="tests", stereo=True)
    yield script.video(0, flv_avc_config())
    yield script.audio(0, flv_aac_config())
    for number in range(20):
        yield script.video(number * 33, flv_avc_frame(b"\0\0\1\0nal!" * 50, keyframe=number == 0, cts_ms=33))
        yield script.audio(number * 21, flv_aac_frame(b"aac!" * 60))


def session(chunk_bytes: int = 128) -> bytes:
    script = PublisherScript(chunk_bytes=chunk_bytes)
    return whole_session(KEY, media(script), script)


SESSIONS = [session(chunk_bytes) for chunk_bytes in (1, 128, 4096, 60_000)]


def play(data: bytes, pieces: int) -> None:
    """What a connection does with `data`. Lets ProtocolError and MediaError through, as everything else."""
    conversation = ServerSession(bytes(NONCE_BYTES))
    for start in range(0, len(data), pieces):
        events = conversation.receive(data[start : start + pieces])
        if conversation.state is State.DECIDING:
            conversation.accept_publish()
            events += conversation.receive(b"")
        conversation.data_to_send()
        for event in events:
            if isinstance(event, MediaMessage):
                parse = flv.parse_video if event.kind is MediaKind.VIDEO else flv.parse_audio
                parse(event.payload, event.timestamp_ms)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SESSIONS), st.randoms(use_true_random=False), st.sampled_from([37, 1500, 65_536]))
def test_mutated_sessions_raise_only_our_errors(whole: bytes, random: Random, pieces: int) -> None:
    data = mutate(whole, random)
    with suppress(ProtocolError, MediaError):
        play(data, pieces)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3000), st.sampled_from([1, 1500]))
def test_garbage_behind_the_handshake_raises_only_our_errors(garbage: bytes, pieces: int) -> None:
    with suppress(ProtocolError, MediaError):
        play(HANDSHAKE + garbage, pieces)


def mutate(whole: bytes, random: Random) -> bytes:
    """Some bytes behind the handshake changed, cut out or doubled."""
    data = bytearray(whole)
    for _ in range(random.randint(1, 20)):
        position = random.randrange(len(HANDSHAKE), len(data))
        match random.randrange(4):
            case 0 | 1:
                data[position] = random.randrange(256)
            case 2:
                del data[position : position + random.randint(1, 40)]
            case _:
                data[position:position] = data[position : position + random.randint(1, 40)]
        if len(data) <= len(HANDSHAKE) + 1:
            break
    return bytes(data)


@pytest.mark.timeout(90)
async def test_a_listener_under_fire_keeps_its_publisher_its_memory_and_its_sockets() -> None:
    ingest = RecordingIngest(KEY, "honest")
    server = await start_rtmp("127.0.0.1", 0, ingest, RtmpLimits(linger_s=0.2, refused_keys_per_minute=10_000))
    process = psutil.Process()
    random = Random(7)
    async with await RtmpClient.open(server.port) as honest:
        await honest.publish("honest")
        publisher = await ingest.publisher("honest")
        await honest.send(honest.script.video(0, flv_avc_config()))
        files_before = process.num_fds()
        for wave in range(20):
            await asyncio.gather(*(attack(server.port, mutate(random.choice(SESSIONS), random)) for _ in range(25)))
            ingest.publishers.pop(KEY, None)
            await honest.send(honest.script.video(wave * 40, flv_avc_frame(b"nal!", keyframe=True)))
            await publisher.until(partial(has_samples, publisher, wave + 1))
        assert publisher.departures == []
        await asyncio.gather(*(declare_and_stall(server.port) for _ in range(20)))
        assert process.num_fds() <= files_before + 5
        assert server.counters.closed["internal"] == 0
        assert server.counters.publishers == 1
    await server.close()


def has_samples(publisher: RecordingPublisher, count: int) -> bool:
    return len(publisher.samples) == count


async def attack(port: int, data: bytes) -> None:
    """Send a whole session and go away, or be closed."""
    with suppress(ConnectionError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(data)
            writer.write_eof()
            while await reader.read(65_536):
                pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def declare_and_stall(port: int) -> None:
    """Declare long messages on many chunk streams and send one chunk of each: must be closed, not kept."""
    headers = (
        bytes([stream]) + b"\0\0\0" + b"\xff\xff\xff" + b"\x09" + bytes(4) + os.urandom(128) for stream in range(3, 63)
    )
    await attack(port, HANDSHAKE + b"".join(headers))
