"""AAC: what AudioSpecificConfig says (ISO/IEC 14496-3 §1.6.2.1). No frame is ever looked into."""

from veza.media.codecs.bits import BitReader
from veza.media.units import AudioConfig, MediaError

_RATES_HZ = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_EXPLICIT_RATE = 15
_CHANNELS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8}
"""Channel configuration to channels (Table 1.19). 0 hides the layout in the stream, which browsers refuse."""
_MAX_RATE_HZ = 192_000
_MIN_RATE_HZ = 7_350
_ESCAPE = 31
_SBR, _PS = 5, 29
_GENERAL = frozenset({1, 2, 3, 4})
"""Object types with a GASpecificConfig of 1024 or 960 samples: Main, LC, SSR, LTP."""
_MAX_CONFIG_BYTES = 64


def parse_aac_config(config: bytes) -> AudioConfig:
    """What an AudioSpecificConfig says.

    HE-AAC that signals itself (object types 5 and 29) keeps that type in its codec string, as RFC 6381 has it, while
    rate and frame length are those of the AAC core: its frames are what the track counts.

    Raises:
        MediaError: cut short, or a kind of AAC that browsers do not play.
    """
    if len(config) > _MAX_CONFIG_BYTES:
        raise MediaError("The encoder's AAC header is far too long. Stop and start the stream.")
    bits = BitReader(config, "AAC")
    object_type = core_type = _object_type(bits)
    rate_hz = _rate_hz(bits)
    channel_configuration = bits.take(4)
    if object_type in {_SBR, _PS}:
        _rate_hz(bits)
        core_type = _object_type(bits)
    if core_type not in _GENERAL:
        raise MediaError(
            "This server takes AAC-LC audio; your encoder sends another kind of AAC. "
            "Choose AAC (AAC-LC) in the encoder's audio settings."
        )
    if not _MIN_RATE_HZ <= rate_hz <= _MAX_RATE_HZ:
        raise MediaError("The audio's sample rate cannot be played. Choose 48 kHz or 44.1 kHz in the encoder.")
    channels = _CHANNELS.get(channel_configuration)
    if channels is None:
        raise MediaError("The audio's channel layout cannot be played. Choose stereo in the encoder's audio settings.")
    return AudioConfig(
        codec=f"mp4a.40.{object_type}",
        sample_entry=b"mp4a",
        decoder_config=config,
        sample_rate_hz=rate_hz,
        channels=channels,
        frame_ticks=960 if bits.take(1) else 1024,
    )


def _object_type(bits: BitReader) -> int:
    object_type = bits.take(5)
    return 32 + bits.take(6) if object_type == _ESCAPE else object_type


def _rate_hz(bits: BitReader) -> int:
    index = bits.take(4)
    if index == _EXPLICIT_RATE:
        return bits.take(24)
    if index >= len(_RATES_HZ):
        raise MediaError("The encoder's AAC header is damaged. Stop and start the stream.")
    return _RATES_HZ[index]
