"""Commands and control messages: what is taken, what is refused."""

import struct

import pytest
from tests.factories.rtmp_client import read_answer

from veza.media.rtmp.amf0 import AmfValue, write_values
from veza.media.rtmp.chunks import ChunkReader, Message
from veza.media.rtmp.errors import ProtocolError
from veza.media.rtmp.messages import (
    MessageType,
    MessageWriter,
    read_command,
    read_metadata,
    read_ping,
    read_window,
)


def body(*values: AmfValue) -> memoryview:
    return memoryview(write_values(*values))


def test_reads_a_command() -> None:
    command = read_command(body("publish", 5, None, "name", "live"), amf3=False)
    assert (command.name, command.transaction_id, command.options) == ("publish", 5.0, {})
    assert [command.text(index) for index in range(3)] == ["name", "live", ""]


def test_reads_an_amf3_command_that_falls_back() -> None:
    command = read_command(memoryview(b"\0" + write_values("connect", 1, {"app": "live"})), amf3=True)
    assert command.options == {"app": "live"}


@pytest.mark.parametrize("values", [(), (1.0,), ("name", "text"), ("name", True), (None, 1.0)])
def test_refuses_commands_without_name_or_number(values: tuple[AmfValue, ...]) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_command(body(*values), amf3=False)
    assert caught.value.reason == "command"


def test_refuses_true_amf3() -> None:
    with pytest.raises(ProtocolError):
        read_command(memoryview(b"\x11\x01"), amf3=True)


def test_metadata_with_and_without_the_setter() -> None:
    values: dict[str, AmfValue] = {"width": 640.0}
    assert read_metadata(body("@setDataFrame", "onMetaData", values), amf3=False) == values
    assert read_metadata(body("onMetaData", values), amf3=False) == values
    assert read_metadata(memoryview(b"\0" + write_values("onMetaData", values)), amf3=True) == values
    assert read_metadata(body("onTextData", values), amf3=False) is None
    assert read_metadata(body("onMetaData"), amf3=False) is None


def test_control_messages() -> None:
    assert read_window(memoryview(struct.pack(">I", 5000))) == 5000
    assert read_ping(memoryview(struct.pack(">HI", 6, 77))) == 77
    assert read_ping(memoryview(struct.pack(">HI", 3, 77))) is None


@pytest.mark.parametrize("payload", [b"", b"\0", b"\0\x06\0"])
def test_control_messages_cut_short(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_ping(memoryview(payload))
    with pytest.raises(ProtocolError):
        read_window(memoryview(payload))


def test_what_the_server_writes_reads_back() -> None:
    writer = MessageWriter()
    writer.window(2_500_000)
    writer.peer_bandwidth(2_500_000)
    writer.chunk_size(4096)
    writer.acknowledgement((1 << 32) + 5)
    writer.pong(9)
    writer.stream_begin(1)
    writer.status(1, level="error", code="NetStream.Publish.BadName", sentence="No. " * 60)
    reader = ChunkReader(10_000)
    reader.receive(writer.take())
    found: list[Message] = list(reader.messages())
    assert writer.take() == b""
    assert [(message.type_id, bytes(message.payload)) for message in found[:-1]] == [
        (MessageType.WINDOW_ACK_SIZE, struct.pack(">I", 2_500_000)),
        (MessageType.SET_PEER_BANDWIDTH, struct.pack(">IB", 2_500_000, 2)),
        (MessageType.ACKNOWLEDGEMENT, struct.pack(">I", 5)),
        (MessageType.USER_CONTROL, struct.pack(">HI", 7, 9)),
        (MessageType.USER_CONTROL, struct.pack(">HI", 0, 1)),
    ]
    answer = read_answer(found[-1])
    assert answer is not None
    assert (answer.code, answer.description) == ("NetStream.Publish.BadName", "No. " * 60)
