"""The bounded stretch of a stream that viewers can fetch: segments made of parts, and what playlists say of them.

Holds each byte of media once (a segment is the list of its parts). Decides what is listed and what is still kept;
it cuts nothing (`timeline.py`), writes no text (`playlist.py`) and wakes nobody (`streaming/hub.py`).
"""

from dataclasses import dataclass, field

from veza.media.units import VIDEO_TIMESCALE, AudioConfig, MediaError, TrackConfig, VideoConfig

TICKS_PER_MS = VIDEO_TIMESCALE // 1000


@dataclass(frozen=True, slots=True)
class Packaging:
    """How a stream is cut, and the bounds of what it may cost. Times in ms of media.

    Attributes:
        part_target_ms: no part is longer. 334 holds 8 frames at 24 fps, 10 at 30, 20 at 60, with RTMP's rounding.
        segment_min_ms: a segment ends at the first key frame after this.
        target_max_s: the first segment ends here even without a key frame; 250 frames, the usual default of
            encoders, last 10 s at 25 fps.
        key_frame_max_ms: the longest stretch without a key frame that is accepted.
        listed_ms: what playlists list, at least.
        kept_ms: what can still be fetched. Twice `listed_ms`, since RFC 8216 §6.2.2 keeps a segment for as long as
            the longest playlist that listed it.
    """

    part_target_ms: int = 334
    segment_min_ms: int = 2_000
    target_max_s: int = 10
    key_frame_max_ms: int = 30_000
    key_frame_wait_ms: int = 10_000
    listed_ms: int = 30_000
    kept_ms: int = 60_000
    part_max_bytes: int = 8 << 20
    segment_max_bytes: int = 32 << 20
    window_max_bytes: int = 96 << 20

    @property
    def part_target_ticks(self) -> int:
        return self.part_target_ms * TICKS_PER_MS


@dataclass(frozen=True, slots=True)
class Part:
    """A published piece of a segment. `number` counts parts of the stream; durations in ticks of 1/90,000 s."""

    number: int
    duration_ticks: int
    independent: bool
    data: bytes


@dataclass(slots=True)
class Segment:
    """Parts that share one init segment. `duration_ticks` is final once `complete`.

    `program_time_ms` is the wall-clock time (ms since 1970, UTC) of the first picture presented.
    """

    msn: int
    init: int
    discontinuity: bool
    program_time_ms: int
    parts: list[Part] = field(default_factory=list)
    size_bytes: int = 0
    duration_ticks: int = 0
    complete: bool = False


@dataclass(frozen=True, slots=True)
class InitSegment:
    number: int
    data: bytes
    tracks: tuple[TrackConfig, ...]


