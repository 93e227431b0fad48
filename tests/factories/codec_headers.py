"""Decoder configurations and FLV bodies built field by field, so that tests can say what is in them."""

from collections.abc import Sequence


class BitWriter:
    """Bits from the most significant on."""

    def __init__(self) -> None:
        self._bits: list[str] = []

    def put(self, count: int, value: int) -> "BitWriter":
        self._bits.append(f"{value:0{count}b}" if count else "")
        return self

    def unsigned(self, value: int) -> "BitWriter":
        """ue(v)."""
        width = (value + 1).bit_length()
        return self.put(width - 1, 0).put(width, value + 1)

    def signed(self, value: int) -> "BitWriter":
        """se(v)."""
        return self.unsigned(2 * value - 1 if value > 0 else -2 * value)

    def done(self) -> bytes:
        bits = "".join(self._bits)
        bits += "0" * (-len(bits) % 8)
        return bytes(int(bits[start : start + 8], 2) for start in range(0, len(bits), 8))


def escape_nal(data: bytes) -> bytes:
    """Emulation prevention (H.264 §7.4.1), written the slow and plain way."""
    out, zeros = bytearray(), 0
    for byte in data:
        if zeros == 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def sps(
    width_mbs: int,
    height_map_units: int,
    *,
    profile: int = 100,
    level: int = 31,
    chroma_format: int = 1,
    frames_only: bool = True,
    crop: Sequence[int] = (),
    scaling_lists: bool = False,
    order_type: int = 0,
) -> bytes:
    """A sequence parameter set as a NAL unit. `crop`: left, right, top, bottom in crop units."""
    bits = BitWriter().put(8, profile).put(8, 0).put(8, level).unsigned(0)
    if profile in {100, 110, 122, 244}:
        bits.unsigned(chroma_format)
        if chroma_format == 3:
            bits.put(1, 0)
        bits.unsigned(0).unsigned(0).put(1, 0).put(1, int(scaling_lists))
        if scaling_lists:
            bits.put(1, 1)
            for _ in range(16):
                bits.signed(1)
            bits.put(1, 1).signed(-8)  # next scale 0: the list ends early
            bits.put(10 if chroma_format == 3 else 6, 0)
    bits.unsigned(4).unsigned(order_type)
    if order_type == 0:
        bits.unsigned(2)
    elif order_type == 1:
        bits.put(1, 0).signed(-2).signed(3).unsigned(2).signed(1).signed(-1)
    bits.unsigned(4).put(1, 0).unsigned(width_mbs - 1).unsigned(height_map_units - 1).put(1, int(frames_only))
    if not frames_only:
        bits.put(1, 1)
    bits.put(1, 1).put(1, int(bool(crop)))
    for side in crop:
        bits.unsigned(side)
    bits.put(1, 0).put(1, 1)
    return b"\x67" + escape_nal(bits.done())


def avc_record(sequence_parameters: bytes, *, length_bytes: int = 4) -> bytes:
    """An avcC record with one SPS and one PPS."""
    picture_parameters = b"\x68\xeb\xe3\xcb\x22\xc0"
    return b"".join((
        b"\x01", sequence_parameters[1:4], bytes([0xFC | (length_bytes - 1), 0xE1]),
        len(sequence_parameters).to_bytes(2, "big"), sequence_parameters,
        b"\x01", len(picture_parameters).to_bytes(2, "big"), picture_parameters,
    ))  # fmt: skip


def avc_720p() -> bytes:
    """The avcC record of a 1280 × 720 High picture."""
    return avc_record(sps(80, 45))


def aac_stereo_48k() -> bytes:
    """AudioSpecificConfig of AAC-LC, 48 kHz, stereo."""
    return b"\x11\x90"


def flv_avc_config(record: bytes | None = None) -> bytes:
    return b"\x17\0\0\0\0" + (record or avc_720p())


def flv_avc_frame(data: bytes, *, keyframe: bool, cts_ms: int = 0) -> bytes:
    return (b"\x17\x01" if keyframe else b"\x27\x01") + (cts_ms & 0xFFFFFF).to_bytes(3, "big") + data


def flv_aac_config(config: bytes | None = None) -> bytes:
    return b"\xaf\0" + (config or aac_stereo_48k())


def flv_aac_frame(data: bytes) -> bytes:
    return b"\xaf\x01" + data
