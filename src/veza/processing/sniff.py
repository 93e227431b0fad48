"""What a file is, by its first bytes; and a name that is safe to give it. Pure: bytes in, values out, no I/O ever.

The declared name only breaks ties; what the bytes say counts. This is a doorman, not a parser: a file that passes is
read again, by a child with limits.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

HEAD_BYTES = 64 * 1024
"""How much of a file is worth handing to `sniff` and `is_suspicious`."""
NAME_CHARACTERS_MAX = 200


class Kind(StrEnum):
    AUDIO = "audio"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    MIDI = "midi"
    IMAGE = "image"
    MARKUP = "markup"
    EXECUTABLE = "executable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file is. `format` is our word for it (`wav`, `ogg-opus`), `content_type` what to serve it as."""

    kind: Kind
    format: str
    content_type: str


_UNKNOWN = Sniffed(Kind.UNKNOWN, "unknown", "application/octet-stream")
_MP3 = Sniffed(Kind.AUDIO, "mp3", "audio/mpeg")
_AAC = Sniffed(Kind.AUDIO, "aac", "audio/aac")
_FLAC = Sniffed(Kind.AUDIO, "flac", "audio/flac")

_MAGIC = (
    (b"fLaC", _FLAC),
    (b"PK\3\4", Sniffed(Kind.ARCHIVE, "zip", "application/zip")),
    (b"PK\5\6", Sniffed(Kind.ARCHIVE, "zip", "application/zip")),
    (b"%PDF-", Sniffed(Kind.DOCUMENT, "pdf", "application/pdf")),
    (b"MThd", Sniffed(Kind.MIDI, "midi", "audio/midi")),
    (b"\xff\xd8\xff", Sniffed(Kind.IMAGE, "jpeg", "image/jpeg")),
    (b"\x89PNG\r\n\x1a\n", Sniffed(Kind.IMAGE, "png", "image/png")),
    (b"GIF87a", Sniffed(Kind.IMAGE, "gif", "image/gif")),
    (b"GIF89a", Sniffed(Kind.IMAGE, "gif", "image/gif")),
    *(
        (magic, Sniffed(Kind.EXECUTABLE, name, "application/octet-stream"))
        for name, magics in {
            "elf": [b"\x7fELF"],
            "pe": [b"MZ"],
            "mach-o": [
                b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe",
            ],
            "wasm": [b"\0asm"],
            "script": [b"#!"],
        }.items()
        for magic in magics
    ),
)  # fmt: skip

_FORMS = {
    (b"RIFF", b"WAVE"): Sniffed(Kind.AUDIO, "wav", "audio/wav"),
    (b"RF64", b"WAVE"): Sniffed(Kind.AUDIO, "wav", "audio/wav"),
    (b"BW64", b"WAVE"): Sniffed(Kind.AUDIO, "wav", "audio/wav"),
    (b"RIFF", b"WEBP"): Sniffed(Kind.IMAGE, "webp", "image/webp"),
    (b"RIFF", b"RMID"): Sniffed(Kind.MIDI, "midi", "audio/midi"),
    (b"FORM", b"AIFF"): Sniffed(Kind.AUDIO, "aiff", "audio/aiff"),
    (b"FORM", b"AIFC"): Sniffed(Kind.AUDIO, "aiff", "audio/aiff"),
}

_OGG_CODECS = {b"\x01vorbis": "ogg-vorbis", b"OpusHead": "ogg-opus", b"\x7fFLAC": "ogg-flac"}
_AUDIO_BRANDS = frozenset(
    {b"M4A ", b"M4B ", b"M4P ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"dash"}
)
_IMAGE_BRANDS = {b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"mif1": "heic"}

_MARKUP = re.compile(rb"<(?:[a-z]|!doctype|!--|\?xml)", re.IGNORECASE)
_ACTIVE = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|object|embed|img)[\s/>]", re.IGNORECASE)
_PDF_BYTES, _MARKUP_BYTES = 1024, 1024


def sniff(head: bytes, name: str = "") -> Sniffed:
    """What a file is whose first bytes are `head` (up to HEAD_BYTES of them)."""
    for magic, sniffed in _MAGIC:
        if head.startswith(magic):
            return sniffed
    if (form := _FORMS.get((head[:4], head[8:12]))) is not None:
        return form
    if head.startswith(b"OggS"):
        return _ogg(head)
    if head[4:8] == b"ftyp":
        return _mp4(head)
    if head.startswith(b"ID3"):
        return _after_id3(head, name)
    return _frames(head) or _markup(head) or _UNKNOWN


def is_suspicious(head: bytes, tail: bytes = b"") -> bool:
    """Whether a file looks made to be two things at once: refuse it, whatever `sniff` says.

    `tail`: its last bytes (up to HEAD_BYTES), where an appended ZIP has its directory.
    """
    kind = sniff(head).kind
    if kind in {Kind.ARCHIVE, Kind.MARKUP}:  # an archive may hold pages and documents, as they are
        return False
    if _ACTIVE.search(head, 0, _MARKUP_BYTES) or head.find(b"%PDF-", 1, _PDF_BYTES) > 0:
        return True
    return _holds_zip_entry(head) or _ends_as_zip(tail)