class Window:
    """The segments of one broadcast, oldest first. Every change that a playlist shows raises `version`.

    `TARGETDURATION` never changes within a playlist (RFC 8216 §6.2.1), yet the key-frame interval is only known after
    the first one. So nothing is shown before the first segment is complete (2 s for the interval we ask for, 10 s at
    most), and the target is its duration, rounded. hls.js takes a playlist without a complete segment for an error,
    too. Later segments that would be longer are cut without a key frame, which HLS allows; the playlist therefore
    never claims independent segments.

    Numbers start at `first_msn` and `first_part` (taken from the clock), so that no name of an earlier broadcast is
    used again: segments are cached as immutable.
    """

    def __init__(self, packaging: Packaging, *, first_msn: int = 0, first_part: int = 0) -> None:
        self.packaging = packaging
        self.version = 0
        self.segments: list[Segment] = []
        self.inits: dict[int, InitSegment] = {}
        self.target_duration_s: int | None = None
        self.ended = False
        self.size_bytes = 0
        self.next_msn = first_msn
        self.next_part = first_part
        self.first_part = first_part
        self.first_listed_msn = first_msn
        self.discontinuity_sequence = 0
        self.next_start_ms = 0
        self.peak_bps = 0
        self.frame_rate: float | None = None
        self._total_bits = 0
        self._total_ticks = 0
        self._init: InitSegment | None = None
        self._discontinuity_due = False

    @property
    def playable(self) -> bool:
        """Whether a playlist can be given: a segment was completed."""
        return self.target_duration_s is not None

    @property
    def tracks(self) -> tuple[TrackConfig, ...]:
        """The tracks of the newest part."""
        return self._init.tracks if self._init is not None else ()

    @property
    def video(self) -> VideoConfig | None:
        return next((track for track in self.tracks if isinstance(track, VideoConfig)), None)

    @property
    def audio(self) -> AudioConfig | None:
        return next((track for track in self.tracks if isinstance(track, AudioConfig)), None)

    @property
    def average_bps(self) -> int:
        return self._total_bits * VIDEO_TIMESCALE // self._total_ticks if self._total_ticks else self.peak_bps

    @property
    def program_end_ms(self) -> int:
        """The wall-clock time (ms since 1970) at which the newest segment ends; 0 before the first."""
        if not self.segments:
            return 0
        newest = self.segments[-1]
        return newest.program_time_ms + newest.duration_ticks // TICKS_PER_MS

    @property
    def open_segment(self) -> Segment | None:
        """The segment that still grows."""
        return self.segments[-1] if self.segments and not self.segments[-1].complete else None

    def listed(self) -> list[Segment]:
        """What playlists list, oldest first; the last one may still grow."""
        first = self.first_listed_msn
        return [segment for segment in self.segments if segment.msn >= first]

    def find_segment(self, msn: int) -> Segment | None:
        """A segment that is still kept, listed or not."""
        index = msn - self.segments[0].msn if self.segments else -1
        return self.segments[index] if 0 <= index < len(self.segments) else None

    def find_part(self, number: int) -> Part | None:
        """A part that is still kept."""
        for segment in reversed(self.segments):
            if segment.parts[0].number <= number:
                index = number - segment.parts[0].number
                return segment.parts[index] if index < len(segment.parts) else None
        return None

    # ---- growing (called by the timeline) ----

    def begin_timeline(self, init: bytes, tracks: tuple[TrackConfig, ...]) -> None:
        """What follows is cut from new tracks or a new clock: a new init segment, and a discontinuity unless first."""
        self.close_segment()
        self._discontinuity_due = bool(self.segments)
        self._init = InitSegment(self.next_msn, init, tracks)
        self.inits[self._init.number] = self._init

    def add_part(self, *, duration_ticks: int, independent: bool, data: bytes, program_time_ms: int) -> None:
        """Publish a part; it opens a segment if none grows. Raises `MediaError` when a segment gets too big."""
        segment = self.open_segment
        if segment is None:
            assert self._init is not None
            segment = Segment(self.next_msn, self._init.number, self._discontinuity_due, program_time_ms)
            self._discontinuity_due = False
            self.next_msn += 1
            self.segments.append(segment)
        if segment.size_bytes + len(data) > self.packaging.segment_max_bytes:
            raise MediaError("The bitrate is too high for live streaming. Lower it in your encoder's settings.")
        segment.parts.append(Part(self.next_part, duration_ticks, independent, data))
        self.next_part += 1
        segment.duration_ticks += duration_ticks
        segment.size_bytes += len(data)
        self.size_bytes += len(data)
        self.version += 1

    def close_segment(self, duration_ticks: int | None = None) -> None:
        """The growing segment is complete; `duration_ticks` corrects the sum of its parts. Nothing grows: no effect."""
        segment = self.open_segment
        if segment is None:
            return
        segment.complete = True
        segment.duration_ticks = duration_ticks or segment.duration_ticks
        # A short tail (reconnect, end) says nothing of the bitrate: a peak is taken over half a second at least.
        bits = segment.size_bytes * 8
        self.peak_bps = max(self.peak_bps, bits * VIDEO_TIMESCALE // max(segment.duration_ticks, VIDEO_TIMESCALE // 2))
        self._total_bits += bits
        self._total_ticks += segment.duration_ticks
        if self.target_duration_s is None:
            self.target_duration_s = max(2, (segment.duration_ticks + VIDEO_TIMESCALE // 2) // VIDEO_TIMESCALE)
        self.version += 1
        self._unlist()
        self._drop()

    def end(self) -> None:
        """No more media will come: playlists get `EXT-X-ENDLIST`."""
        self.close_segment()
        self.ended = True
        self.version += 1

    def _unlist(self) -> None:
        assert self.target_duration_s is not None
        floor = max(self.packaging.listed_ms * TICKS_PER_MS, 3 * self.target_duration_s * VIDEO_TIMESCALE)
        listed = self.listed()
        remaining = sum(segment.duration_ticks for segment in listed)
        for segment in listed:
            remaining -= segment.duration_ticks
            if remaining < floor and not self._over_budget(segment):
                break
            if segment is listed[-1]:
                break
            self.first_listed_msn = segment.msn + 1
            self.discontinuity_sequence += segment.discontinuity

    def _over_budget(self, oldest_listed: Segment) -> bool:
        """Whether the listed segments alone pass the byte bound, so that even they must go (newest four stay)."""
        listed_bytes = sum(segment.size_bytes for segment in self.segments if segment.msn >= oldest_listed.msn)
        return listed_bytes > self.packaging.window_max_bytes and self.next_msn - oldest_listed.msn > 4

    def _drop(self) -> None:
        kept_ticks = self.packaging.kept_ms * TICKS_PER_MS
        duration = sum(segment.duration_ticks for segment in self.segments)
        while self.segments[0].msn < self.first_listed_msn and (
            duration - self.segments[0].duration_ticks >= kept_ticks
            or self.size_bytes > self.packaging.window_max_bytes
        ):
            gone = self.segments.pop(0)
            duration -= gone.duration_ticks
            self.size_bytes -= gone.size_bytes
        needed = {segment.init for segment in self.segments}
        if self._init is not None:
            needed.add(self._init.number)
        for number in [number for number in self.inits if number not in needed]:
            del self.inits[number]
