"""Which files each type of product may hold. By what they are, never by what they are called. Pure.

What cannot be recognised is refused, but for presets: synthesizers have hundreds of formats of their own, so there a
known ending will do, as long as the bytes are nothing that runs or that a browser would show.
"""

from veza.kit.errors import UnsupportedMedia
from veza.processing.sniff import Kind, Sniffed, is_suspicious, sniff
from veza.products.domain import ProductType

_WORDS = {
    Kind.AUDIO: "audio (WAV, FLAC, AIFF, MP3, AAC, Ogg)",
    Kind.ARCHIVE: "a ZIP archive",
    Kind.MIDI: "MIDI",
    Kind.DOCUMENT: "a PDF",
}
_KINDS: dict[ProductType, tuple[Kind, ...]] = {
    ProductType.TRACK: (Kind.AUDIO, Kind.DOCUMENT),
    ProductType.ALBUM: (Kind.AUDIO, Kind.DOCUMENT),
    ProductType.BEAT: (Kind.AUDIO, Kind.ARCHIVE, Kind.MIDI, Kind.DOCUMENT),
    ProductType.SAMPLE_PACK: (Kind.AUDIO, Kind.ARCHIVE, Kind.MIDI, Kind.DOCUMENT),
    ProductType.PRESET: (Kind.ARCHIVE, Kind.AUDIO, Kind.MIDI, Kind.DOCUMENT),
    ProductType.SERVICE: (Kind.AUDIO, Kind.ARCHIVE, Kind.MIDI, Kind.DOCUMENT),
}
PRESET_ENDINGS = frozenset(
    {
        "fxp", "fxb", "vstpreset", "aupreset", "nmsv", "nksf", "nki", "vital", "vitalbank", "vitaltable", "h2p", "adg",
        "adv", "serumpreset", "syx", "sbf", "bank", "ksd", "phasemarkup", "repatch", "als", "xps", "ens", "spf", "wt",
    }
)  # fmt: skip
_PRESET = Sniffed(Kind.UNKNOWN, "preset", "application/octet-stream")


def require_accepted(product_type: ProductType, head: bytes, filename: str) -> Sniffed:
    """What a file is, by its first bytes. Raises `UnsupportedMedia` with what may be sent instead."""
    found = sniff(head, filename)
    kinds = _KINDS[product_type]
    if is_suspicious(head):
        raise UnsupportedMedia("This file pretends to be several things at once, and cannot be sold.")
    if found.kind in kinds:
        return found
    ending = filename.rpartition(".")[2].lower()
    if product_type is ProductType.PRESET and found.kind is Kind.UNKNOWN and ending in PRESET_ENDINGS:
        return _PRESET
    wanted = ", ".join(_WORDS[kind] for kind in kinds)
    raise UnsupportedMedia(f"This type of product takes {wanted}. The content of this file is something else.")
