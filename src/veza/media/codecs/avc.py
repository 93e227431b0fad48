"""H.264: the decoder configuration record and the few fields of an SPS that a player must be told beforehand.

ISO/IEC 14496-15 §5.3.3 (avcC), ITU-T H.264 §7.3.2.1.1 (SPS). Slices and pictures are nobody's business here.
"""

from veza.media.codecs.bits import BitReader
from veza.media.units import MediaError, VideoConfig

MAX_DIMENSION = 8192
"""Luma samples a side. Level 6.2 ends there, and no browser plays more."""
MAX_RECORD_BYTES = 64 * 1024
"""An SPS and a PPS are tens of bytes."""

_FULL_FIELDS_PROFILES = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 144, 244})
"""Profiles whose SPS names chroma format, bit depths and scaling lists."""
_MAX_CYCLE = 255
_SPS = 7


def parse_avc_config(record: bytes) -> VideoConfig:
    """What an `avcC` record says. Width and height come from its first SPS, after cropping.

    Raises:
        MediaError: cut short, no SPS, or dimensions that nobody can play.
    """
    if len(record) < 7 or record[0] != 1:
        raise MediaError("The encoder's H.264 header is damaged. Stop and start the stream.")
    if len(record) > MAX_RECORD_BYTES:
        raise MediaError("The encoder's H.264 header is far too long. Stop and start the stream.")
    profile, compatibility, level = record[1:4]
    width, height = _dimensions(_first_sps(record))
    if not (0 < width <= MAX_DIMENSION and 0 < height <= MAX_DIMENSION):
        raise MediaError(f"The picture's size cannot be played. Choose at most {MAX_DIMENSION} pixels a side.")
    return VideoConfig(
        codec=f"avc1.{profile:02x}{compatibility:02x}{level:02x}",
        sample_entry=b"avc1",
        decoder_config=record,
        width=width,
        height=height,
    )


def _first_sps(record: bytes) -> bytes:
    count = record[5] & 31
    length = int.from_bytes(record[6:8], "big")
    sps = record[8 : 8 + length]
    if not count or len(sps) < max(length, 4) or sps[0] & 31 != _SPS:
        raise MediaError("The encoder's H.264 header has no sequence parameters. Stop and start the stream.")
    return sps


def _dimensions(sps: bytes) -> tuple[int, int]:
    """Width and height of the cropped picture, in luma samples. `sps` is the NAL unit with its header byte."""
    # §7.4.1: 00 00 03 stands for 00 00. Replacing from left to right is exact: the zeros before a 03 are spent.
    bits = BitReader(sps[1:].replace(b"\0\0\3", b"\0\0"), "H.264")
    profile = bits.take(8)
    bits.take(16)
    bits.unsigned_golomb()
    chroma_format = _chroma_format(bits) if profile in _FULL_FIELDS_PROFILES else 1
    bits.unsigned_golomb()
    _skip_picture_order(bits)
    bits.unsigned_golomb()
    bits.take(1)
    width = (bits.unsigned_golomb() + 1) * 16
    map_units = bits.unsigned_golomb() + 1
    frames_only = bits.take(1)
    height = map_units * 16 * (2 - frames_only)
    if not frames_only:
        bits.take(1)
    bits.take(1)
    if bits.take(1):
        # §7.4.2.1.1: offsets count chroma samples, and rows of both fields where fields are allowed.
        unit_x = 2 if chroma_format in {1, 2} else 1
        unit_y = (2 if chroma_format == 1 else 1) * (2 - frames_only)
        width -= unit_x * (bits.unsigned_golomb() + bits.unsigned_golomb())
        height -= unit_y * (bits.unsigned_golomb() + bits.unsigned_golomb())
    return width, height


def _chroma_format(bits: BitReader) -> int:
    """ChromaArrayType, past the bit depths and scaling lists that stand between."""
    chroma_format = bits.unsigned_golomb()
    separate_planes = bits.take(1) if chroma_format == 3 else 0
    bits.unsigned_golomb()
    bits.unsigned_golomb()
    bits.take(1)
    if bits.take(1):
        for index in range(12 if chroma_format == 3 else 8):
            if bits.take(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return 0 if separate_planes else chroma_format


def _skip_scaling_list(bits: BitReader, size: int) -> None:
    last_scale = next_scale = 8
    for _ in range(size):
        if next_scale:
            next_scale = (last_scale + bits.signed_golomb() + 256) % 256
        last_scale = next_scale or last_scale


def _skip_picture_order(bits: BitReader) -> None:
    order_type = bits.unsigned_golomb()
    if order_type == 0:
        bits.unsigned_golomb()
    elif order_type == 1:
        bits.take(1)
        bits.signed_golomb()
        bits.signed_golomb()
        cycle = bits.unsigned_golomb()
        if cycle > _MAX_CYCLE:
            raise MediaError("The encoder's H.264 header is damaged. Stop and start the stream.")
        for _ in range(cycle):
            bits.signed_golomb()
