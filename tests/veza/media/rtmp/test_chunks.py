"""The chunk layer against a writer of the tests' own: every header form, every split, every bound."""

import struct
from contextlib import suppress
from itertools import chain
from random import Random

import pytest
from hypothesis import given, strategies as st
from tests.factories.rtmp_client import ClientChunkWriter, Outgoing

from veza.media.rtmp import chunks
from veza.media.rtmp.chunks import ChunkReader, ChunkWriter
from veza.media.rtmp.errors import ProtocolError

Plain = tuple[int, int, int, bytes]


def read(data: bytes, *, pieces: int | None = None, most: int = 1 << 20) -> list[Plain]:
    """Everything in `data`, given in pieces of `pieces` bytes."""
    reader = ChunkReader(most)
    found: list[Plain] = []
    step = pieces or len(data) or 1
    for start in range(0, len(data), step):
        reader.receive(data[start : start + step])
        found += [(m.type_id, m.timestamp, m.stream_id, bytes(m.payload)) for m in reader.messages()]
    return found


def plain(message: Outgoing) -> Plain:
    return (message.type_id, message.timestamp & 0xFFFFFFFF, message.stream_id, message.payload)


chunk_stream_ids = st.sampled_from([2, 3, 6, 63, 64, 319, 320, 65599])


@st.composite
def conversations(draw: st.DrawFn) -> tuple[int, list[list[Outgoing]]]:
    """A chunk size, and messages per chunk stream with times that mostly go on."""
    lanes = []
    for chunk_stream_id in draw(st.lists(chunk_stream_ids, min_size=1, max_size=4, unique=True)):
        time = draw(st.sampled_from([0, 40, 0xFFFFFE, 0xFFFFFF, 0x1000000, 0xFFFFFFF0]))
        lane = []
        for _ in range(draw(st.integers(1, 5))):
            payload = draw(st.sampled_from([b"", b"x", b"ab" * 70, bytes(range(256)) * 3]) | st.binary(max_size=400))
            lane.append(Outgoing(chunk_stream_id, draw(st.sampled_from([8, 9, 20])), time, 1, payload))
            time += draw(st.sampled_from([0, 21, 21, 40, 0xFFFFFF, -13]))
            time = max(time, 0)
        lanes.append(lane)
    return draw(st.sampled_from([1, 2, 127, 128, 129, 4096, 65536])), lanes


@given(conversations(), st.randoms(use_true_random=False), st.sampled_from([None, 1, 2, 7, 100]))
def test_reads_any_interleaving_in_any_pieces(
    conversation: tuple[int, list[list[Outgoing]]], order: Random, pieces: int | None
) -> None:
    chunk_bytes, lanes = conversation
    writer = ClientChunkWriter(chunk_bytes=128)
    data = [writer.write(Outgoing(2, 1, 0, 0, struct.pack(">I", chunk_bytes)))]
    waiting = [list(chain.from_iterable(writer.chunks(message) for message in lane)) for lane in lanes]
    while any(waiting):
        data.append(order.choice([lane for lane in waiting if lane]).pop(0))
    found = read(b"".join(data), pieces=pieces)
    for lane in lanes:
        mine = [plain(message) for message in lane]
        others = [plain(message) for other in lanes if other is not lane for message in other]
        assert sorted(found) == sorted(mine + others)
        in_order = iter(found)
        assert all(message in in_order for message in mine)


def test_full_headers_too() -> None:
    writer = ClientChunkWriter(compress=False)
    sent = [Outgoing(4, 8, time, 1, bytes([time])) for time in range(5)]
    assert read(b"".join(map(writer.write, sent))) == [plain(message) for message in sent]


def test_the_products_writer_reads_back() -> None:
    writer = ChunkWriter()
    data = writer.write(2, 1, 0, struct.pack(">I", 300)) + writer.write(3, 20, 7, b"x" * 1000)
    assert read(data) == [(20, 0, 7, b"x" * 1000)]
    assert data[16:19] == b"\x03\0\0"


def header(form: int, chunk_stream_id: int = 4, *, length: int = 1, field: int = 0) -> bytes:
    whole = field.to_bytes(3, "big") + length.to_bytes(3, "big") + b"\x08" + bytes(4)
    return bytes([form << 6 | chunk_stream_id]) + whole[: (11, 7, 3, 0)[form]]


def test_a_bare_header_repeats_the_last_difference() -> None:
    data = header(0, field=100) + b"a" + header(1, field=20) + b"b" + header(3) + b"c" + header(2, field=5) + b"d"
    assert [time for _, time, _, _ in read(data)] == [100, 120, 140, 145]


