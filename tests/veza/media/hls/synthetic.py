"""Samples without a codec inside, for tests of cutting; and what is true of every window, whatever came in."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tests.factories.mp4_boxes import Run, read_fragments
from tests.llhls_linter import lint_playlist
from tests.llhls_playlist import Segment, merge_delta, parse_playlist

from veza.media.hls.playlist import write_media, write_multivariant, write_plain
from veza.media.hls.segmenter import Segmenter
from veza.media.hls.window import Packaging, Window
from veza.media.units import AudioConfig, Sample, TrackConfig, TrackKind, VideoConfig

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
VIDEO = VideoConfig("avc1.64001f", b"avc1", b"\1\x64\0\x1f\xff\xe1\0\0\1\0\0", 1280, 720)
VIDEO_TOO = VideoConfig("avc1.640028", b"avc1", b"\1\x64\0\x28\xff\xe1\0\0\1\0\0", 1920, 1080)
AUDIO = AudioConfig("mp4a.40.2", b"mp4a", b"\x11\x90", 48_000, 2, 1024)
AUDIO_TOO = AudioConfig("mp4a.40.2", b"mp4a", b"\x12\x10", 44_100, 2, 1024)


def video_samples(
    seconds: float, *, fps: float = 30, gop: int = 60, start_ms: int = 0, cts_ms: int = 0
) -> list[Sample]:
    """Frames at RTMP's whole milliseconds; the first is a key frame."""
    return [
        Sample(TrackKind.VIDEO, start_ms + round(index * 1000 / fps), cts_ms, index % gop == 0, b"v" * 50)
        for index in range(round(seconds * fps))
    ]


def audio_samples(seconds: float, *, start_ms: int = 0, config: AudioConfig = AUDIO) -> list[Sample]:
    frame_s = config.frame_ticks / config.sample_rate_hz
    return [
        Sample(TrackKind.AUDIO, start_ms + int(index * frame_s * 1000), 0, True, b"a" * 8)
        for index in range(round(seconds / frame_s))
    ]


def interleaved(*tracks: Sequence[Sample]) -> list[Sample]:
    return sorted((sample for track in tracks for sample in track), key=lambda sample: sample.dts_ms)


def new_segmenter(packaging: Packaging | None = None) -> tuple[Window, Segmenter]:
    window = Window(packaging or Packaging())
    return window, Segmenter(window, lambda: NOON)


def package(
    samples: Iterable[Sample], *configs: TrackConfig, packaging: Packaging | None = None, finish: bool = True
) -> Window:
    """The window after all samples."""
    window, segmenter = new_segmenter(packaging)
    for config in configs:
        segmenter.configure(config)
    for sample in samples:
        segmenter.push(sample)
    if finish:
        segmenter.finish()
    return window


def check_media(window: Window, *, gaps_in_video: bool = False) -> list[Run]:
    """Every kept part reads as MP4; decode times never go back and audio never gaps. Returns all runs."""
    ends: dict[int, int] = {}
    runs: list[Run] = []
    for segment in window.segments:
        if segment.discontinuity:
            ends.clear()
        for part in segment.parts:
            (fragment,) = read_fragments(part.data)
            runs += fragment
            for run in fragment:
                end = ends.get(run.track_id)
                assert end is None or run.decode_time >= end, "decode time goes back"
                if end is not None and not (gaps_in_video and run.track_id == 1):
                    assert run.decode_time == end, "decode time has a gap"
                ends[run.track_id] = run.end
            if part.independent:
                assert fragment[0].first_is_key
    return runs


def what_it_lists(text: str) -> list[Segment]:
    """The segments of a playlist, wherever they stand in it."""
    segments = parse_playlist(text).segments
    return [replace(found, line=0, parts=[replace(part, line=0) for part in found.parts]) for found in segments]


def check_playlists(window: Window, previous: str | None = None, *, keyed_segments: bool = True) -> str:
    """Lints all playlists of a window; returns the media playlist for the next comparison."""
    media = write_media(window)
    assert lint_playlist(media, previous=previous, keyed_segments=keyed_segments) == [], media
    delta = write_media(window, skip=True)
    assert lint_playlist(delta, kind="media", keyed_segments=keyed_segments) == [], delta
    assert what_it_lists(merge_delta(media, delta)) == what_it_lists(media), delta
    index = write_multivariant(window, media_uri="media.m3u8")
    assert lint_playlist(index, kind="multivariant") == [], index
    if window.segments[0].complete:
        plain = write_plain(window)
        assert lint_playlist(plain, kind="media") == [], plain
    return media
