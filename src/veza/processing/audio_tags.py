"""What an audio file says about itself, cleaned. Pure: a stranger's text in, bounded fields out."""

import math
import re
import unicodedata
from collections.abc import Mapping

from veza.processing.wire import AudioTags

TEXT_CHARACTERS_MAX = 200
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
_KEY = re.compile(r"[A-Ga-g](?:#|b|♯|♭)?\s?(?:m|min|minor|M|maj|major)?|(?:1[0-2]|[1-9])[ABdmABDM]")
_BPM_MIN, _BPM_MAX = 20.0, 400.0


def clean_tags(raw: Mapping[str, str]) -> AudioTags:
    """The fields we know, under whatever name ID3, Vorbis comments, RIFF INFO or MP4 gave them."""
    found = {name.lower(): value for name, value in raw.items()}

    def first(*names: str) -> str:
        return next((text for name in names if (text := _clean(found.get(name, "")))), "")

    isrc = first("isrc", "tsrc").replace("-", "").replace(" ", "").upper()
    key = first("initialkey", "initial_key", "initial key", "tkey", "key")
    return AudioTags(
        title=first("title", "tit2", "inam"),
        artist=first("artist", "tpe1", "iart", "album_artist"),
        album=first("album", "talb", "iprd"),
        isrc=isrc if _ISRC.fullmatch(isrc) else None,
        bpm=_bpm(first("bpm", "tbpm", "tbp", "tmpo", "tempo")),
        musical_key=key if _KEY.fullmatch(key) else None,
    )


def _bpm(text: str) -> float | None:
    try:
        bpm = float(text.replace(",", "."))
    except ValueError:
        return None
    return round(bpm, 2) if math.isfinite(bpm) and _BPM_MIN <= bpm <= _BPM_MAX else None


def _clean(text: str) -> str:
    """One line without controls or turned direction, bounded. Bytes that were not UTF-8 come as surrogates."""
    if any("\udc80" <= c <= "\udcff" for c in text):
        text = text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    text = unicodedata.normalize("NFC", text[: 10 * TEXT_CHARACTERS_MAX])
    text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(text.split())[:TEXT_CHARACTERS_MAX].rstrip()
