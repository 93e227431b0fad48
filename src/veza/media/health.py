"""How well a publisher sends, from its samples alone: nothing is decoded. Sans-IO; time is handed in.

Counts by whole seconds of arrival, the newest ten: enough to be steady, short enough to show what was just mended.
"""

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

from veza.media.units import Sample, TrackKind

_SECONDS = 10
_KEYS_KEPT = 5


@dataclass(frozen=True, slots=True)
class IngestHealth:
    """What a publisher sent in the last seconds. None: not known yet, or there is no such track.

    Attributes:
        video_bps: bits of video in a second.
        audio_bps: the same of audio.
        fps: pictures in a second of media.
        keyframe_interval_ms: the longest of the last few distances between key frames.
        skew_ms: how far audio is ahead of video in media time (behind: negative).
        longest_gap_ms: the longest silence of the connection.
    """

    video_bps: int | None
    audio_bps: int | None
    fps: float | None
    keyframe_interval_ms: int | None
    skew_ms: int | None
    longest_gap_ms: int


@dataclass(slots=True)
class _Second:
    at: int
    video_bytes: int = 0
    audio_bytes: int = 0
    longest_gap_ms: int = 0
    pictures: int = 0
    first_dts_ms: int | None = None


class HealthMeter:
    """The measure of one publisher."""

    def __init__(self) -> None:
        self._seconds: deque[_Second] = deque(maxlen=_SECONDS + 1)
        self._keys: deque[int] = deque(maxlen=_KEYS_KEPT)
        self._last_at_s: float | None = None
        self._video_ms: int | None = None
        self._audio_ms: int | None = None

    def add(self, sample: Sample, now_s: float) -> None:
        """A sample arrived at `now_s` (monotonic)."""
        second = self._second(int(now_s))
        if self._last_at_s is not None:
            second.longest_gap_ms = max(second.longest_gap_ms, round((now_s - self._last_at_s) * 1000))
        self._last_at_s = now_s
        if sample.kind is TrackKind.AUDIO:
            second.audio_bytes += len(sample.data)
            self._audio_ms = sample.dts_ms
            return
        second.video_bytes += len(sample.data)
        second.pictures += 1
        if second.first_dts_ms is None:
            second.first_dts_ms = sample.dts_ms
        self._video_ms = sample.dts_ms
        if sample.keyframe:
            self._keys.append(sample.dts_ms)

    def _second(self, at: int) -> _Second:
        if not self._seconds or self._seconds[-1].at != at:
            self._seconds.append(_Second(at))
        return self._seconds[-1]

    def read(self, now_s: float) -> IngestHealth:
        """The last ten whole seconds, as of `now_s`."""
        now = int(now_s)
        whole = [second for second in self._seconds if now - _SECONDS <= second.at < now]
        span_s = now - whole[0].at if whole else 0
        waiting_ms = 0 if self._last_at_s is None else round((now_s - self._last_at_s) * 1000)
        return IngestHealth(
            video_bps=_rate(sum(second.video_bytes for second in whole), span_s, self._video_ms),
            audio_bps=_rate(sum(second.audio_bytes for second in whole), span_s, self._audio_ms),
            fps=self._fps(whole),
            keyframe_interval_ms=self._keyframe_interval_ms(),
            skew_ms=None if self._video_ms is None or self._audio_ms is None else self._audio_ms - self._video_ms,
            longest_gap_ms=max([waiting_ms, *(second.longest_gap_ms for second in whole)]),
        )

    def _fps(self, whole: list[_Second]) -> float | None:
        """By media time: a connection that stutters does not make pictures fewer."""
        shown = [second for second in whole if second.first_dts_ms is not None]
        if len(shown) < 2 or shown[0].first_dts_ms is None or shown[-1].first_dts_ms is None:
            return None
        media_ms = shown[-1].first_dts_ms - shown[0].first_dts_ms
        return round(1000 * sum(second.pictures for second in shown[:-1]) / media_ms, 1) if media_ms > 0 else None

    def _keyframe_interval_ms(self) -> int | None:
        """Also the one that is not over yet, once it is the longest."""
        keys = [*self._keys] if self._video_ms is None else [*self._keys, self._video_ms]
        steps = [after - before for before, after in pairwise(keys)]
        return max(steps, default=None) if len(self._keys) > 1 else None


def _rate(count_bytes: int, span_s: int, seen: int | None) -> int | None:
    return None if seen is None or span_s <= 0 else count_bytes * 8 // span_s