def test_a_bare_header_after_a_full_one_adds_its_time() -> None:
    """§5.3.1.2.4: the difference is then the timestamp itself."""
    assert [time for _, time, _, _ in read(header(0, field=30) + b"a" + header(3) + b"b")] == [30, 60]


def test_a_stream_may_begin_with_form_1() -> None:
    assert read(header(1, field=7) + b"a") == [(8, 7, 0, b"a")]


@pytest.mark.parametrize("repeated", [True, False], ids=["repeats", "omits"])
def test_extended_time_on_continuations(repeated: bool) -> None:
    extended = struct.pack(">I", 0x01000005)
    more = b"\xc4" + (extended if repeated else b"") + b"y" * 72
    data = header(0, length=200, field=0xFFFFFF) + extended + b"x" * 128 + more
    assert read(data) == read(data, pieces=1) == [(8, 0x01000005, 0, b"x" * 128 + b"y" * 72)]


def test_time_wraps_at_32_bits() -> None:
    data = header(0, field=0xFFFFFF) + b"\xff\xff\xff\xf0a" + header(1, field=0x20) + b"b"
    assert [time for _, time, _, _ in read(data)] == [0xFFFFFFF0, 0x10]


def test_abort_drops_the_message_in_the_making() -> None:
    unfinished = header(0, length=200) + b"x" * 128
    abort = header(0, 2, length=4)[:-5] + b"\x02" + bytes(4) + struct.pack(">I", 4)
    assert read(unfinished + abort + header(0) + b"a") == [(8, 0, 0, b"a")]


def test_many_aborts_leave_no_count_behind() -> None:
    reader = ChunkReader(1 << 22)
    unfinished = header(0, length=1 << 20) + b"x" * 128
    abort = header(0, 2, length=4)[:-5] + b"\x02" + bytes(4) + struct.pack(">I", 4)
    for _ in range(chunks.MAX_BUFFERED_BYTES // 128 + 10):
        reader.receive(unfinished + abort)
        assert list(reader.messages()) == []


def control(type_id: int, payload: bytes) -> bytes:
    return b"\x02\0\0\0" + len(payload).to_bytes(3, "big") + bytes([type_id]) + bytes(4) + payload


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (header(3), "chunk_header"),
        (header(2), "chunk_header"),
        (header(0, length=200) + b"x" * 128 + header(0), "message_interrupted"),
        (header(0, length=200) + b"x" * 128 + header(1), "message_interrupted"),
        (header(0, length=0xFFFFFF), "message_too_long"),
        (control(1, struct.pack(">I", 0)), "chunk_size"),
        (control(1, struct.pack(">I", chunks.MAX_CHUNK_BYTES + 1)), "chunk_size"),
        (control(1, b"\0\0"), "control"),
        (control(2, b"\0"), "control"),
        (b"".join(header(0, stream) + b"a" for stream in range(3, 36)), "too_many_chunk_streams"),
        (header(0, length=0) + b"\xc4" * (chunks.MAX_EMPTY_MESSAGES + 1), "flood"),
    ],
)
def test_breaches_are_named(data: bytes, reason: str) -> None:
    for pieces in (None, 1):
        with pytest.raises(ProtocolError) as caught:
            read(data, pieces=pieces)
        assert caught.value.reason == reason


def test_unfinished_messages_are_bounded_together() -> None:
    reader = ChunkReader(4 << 20)
    reader.receive(control(1, struct.pack(">I", 65536)))
    assert list(reader.messages()) == []

    def fill() -> None:
        for part in range(64):
            for stream in range(3, 30):
                begin = header(0, stream, length=4 << 20) if part == 0 else bytes([0xC0 | stream])
                reader.receive(begin + bytes(65536))
                assert list(reader.messages()) == []

    with pytest.raises(ProtocolError) as caught:
        fill()
    assert caught.value.reason == "buffer_full"


def test_limit_may_grow_between_messages() -> None:
    reader = ChunkReader(10)
    reader.receive(header(0, length=10) + bytes(10) + header(0, length=11) + bytes(11))
    messages = reader.messages()
    assert len(next(messages).payload) == 10
    reader.max_message_bytes = 11
    assert len(next(messages).payload) == 11


def test_may_be_left_and_begun_again() -> None:
    reader = ChunkReader(100)
    reader.receive(b"".join(header(0) + bytes([letter]) for letter in b"abc"))
    assert bytes(next(reader.messages()).payload) == b"a"
    assert reader.unread_bytes == 26
    reader.receive(header(0) + b"d")
    assert [bytes(message.payload) for message in reader.messages()] == [b"b", b"c", b"d"]


@given(st.binary(max_size=2000), st.sampled_from([None, 1, 13]))
def test_random_bytes_are_read_or_refused(data: bytes, pieces: int | None) -> None:
    with suppress(ProtocolError):
        read(data, pieces=pieces)
