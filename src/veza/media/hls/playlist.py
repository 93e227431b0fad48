"""Writes playlists from a window. Pure text: no waiting, no caching, no request.

Source: RFC 8216 and draft-pantos-hls-rfc8216bis (low latency); tag names are theirs. Addresses are relative, and
made of numbers only: nothing here knows a stream key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from veza.media.hls.window import Segment, Window
from veza.media.units import VIDEO_TIMESCALE, TrackConfig, VideoConfig

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BANDWIDTH_STEP = 10_000
_SKIP_UNTIL_TARGETS = 6
"""How many target durations from the edge a delta update must still spell out, at least (RFC 8216bis §4.4.3.8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What a player must know before it fetches any media. `codecs`: RFC 6381, with commas; rates in bits a second."""

    codecs: str
    width: int | None
    height: int | None
    frame_rate: float | None
    peak_bps: int
    average_bps: int


class Listed(Protocol):
    """A complete segment, as playlists name it: one of a window, or one that was recorded."""

    @property
    def msn(self) -> int: ...

    @property
    def init(self) -> int: ...

    @property
    def discontinuity(self) -> bool: ...

    @property
    def program_time_ms(self) -> int: ...

    @property
    def duration_ticks(self) -> int: ...


def write_multivariant(window: Window, *, media_uri: str) -> str:
    """The playlist that players open first: one variant, with what a player needs to choose its decoders.

    `BANDWIDTH` is the peak bitrate of a segment, measured so far, with a tenth on top.
    """
    video = window.video
    peak, average = _bitrates(window)
    variant = Variant(
        codecs=codecs_of(window.tracks),
        width=video.width if video is not None else None,
        height=video.height if video is not None else None,
        frame_rate=window.frame_rate,
        peak_bps=peak,
        average_bps=average,
    )
    return write_variant(variant, media_uri=media_uri)


def codecs_of(tracks: Sequence[TrackConfig]) -> str:
    """The codecs of an init segment, video first, as RFC 6381 has them."""
    in_order = sorted(tracks, key=lambda track: not isinstance(track, VideoConfig))
    return ",".join(track.codec for track in in_order)


def write_variant(variant: Variant, *, media_uri: str) -> str:
    """The same playlist, of whatever is known of a stream or a recording."""
    peak = _rounded_up(variant.peak_bps + variant.peak_bps // 10)
    average = _rounded_up(min(variant.average_bps, variant.peak_bps))
    attributes = [f"BANDWIDTH={peak}", f"AVERAGE-BANDWIDTH={average}", f'CODECS="{variant.codecs}"']
    if variant.width is not None:
        attributes.append(f"RESOLUTION={variant.width}x{variant.height}")
        if variant.frame_rate is not None:
            attributes.append(f"FRAME-RATE={variant.frame_rate:.3f}")
    return f"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:{','.join(attributes)}\n{media_uri}\n"


def _bitrates(window: Window) -> tuple[int, int]:
    peak, average = window.peak_bps, window.average_bps
    if not peak:
        ticks = sum(segment.duration_ticks for segment in window.segments)
        peak = average = window.size_bytes * 8 * VIDEO_TIMESCALE // max(ticks, 1)
    return peak, average


def _rounded_up(bits: int) -> int:
    return max(1, -(-bits // _BANDWIDTH_STEP)) * _BANDWIDTH_STEP


def write_media(window: Window, *, skip: bool = False) -> str:
    """The low-latency media playlist. The window must be `playable`.

    Parts are listed for the last three target durations; the next part is announced by a preload hint. With `skip` it
    is a delta update, for who knows what came before: the number of the segments that it leaves out, and the rest.
    """
    target_s = _target_s(window)
    part_target_s = window.packaging.part_target_ms / 1000
    skip_until_s = _SKIP_UNTIL_TARGETS * target_s
    control = f"CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * part_target_s:.3f},CAN-SKIP-UNTIL={skip_until_s:.1f}"
    listed = window.listed()
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        f"#EXT-X-TARGETDURATION:{target_s}",
        f"#EXT-X-SERVER-CONTROL:{control}",
        f"#EXT-X-PART-INF:PART-TARGET={part_target_s:.3f}",
        *_sequence_lines(window, listed),
    ]
    with_parts_from = _first_reaching(listed, 3 * target_s * VIDEO_TIMESCALE)
    skipped = _first_reaching(listed, skip_until_s * VIDEO_TIMESCALE) if skip and not window.ended else 0
    if skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    init = None
    for index, segment in enumerate(listed[skipped:], skipped):
        lines += _segment_head(segment, init)
        init = segment.init
        if index >= with_parts_from:
            lines += _part_lines(segment)
        if segment.complete:
            lines += _segment_tail(segment)
    lines.append("#EXT-X-ENDLIST" if window.ended else _preload_hint(window))
    return "\n".join(lines) + "\n"


def write_plain(window: Window) -> str:
    """The same stream without parts, for players and caches that know no low latency. Needs a complete segment."""
    listed = [segment for segment in window.listed() if segment.complete]
    return _write_segments(listed, [*_sequence_lines(window, listed)], _target_s(window), ended=window.ended)


def write_recorded(segments: Sequence[Listed], *, target_duration_s: int, ended: bool) -> str:
    """A recording from its first segment on, which grows at its end until `ended`.

    Nothing before the end may change, the type included (RFC 8216 §4.3.3.5): some watch from when it still grew.
    A segment that is not there is left out: what follows it is a discontinuity, and its program time says how long
    the hole is.
    """
    lines = ["#EXT-X-PLAYLIST-TYPE:EVENT"]
    lines.append(f"#EXT-X-MEDIA-SEQUENCE:{segments[0].msn if segments else 0}")
    lines.append("#EXT-X-DISCONTINUITY-SEQUENCE:0")
    return _write_segments(segments, lines, target_duration_s, ended=ended)


def _write_segments(listed: Iterable[Listed], head: list[str], target_s: int, *, ended: bool) -> str:
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", f"#EXT-X-TARGETDURATION:{target_s}", *head]
    before: Listed | None = None
    for segment in listed:
        is_torn = before is not None and segment.msn != before.msn + 1
        lines += _segment_head(segment, before.init if before is not None else None, is_torn=is_torn)
        lines += _segment_tail(segment)
        before = segment
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _target_s(window: Window) -> int:
    if window.target_duration_s is None:
        raise ValueError("a playlist needs a target duration")
    return window.target_duration_s


def _sequence_lines(window: Window, listed: list[Segment]) -> tuple[str, str]:
    first = listed[0].msn if listed else window.next_msn
    return f"#EXT-X-MEDIA-SEQUENCE:{first}", f"#EXT-X-DISCONTINUITY-SEQUENCE:{window.discontinuity_sequence}"


def _first_reaching(listed: list[Segment], ticks: int) -> int:
    """The index of the oldest segment that reaches into the last `ticks`."""
    index, covered = len(listed), 0
    while index and covered < ticks:
        index -= 1
        covered += listed[index].duration_ticks
    return index


def _segment_head(segment: Listed, init: int | None, *, is_torn: bool = False) -> list[str]:
    lines = ["#EXT-X-DISCONTINUITY"] if segment.discontinuity or is_torn else []
    if segment.init != init:
        lines.append(f'#EXT-X-MAP:URI="init{segment.init}.mp4"')
    time = _EPOCH + timedelta(milliseconds=segment.program_time_ms)
    lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{time.strftime('%Y-%m-%dT%H:%M:%S')}.{time.microsecond // 1000:03d}Z")
    return lines


def _part_lines(segment: Segment) -> list[str]:
    return [
        f'#EXT-X-PART:DURATION={part.duration_ticks / VIDEO_TIMESCALE:.5f},URI="p{part.number}.m4s"'
        + (",INDEPENDENT=YES" if part.independent else "")
        for part in segment.parts
    ]


def _segment_tail(segment: Listed) -> list[str]:
    return [f"#EXTINF:{segment.duration_ticks / VIDEO_TIMESCALE:.5f},", f"s{segment.msn}.m4s"]


def _preload_hint(window: Window) -> str:
    return f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p{window.next_part}.m4s"'
