"""The session: a publisher's whole life, every refusal, and the bounds before a key was checked."""

import struct
from collections.abc import Iterator

import pytest
from tests.factories.rtmp_client import HANDSHAKE, Answer, PublisherScript, read_answer, whole_session

from veza.media.rtmp import session as rtmp
from veza.media.rtmp.amf0 import write_values
from veza.media.rtmp.chunks import ChunkReader, Message
from veza.media.rtmp.errors import ProtocolError
from veza.media.rtmp.handshake import NONCE_BYTES
from veza.media.rtmp.session import (
    ConnectionRefused,
    Event,
    MediaKind,
    MediaMessage,
    Metadata,
    PublisherLeft,
    PublishRequested,
    ServerSession,
    State,
)

KEY = "vz_0123456789abcdefghijklmnopqrstuv"


class Peer:
    """A session and what it answered."""

    def __init__(self) -> None:
        self.session = ServerSession(bytes(NONCE_BYTES))
        self.script = PublisherScript()
        self._sent = b""
        self.events: list[Event] = []

    def give(self, data: bytes, *, pieces: int | None = None, accept: bool = True) -> list[Event]:
        """Feed `data`, answering a publish request by `accept`. The events of this call."""
        found: list[Event] = []
        step = pieces or len(data) or 1
        for start in range(0, len(data), step):
            batch = self.session.receive(data[start : start + step])
            found += batch
            if accept and self.session.state is State.DECIDING:
                self.session.accept_publish()
                found += self.session.receive(b"")
            self._sent += self.session.data_to_send()
        self._sent += self.session.data_to_send()
        self.events += found
        return found

    def publishing(self) -> "Peer":
        self.give(HANDSHAKE + self.script.connect() + self.script.publish(KEY))
        assert self.session.state is State.PUBLISHING
        return self

    def answers(self) -> list[Message]:
        reader = ChunkReader(1 << 20)
        reader.receive(self._sent[1 + 2 * 1536 :])
        return list(reader.messages())

    def statuses(self) -> list[Answer]:
        found = (read_answer(message) for message in self.answers())
        return [answer for answer in found if answer is not None]


def media(script: PublisherScript) -> Iterator[bytes]:
    yield script.metadata(width=640.0, encoder="tests")
    yield script.video(0, b"\x17\0\0\0\0config")
    yield script.audio(0, b"\xaf\0cc")
    yield script.video(0, b"\x17\x01\0\0\0" + bytes(9000))
    yield script.audio(21, b"\xaf\x01" + b"a" * 200)
    yield script.video(33, b"\x27\x01\0\0\0" + bytes(5000))


@pytest.mark.parametrize("pieces", [None, 1, 1000])
def test_a_publisher_from_hello_to_goodbye(pieces: int | None) -> None:
    peer = Peer()
    events = peer.give(whole_session(KEY, media(peer.script), peer.script), pieces=pieces)
    assert events[0] == PublishRequested("live", KEY)
    assert events[1] == Metadata({"width": 640.0, "encoder": "tests"})
    messages = [event for event in events if isinstance(event, MediaMessage)]
    assert [(event.kind, event.timestamp_ms, len(event.payload)) for event in messages] == [
        (MediaKind.VIDEO, 0, 11),
        (MediaKind.AUDIO, 0, 4),
        (MediaKind.VIDEO, 0, 9005),
        (MediaKind.AUDIO, 21, 202),
        (MediaKind.VIDEO, 33, 5005),
    ]  # fmt: skip
    assert events[-1] == PublisherLeft()
    assert peer.session.state is State.ENDED
    assert peer.session.receive(b"more") == []
    codes = [(answer.name, answer.code) for answer in peer.statuses() if answer.code]
    assert codes == [
        ("_result", "NetConnection.Connect.Success"),
        ("onFCPublish", "NetStream.Publish.Start"),
        ("onStatus", "NetStream.Publish.Start"),
        ("onStatus", "NetStream.Unpublish.Success"),
    ]