def safe_name(name: str) -> str:
    """`name` as a file may be called on anybody's disk: no folder, nothing invisible, nothing reserved."""
    shown = "".join(c for c in name if _is_visible(c)).replace("\\", "/").rpartition("/")[2]
    shown = re.sub(r"^[A-Za-z]:", "", shown)
    shown = unicodedata.normalize("NFC", re.sub(r'[<>:"|?*]', "_", shown)).lstrip(". ").rstrip(". ")
    if _RESERVED.fullmatch(shown.partition(".")[0].rstrip()):
        shown = f"_{shown}"
    if len(shown) > NAME_CHARACTERS_MAX:
        ending = PurePosixPath(shown).suffix
        if len(ending) > 16:
            ending = ""
        shown = shown[: NAME_CHARACTERS_MAX - len(ending)].rstrip(". ") + ending
    return shown or "file"


_RESERVED = re.compile(r"CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]", re.IGNORECASE)


def _is_visible(character: str) -> bool:
    # Joiners are letters' business in many scripts; every other format character hides or turns text around.
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} or character in "\u200c\u200d"


def _ogg(head: bytes) -> Sniffed:
    if len(head) < 28:
        return _UNKNOWN
    first_packet = head[27 + head[26] :]
    for magic, name in _OGG_CODECS.items():
        if first_packet.startswith(magic):
            return Sniffed(Kind.AUDIO, name, "audio/ogg")
    return _UNKNOWN


def _mp4(head: bytes) -> Sniffed:
    brand = head[8:12]
    if (image := _IMAGE_BRANDS.get(brand)) is not None:
        return Sniffed(Kind.IMAGE, image, f"image/{image}")
    return Sniffed(Kind.AUDIO, "m4a", "audio/mp4") if brand in _AUDIO_BRANDS else _UNKNOWN


def _after_id3(head: bytes, name: str) -> Sniffed:
    """ID3v2 stands before MP3 by right, and before AAC and FLAC by habit. Its pictures may outgrow `head`."""
    if len(head) < 10 or any(byte & 0x80 for byte in head[6:10]):
        return _UNKNOWN
    size_bytes = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + (10 if head[5] & 0x10 else 0)
    rest = head[size_bytes:]
    if rest.startswith(b"fLaC"):
        return _FLAC
    if len(rest) >= 16 and (found := _frames(rest)) is not None:
        return found
    return {".aac": _AAC, ".flac": _FLAC}.get(PurePosixPath(name).suffix.lower(), _MP3)


def _frames(data: bytes) -> Sniffed | None:
    """MP3 or ADTS by two frames that agree: a sync word alone is eleven bits of luck."""
    if (length := _mp3_frame_bytes(data)) and _agree(data, length, 0xFFFE0C00) and _mp3_frame_bytes(data[length:]):
        return _MP3
    if (length := _adts_frame_bytes(data)) and _agree(data, length, 0xFFFEFDC0) and _adts_frame_bytes(data[length:]):
        return _AAC
    return None


def _agree(data: bytes, length: int, mask: int) -> bool:
    first, second = data[:4], data[length : length + 4]
    return len(second) == 4 and (int.from_bytes(first, "big") ^ int.from_bytes(second, "big")) & mask == 0


# ISO 11172-3 and 13818-3, layer III only: kbit/s by MPEG-1 or not, Hz by MPEG-1 (halved, and halved again below).
_KBPS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
_HZ = (44100, 48000, 32000, 0)


def _mp3_frame_bytes(data: bytes) -> int:
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return 0
    version = data[1] >> 3 & 3
    is_mpeg1 = version == 3
    kbps, hz = _KBPS[is_mpeg1][data[2] >> 4], _HZ[data[2] >> 2 & 3]
    if version == 1 or not kbps or not hz:
        return 0
    hz = hz if is_mpeg1 else hz // 2 if version == 2 else hz // 4
    return (144 if is_mpeg1 else 72) * kbps * 1000 // hz + (data[2] >> 1 & 1)


def _adts_frame_bytes(data: bytes) -> int:
    if len(data) < 7 or data[0] != 0xFF or data[1] & 0xF6 != 0xF0 or data[2] >> 2 & 15 > 12:
        return 0
    length = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    return length if length >= 7 else 0


def _markup(head: bytes) -> Sniffed | None:
    text = head[:4096]
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = text.decode("utf-16", "ignore").encode()
    text = text.removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\f\r \0").lower()
    if not _MARKUP.match(text):
        return None
    if b"<svg" in text:
        return Sniffed(Kind.MARKUP, "svg", "image/svg+xml")
    if text.startswith(b"<?xml") and b"<html" not in text:
        return Sniffed(Kind.MARKUP, "xml", "application/xml")
    return Sniffed(Kind.MARKUP, "html", "text/html")


def _holds_zip_entry(data: bytes) -> bool:
    """Whether a ZIP's local header stands somewhere in `data`: four bytes alone would be luck, so its fields too."""
    at = data.find(b"PK\3\4", 1)
    while at > 0:
        fields = data[at + 4 : at + 30]
        if len(fields) == 26:
            version, method = fields[0], int.from_bytes(fields[4:6], "little")
            name_bytes = int.from_bytes(fields[22:24], "little")
            if 10 <= version <= 63 and method <= 99 and 0 < name_bytes <= 1024:
                return True
        at = data.find(b"PK\3\4", at + 1)
    return False


def _ends_as_zip(tail: bytes) -> bool:
    at = tail.rfind(b"PK\5\6")
    return at >= 0 and len(tail) - at >= 22 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") <= len(tail)
