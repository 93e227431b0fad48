"""Bits from the most significant on: how codec headers are written. Bounded; knows no codec."""

from veza.media.units import MediaError

MAX_BYTES = 1024
"""The fields that anybody wants stand at the front of a header; what follows is not looked at."""
_MAX_LEADING_ZEROS = 31


class BitReader:
    """Reads `data` up to MAX_BYTES. Every method raises MediaError at the end, and never reads past it."""

    def __init__(self, data: bytes, name: str) -> None:
        """`name`: what the header is called in a sentence for the streamer, e.g. `H.264`."""
        data = data[:MAX_BYTES]
        self._number = int.from_bytes(data, "big")
        self._left = len(data) * 8
        self._name = name

    def take(self, count: int) -> int:
        """The next `count` bits as a number."""
        self._left -= count
        if self._left < 0:
            raise MediaError(f"The encoder's {self._name} header is cut short. Stop and start the stream.")
        return (self._number >> self._left) & ((1 << count) - 1)

    def unsigned_golomb(self) -> int:
        """ue(v) of ITU-T H.264 §9.1, up to 32 bits."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > _MAX_LEADING_ZEROS:
                raise MediaError(f"The encoder's {self._name} header is damaged. Stop and start the stream.")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed_golomb(self) -> int:
        """se(v) of ITU-T H.264 §9.1.1."""
        code = self.unsigned_golomb()
        return (code + 1) // 2 if code & 1 else -(code // 2)
