"""One silent AAC frame, so that a stream whose audio pauses keeps an unbroken audio track.

Players with one source buffer for both tracks stop where either of them ends. Nothing here encodes real sound.
"""

from functools import lru_cache

# ISO/IEC 14496-3 §4.4.2.1 (table 4.85): element identifiers of a raw data block, three bits each.
_SINGLE = 0
_PAIR = 1
_LOW_FREQUENCY = 3
_END = 7

# §1.6.3.5 (table 1.19): which elements carry the channels of a configuration, in order.
_ELEMENTS = {
    1: (_SINGLE,),
    2: (_PAIR,),
    3: (_SINGLE, _PAIR),
    4: (_SINGLE, _PAIR, _SINGLE),
    5: (_SINGLE, _PAIR, _PAIR),
    6: (_SINGLE, _PAIR, _PAIR, _LOW_FREQUENCY),
    7: (_SINGLE, _PAIR, _PAIR, _PAIR, _LOW_FREQUENCY),
    8: (_SINGLE, _PAIR, _PAIR, _PAIR, _LOW_FREQUENCY),
}

_GAIN = f"{100:08b}"
_INFO = "0" + "00" + "0" + "000000" + "0"  # long window, sine shape, no scale factor band, no prediction
_NO_TOOLS = "000"  # no pulse data, no temporal noise shaping, no gain control


@lru_cache(maxsize=16)
def silent_aac_frame(channels: int) -> bytes:
    """A raw data block that decodes to silence in `channels` (1–8) channels."""
    bits = ""
    seen: dict[int, int] = {}
    for element in _ELEMENTS.get(channels, (_SINGLE,)):
        tag = seen.get(element, 0)
        seen[element] = tag + 1
        bits += f"{element:03b}{tag:04b}"
        if element == _PAIR:
            bits += "1" + _INFO + "00" + (_GAIN + _NO_TOOLS) * 2
        else:
            bits += _GAIN + _INFO + _NO_TOOLS
    bits += f"{_END:03b}"
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