def test_the_key_is_not_in_the_requests_text() -> None:
    assert KEY not in repr(PublishRequested("live", KEY))


def test_a_query_behind_the_key_is_dropped() -> None:
    peer = Peer()
    events = peer.give(
        HANDSHAKE + peer.script.connect("live/?x=1") + peer.script.publish(KEY + "?token=1"), accept=False
    )
    assert events == [PublishRequested("live", KEY)]


def test_nothing_is_consumed_while_a_decision_is_pending() -> None:
    peer = Peer()
    peer.give(HANDSHAKE + peer.script.connect() + peer.script.publish(KEY), accept=False)
    assert peer.give(peer.script.video(0, b"\x17\x01\0\0\0x"), accept=False) == []
    peer.session.accept_publish()
    assert [type(event) for event in peer.session.receive(b"")] == [MediaMessage]


def test_input_is_bounded_while_a_decision_is_pending() -> None:
    peer = Peer()
    peer.give(HANDSHAKE + peer.script.connect() + peer.script.publish(KEY), accept=False)
    with pytest.raises(ProtocolError) as caught:
        peer.give(bytes(rtmp.MAX_WAITING_BYTES + 1), accept=False)
    assert caught.value.reason == "buffer_full"


def test_a_refusal_is_said() -> None:
    peer = Peer()
    peer.give(HANDSHAKE + peer.script.connect() + peer.script.publish(KEY), accept=False)
    peer.session.refuse_publish("NetStream.Publish.BadName", "This key is wrong.")
    peer.give(b"")
    assert peer.statuses()[-1] == Answer("onStatus", "NetStream.Publish.BadName", "This key is wrong.")
    assert peer.session.state is State.ENDED
    with pytest.raises(RuntimeError):
        peer.session.accept_publish()


def test_a_cut_is_said_once_publishing() -> None:
    peer = Peer().publishing()
    peer.session.cut("Your key was replaced.")
    peer.give(b"")
    assert peer.statuses()[-1] == Answer("onStatus", "NetStream.Publish.Denied", "Your key was replaced.")
    assert peer.give(peer.script.video(0, b"x")) == []


def test_a_cut_before_publish_only_ends() -> None:
    peer = Peer()
    peer.give(HANDSHAKE)
    peer.session.cut("Away.")
    peer.give(b"")
    assert peer.statuses() == []


def test_another_application_is_refused() -> None:
    peer = Peer()
    events = peer.give(HANDSHAKE + peer.script.connect("vod"))
    assert events == [ConnectionRefused("wrong_app")]
    assert (peer.statuses()[0].name, peer.statuses()[0].code) == ("_error", "NetConnection.Connect.InvalidApp")


def test_playing_is_refused() -> None:
    peer = Peer()
    events = peer.give(HANDSHAKE + peer.script.connect() + peer.script.command("play", 2, None, "name", stream_id=1))
    assert events == [ConnectionRefused("play")]
    assert peer.statuses()[-1].code == "NetStream.Play.Failed"


def test_pings_and_windows_are_answered() -> None:
    peer = Peer().publishing()
    peer.give(peer.script.message(2, 4, 0, 0, struct.pack(">HI", 6, 1234)))
    assert bytes(peer.answers()[-1].payload) == struct.pack(">HI", 7, 1234)
    peer.give(peer.script.message(2, 5, 0, 0, struct.pack(">I", 100_000)))
    for time in range(30):
        peer.give(peer.script.video(time, bytes(10_000)))
    acknowledged = [message for message in peer.answers() if message.type_id == 3]
    assert len(acknowledged) in {2, 3}
    assert int.from_bytes(acknowledged[0].payload, "big") >= 100_000


