"""The server's half of RTMP's plain handshake (Adobe RTMP 1.0, §5.2). No chunks here, and no digest.

A client that asks for the digest form (its C1 carries a Flash version) falls back to the plain one when S1 holds a
zero version, as ours does; that is what OBS, ffmpeg and nginx-rtmp do with each other.
"""

from veza.media.rtmp.errors import ProtocolError

VERSION = 3
BLOCK_BYTES = 1536
"""Length of C1, C2, S1 and S2."""
NONCE_BYTES = BLOCK_BYTES - 8
"""Random tail of S1, behind its time and version fields."""

_HELLO_BYTES = 1 + BLOCK_BYTES
_WHOLE_BYTES = _HELLO_BYTES + BLOCK_BYTES


class ServerHandshake:
    """Takes C0, C1 and C2 in any pieces; gives S0, S1 and S2 as soon as C1 is whole.

    C2 is read, not compared: encoders in use fill it wrongly, and it proves nothing.
    """

    def __init__(self, nonce: bytes) -> None:
        """`nonce`: NONCE_BYTES unpredictable bytes."""
        if len(nonce) != NONCE_BYTES:
            raise ValueError(f"the nonce has {NONCE_BYTES} bytes")
        self._nonce = nonce
        self._received = bytearray()
        self._answered = False
        self.done = False

    def receive(self, data: bytes) -> tuple[bytes, bytes]:
        """What to send now, and what came after the handshake (empty until `done`).

        Raises:
            ProtocolError: the first byte is not RTMP version 3.
        """
        received = self._received
        received += data
        if received and received[0] != VERSION:
            raise ProtocolError("handshake", "the first byte is not RTMP version 3")
        answer = b""
        if not self._answered and len(received) >= _HELLO_BYTES:
            self._answered = True
            answer = bytes([VERSION]) + bytes(8) + self._nonce + received[1:_HELLO_BYTES]
        if len(received) < _WHOLE_BYTES:
            return answer, b""
        self.done = True
        rest = bytes(received[_WHOLE_BYTES:])
        received.clear()
        return answer, rest
