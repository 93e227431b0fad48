"""What crosses between a caller and its child, both ways. Only values: neither side's code may enter here."""

import msgspec


class ChildLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What one child may use. The kernel holds it to the first four; the caller's clock to `wall_s`."""

    memory_bytes: int = 1536 * 1024**2
    cpu_s: int = 120
    file_bytes: int = 8 * 1024**2
    open_files: int = 64
    wall_s: float = 900


class Envelope(msgspec.Struct, frozen=True):
    """One question: who answers it, for whom, within what."""

    module: str
    parent: int
    limits: ChildLimits
    request: msgspec.Raw


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: a result, or a sentence for the file's owner. `detail` is for the log."""

    result: msgspec.Raw = msgspec.Raw(b"null")
    unreadable: str = ""
    too_heavy: str = ""
    detail: str = ""


class AudioRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`source` is read as `format` and as nothing else; the preview is written to `preview`."""

    source: str
    preview: str
    format: str
    duration_ms_max: int


class AudioTags(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says about itself, cleaned and cut; empty when it does not."""

    title: str = ""
    artist: str = ""
    album: str = ""
    isrc: str | None = None
    bpm: float | None = None
    musical_key: str | None = None


class AudioFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What we found in an audio file.

    `peaks` are the absolute peaks of 800 equal slices, 255 for full scale; `loudness_lufs` is EBU R128's integrated
    loudness, None for silence and for what is too short to measure.
    """

    duration_ms: int
    codec: str
    sample_rate_hz: int
    channels: int
    bit_rate_bps: int | None
    loudness_lufs: float | None
    peaks: list[int]
    tags: AudioTags
    preview_start_ms: int
    preview_duration_ms: int


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """A WebP to write: its longer side at most `max_px`; `square` cuts the middle out."""

    path: str
    max_px: int
    square: bool = False


class ImageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An image, and what to make of it."""

    source: str
    renditions: list[Rendition]
    pixels_max: int
    side_px_min: int


class ImageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an image is, upright; `dominant_rgb` as `#rrggbb`."""

    width_px: int
    height_px: int
    format: str
    dominant_rgb: str


class ArchiveRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A ZIP to judge."""

    source: str
    entries_max: int
    uncompressed_bytes_max: int


class ArchiveFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a ZIP's directory says; `names` are the first 200 of its files, cut to 255 characters."""

    entries: int
    uncompressed_bytes: int
    names: list[str]
    audio_count: int


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One document to set: `values` is what the template reads, `created_at_s` (since 1970) stands in the file."""

    values: msgspec.Raw
    target: str
    created_at_s: int


class TypesetRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Documents of one template, alone in its folder. Each is set for itself."""

    template: str
    papers: list[Paper]


class Typeset(msgspec.Struct, frozen=True, kw_only=True):
    """How one document ended: `failed` says why there is no file. `replaced`: texts that no font can show."""

    replaced: int = 0
    failed: str = ""


class TypesetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One for each document, in their order."""

    papers: list[Typeset]


class PictureJob(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a stream, and where its first picture goes, as JPEG."""

    source: str
    target: str


class PicturesRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of streams, each for itself."""

    pictures: list[PictureJob]
    width_px_max: int
    height_px_max: int
    pixels_max: int


class PicturesFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Which of them have a picture now, in their order."""

    drawn: list[bool]


class Mp4Request(msgspec.Struct, frozen=True, kw_only=True):
    """Fragmented MP4 with one init segment, and where one with an index goes."""

    source: str
    target: str


class Mp4Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What was copied."""

    packets: int