def test_a_tiny_window_does_not_make_us_chatter() -> None:
    peer = Peer().publishing()
    peer.give(peer.script.message(2, 5, 0, 0, struct.pack(">I", 1)))
    before = len(peer.answers())
    for time in range(20):
        peer.give(peer.script.audio(time, bytes(100)))
    assert len(peer.answers()) == before


def test_time_goes_on_past_32_bits_for_all_tracks() -> None:
    peer = Peer().publishing()
    sent = [
        peer.script.video((1 << 32) - 20, b"v"),
        peer.script.audio((1 << 32) - 10, b"a"),
        peer.script.video((1 << 32) + 13, b"v"),
        peer.script.audio((1 << 32) - 2, b"a"),
        peer.script.audio((1 << 32) + 40, b"a"),
    ]
    events = peer.give(b"".join(sent))
    times = [event.timestamp_ms - (1 << 32) for event in events if isinstance(event, MediaMessage)]
    assert times == [-20, -10, 13, -2, 40]


def test_time_never_goes_below_zero() -> None:
    peer = Peer().publishing()
    events = peer.give(peer.script.video(5, b"v") + peer.script.audio((1 << 32) - 3, b"a"))
    assert all(event.timestamp_ms >= 0 for event in events if isinstance(event, MediaMessage))


def test_empty_media_is_dropped() -> None:
    peer = Peer().publishing()
    assert peer.give(peer.script.audio(0, b"")) == []


def test_closing_without_publishing_is_no_event() -> None:
    peer = Peer()
    assert peer.give(HANDSHAKE + peer.script.connect() + peer.script.command("deleteStream", 2, None, 1)) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (PublisherScript().publish(KEY), "out_of_order"),
        (
            PublisherScript().connect() * 1 + PublisherScript(compress=False).command("connect", 1, {"app": "live"}),
            "out_of_order",
        ),
        (PublisherScript().video(0, b"x"), "out_of_order"),
        (PublisherScript().command("", 1) + PublisherScript().message(3, 20, 0, 0, b"\x05"), "out_of_order"),
        (PublisherScript().message(3, 20, 0, 0, b"\x05"), "command"),
        (PublisherScript().message(3, 20, 0, 0, b""), "command"),
        (PublisherScript().message(3, 22, 0, 0, b"x"), "unsupported"),
        (PublisherScript().message(3, 18, 0, 0, bytes(rtmp.MAX_MESSAGE_BYTES_BEFORE_PUBLISH + 1)), "message_too_long"),
        (PublisherScript().message(3, 3, 0, 0, bytes(4)) * (rtmp.MAX_MESSAGES_BEFORE_PUBLISH + 1), "flood"),
    ],
    ids=[
        "publish first",
        "connect twice",
        "media first",
        "command first",
        "no name",
        "empty",
        "aggregate",
        "long",
        "flood",
    ],
)
def test_breaches_before_publish(data: bytes, reason: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        Peer().give(HANDSHAKE + data)
    assert caught.value.reason == reason


def test_a_second_publish_is_a_breach() -> None:
    peer = Peer().publishing()
    with pytest.raises(ProtocolError) as caught:
        peer.give(peer.script.publish("another"))
    assert caught.value.reason == "out_of_order"


def test_long_messages_after_publish_and_not_beyond() -> None:
    peer = Peer().publishing()
    events = peer.give(peer.script.video(0, bytes(rtmp.MAX_MESSAGE_BYTES)))
    assert [len(event.payload) for event in events if isinstance(event, MediaMessage)] == [rtmp.MAX_MESSAGE_BYTES]
    with pytest.raises(ProtocolError):
        peer.give(peer.script.video(0, bytes(rtmp.MAX_MESSAGE_BYTES + 1)))


def test_unknown_calls_and_data_are_ignored() -> None:
    peer = Peer().publishing()
    data = peer.script.command("FCSubscribe", 9, None, "x") + peer.script.message(
        4, 18, 0, 1, write_values("onCuePoint", {})
    )
    assert peer.give(data) == []
    assert peer.session.state is State.PUBLISHING
