"""Writes playlists from a window. Pure text: no waiting, no caching, no request.

Source: RFC 8216 and draft-pantos-hls-rfc8216bis (low latency); tag names are theirs. Addresses are relative, and
made of numbers only: nothing here knows a stream key.
"""

from datetime import UTC, datetime, timedelta

from veza.media.hls.window import Segment, Window
from veza.media.units import VIDEO_TIMESCALE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BANDWIDTH_STEP = 10_000


def write_multivariant(window: Window, *, media_uri: str) -> str:
    """The playlist that players open first: one variant, with what a player needs to choose its decoders.

    `BANDWIDTH` is the peak bitrate of a segment, measured so far, with a tenth on top.
    """
    video, audio = window.video, window.audio
    codecs = ",".join(track.codec for track in (video, audio) if track is not None)
    peak, average = _bitrates(window)
    attributes = [f"BANDWIDTH={peak}", f"AVERAGE-BANDWIDTH={average}", f'CODECS="{codecs}"']
    if video is not None:
        attributes.append(f"RESOLUTION={video.width}x{video.height}")
        if window.frame_rate is not None:
            attributes.append(f"FRAME-RATE={window.frame_rate:.3f}")
    return f"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:{','.join(attributes)}\n{media_uri}\n"


def _bitrates(window: Window) -> tuple[int, int]:
    peak, average = window.peak_bps, window.average_bps
    if not peak:
        ticks = sum(segment.duration_ticks for segment in window.segments)
        peak = average = window.size_bytes * 8 * VIDEO_TIMESCALE // max(ticks, 1)
    return _rounded_up(peak + peak // 10), _rounded_up(min(average, peak))


def _rounded_up(bits: int) -> int:
    return max(1, -(-bits // _BANDWIDTH_STEP)) * _BANDWIDTH_STEP


def write_media(window: Window) -> str:
    """The low-latency media playlist. The window must be `playable`.

    Parts are listed for the last three target durations; the next part is announced by a preload hint.
    """
    target_s = _target_s(window)
    part_target_s = window.packaging.part_target_ms / 1000
    listed = window.listed()
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        f"#EXT-X-TARGETDURATION:{target_s}",
        f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * part_target_s:.3f}",
        f"#EXT-X-PART-INF:PART-TARGET={part_target_s:.3f}",
        *_sequence_lines(window, listed),
    ]
    with_parts_from = _first_with_parts(listed, 3 * target_s * VIDEO_TIMESCALE)
    init = None
    for index, segment in enumerate(listed):
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
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        f"#EXT-X-TARGETDURATION:{_target_s(window)}",
        *_sequence_lines(window, listed),
    ]
    init = None
    for segment in listed:
        lines += _segment_head(segment, init)
        init = segment.init
        lines += _segment_tail(segment)
    if window.ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _target_s(window: Window) -> int:
    if window.target_duration_s is None:
        raise ValueError("a playlist needs a target duration")
    return window.target_duration_s


def _sequence_lines(window: Window, listed: list[Segment]) -> tuple[str, str]:
    first = listed[0].msn if listed else window.next_msn
    return f"#EXT-X-MEDIA-SEQUENCE:{first}", f"#EXT-X-DISCONTINUITY-SEQUENCE:{window.discontinuity_sequence}"


def _first_with_parts(listed: list[Segment], ticks: int) -> int:
    """The index of the oldest segment that reaches into the last `ticks`."""
    index, covered = len(listed), 0
    while index and covered < ticks:
        index -= 1
        covered += listed[index].duration_ticks
    return index


def _segment_head(segment: Segment, init: int | None) -> list[str]:
    lines = ["#EXT-X-DISCONTINUITY"] if segment.discontinuity else []
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


def _segment_tail(segment: Segment) -> list[str]:
    return [f"#EXTINF:{segment.duration_ticks / VIDEO_TIMESCALE:.5f},", f"s{segment.msn}.m4s"]


def _preload_hint(window: Window) -> str:
    return f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p{window.next_part}.m4s"'
