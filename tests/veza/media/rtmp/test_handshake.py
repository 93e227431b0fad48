"""The handshake: whole, byte by byte, and with what is not RTMP."""

import pytest

from veza.media.rtmp.errors import ProtocolError
from veza.media.rtmp.handshake import NONCE_BYTES, ServerHandshake

NONCE = bytes(range(256)) * 5 + bytes(NONCE_BYTES - 1280)
C1 = b"\x00\x00\x00\x07" + b"\x80\x00\x07\x02" + bytes(reversed(range(256))) * 5 + bytes(248)
HELLO = b"\x03" + C1
C2 = bytes(1536)


def test_answers_with_version_nonce_and_echo() -> None:
    handshake = ServerHandshake(NONCE)
    answer, rest = handshake.receive(HELLO)
    assert answer == b"\x03" + bytes(8) + NONCE + C1
    assert rest == b""
    assert not handshake.done


def test_hands_over_what_follows() -> None:
    handshake = ServerHandshake(NONCE)
    _, rest = handshake.receive(HELLO + C2 + b"chunks")
    assert handshake.done
    assert rest == b"chunks"


def test_byte_by_byte_is_the_same() -> None:
    handshake = ServerHandshake(NONCE)
    answers = [handshake.receive(bytes([byte])) for byte in HELLO + C2]
    assert b"".join(answer for answer, _ in answers) == b"\x03" + bytes(8) + NONCE + C1
    assert handshake.done


@pytest.mark.parametrize("first", [b"\x06", b"G", b"\x00", b"\x16"])
def test_refuses_other_versions_at_the_first_byte(first: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        ServerHandshake(NONCE).receive(first)
    assert caught.value.reason == "handshake"


def test_wants_a_whole_nonce() -> None:
    with pytest.raises(ValueError, match="1528"):
        ServerHandshake(b"short")
