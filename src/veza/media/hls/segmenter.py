"""Turns what one encoder sends into parts: decides where a timeline begins, and when another must follow it.

Sans-IO: samples in, parts into the window; the wall clock is handed in and read at discontinuities only. The
cutting itself is in `timeline.py`. One segmenter serves one publisher; the window outlives it.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime

from veza.media.hls.timeline import Timeline
from veza.media.hls.window import Window
from veza.media.units import AudioConfig, MediaError, Sample, TrackConfig, TrackKind, VideoConfig

_JUMP_MS = 5_000
_BACKWARD_MS = 200
_AUDIO_ALONE_MS = 1_000
_AUDIO_WITHOUT_PICTURE_MS = 5_000
_VIDEO_LOST_MS = 10_000
_CLOSED_UP_MAX_MS = 1_000
_CLOSED_UP_AFTER_MS = 10_000
_SHORT_TIMELINE_MS = 2_000
_SHORT_TIMELINES_MAX = 10
_EARLY_FRAMES_MAX = 512
_KEYLESS_FRAMES_MAX = 3_000


class Segmenter:
    """Feeds a window from one publisher.

    A timeline begins at a video key frame (what comes before is dropped, for 10 s at most), or with audio when no
    video is announced within a second. A changed configuration, video time that jumps by more than 5 s or goes back
    by more than 0.2 s, and a lost track begin another one: the window marks it as a discontinuity with a new init
    segment. Smaller disorder is smoothed. More than ten timelines shorter than 2 s in a row raise `MediaError`.
    """

    def __init__(self, window: Window, clock: Callable[[], datetime]) -> None:
        self._window = window
        self._clock = clock
        self._video: VideoConfig | None = None
        self._audio: AudioConfig | None = None
        self._timeline: Timeline | None = None
        self._began = False
        self._audio_changed = False
        self._early: deque[Sample] = deque(maxlen=_EARLY_FRAMES_MAX)
        self._last_video_ms = 0
        self._last_audio_ms = 0
        self._keyless_since_ms: int | None = None
        self._keyless_frames = 0
        self._short_timelines = 0

    @property
    def audio_only(self) -> bool:
        """Whether what viewers get now has no picture."""
        return self._timeline is not None and self._timeline.video is None

    def configure(self, config: TrackConfig) -> None:
        """A decoder configuration; the same one again changes nothing. It takes effect at the next key frame."""
        match config:
            case VideoConfig():
                if config == self._video:
                    return
                self._video = config
                if self._timeline is not None and self._timeline.video is not None:
                    self._end_timeline()  # frames of the new configuration mean nothing to the old one
            case AudioConfig():
                if config == self._audio:
                    return
                self._audio = config
                self._early.clear()
                if self.audio_only:
                    self._end_timeline()
                self._audio_changed = self._timeline is not None and self._timeline.audio != config

    def push(self, sample: Sample) -> None:
        """One frame, in the order of arrival. Raises `MediaError` when the media cannot be carried."""
        if not sample.data:
            return
        if sample.kind is TrackKind.VIDEO:
            if self._video is not None:
                self._push_video(sample)
        elif self._audio is not None:
            self._push_audio(sample)

    def finish(self) -> None:
        """The publisher left: publish what is held and close the segment."""
        self._end_timeline()

    # ---- video ----

    def _push_video(self, sample: Sample) -> None:
        timeline = self._timeline
        if timeline is not None and timeline.video is not None:
            if self._video_jumped(sample.dts_ms):
                self._end_timeline()
            elif not (sample.keyframe and self._renewal_due(timeline)):
                self._last_video_ms = max(sample.dts_ms, self._last_video_ms)
                timeline.push_video(sample)
                return
        if not sample.keyframe:
            self._wait_for_key_frame(sample)
            return
        self._begin(sample)

    def _video_jumped(self, dts_ms: int) -> bool:
        newest = max(self._last_video_ms, self._last_audio_ms)
        return dts_ms > newest + _JUMP_MS or dts_ms < self._last_video_ms - _BACKWARD_MS

    def _renewal_due(self, timeline: Timeline) -> bool:
        """Whether a key frame is the chance to set right what changed since the timeline began."""
        late = timeline.closed_up_ms > _CLOSED_UP_MAX_MS and timeline.length_ms > _CLOSED_UP_AFTER_MS
        return self._audio_changed or late

    def _wait_for_key_frame(self, sample: Sample) -> None:
        if self._keyless_since_ms is None:
            self._keyless_since_ms = sample.dts_ms
        self._keyless_frames += 1
        self._refuse_without_key_frame(sample.dts_ms - self._keyless_since_ms)
        # Time that went back while waiting must not extend the wait.
        self._keyless_since_ms = min(self._keyless_since_ms, sample.dts_ms)

    def _refuse_without_key_frame(self, waited_ms: int) -> None:
        if waited_ms > self._window.packaging.key_frame_wait_ms or self._keyless_frames > _KEYLESS_FRAMES_MAX:
            raise MediaError("No key frame came. Set the keyframe interval of your encoder to 2 seconds.")

    # ---- audio ----

    def _push_audio(self, sample: Sample) -> None:
        timeline = self._timeline
        if timeline is None:
            self._early.append(sample)
            if self._keyless_since_ms is not None:
                self._refuse_without_key_frame(sample.dts_ms - self._keyless_since_ms)
            if self._should_begin_with_audio(sample):
                self._begin(self._early[0])
        elif timeline.video is None:
            if (
                abs(sample.dts_ms - self._last_audio_ms) > _JUMP_MS
                or sample.dts_ms < self._last_audio_ms - _BACKWARD_MS
            ):
                self._early.clear()
                self._early.append(sample)
                self._begin(sample)
                return
            self._last_audio_ms = max(sample.dts_ms, self._last_audio_ms)
            timeline.push_audio(sample)
        else:
            self._push_audio_beside_video(timeline, sample)

    def _push_audio_beside_video(self, timeline: Timeline, sample: Sample) -> None:
        if timeline.audio is None or self._audio_changed:
            self._early.append(sample)
            return
        if abs(sample.dts_ms - max(self._last_video_ms, self._last_audio_ms)) > _JUMP_MS:
            return
        self._last_audio_ms = max(sample.dts_ms, self._last_audio_ms)
        timeline.push_audio(sample)
        if timeline.video_missing_ms > _VIDEO_LOST_MS:
            self._early.clear()
            self._begin(sample, with_video=False)

    def _should_begin_with_audio(self, sample: Sample) -> bool:
        if self._keyless_frames:
            return False
        wait_ms = _AUDIO_WITHOUT_PICTURE_MS if self._video is not None else _AUDIO_ALONE_MS
        if self._began and self._video is None:
            return True
        return abs(sample.dts_ms - self._early[0].dts_ms) >= wait_ms or len(self._early) == _EARLY_FRAMES_MAX

    # ---- timelines ----

    def _begin(self, origin: Sample, *, with_video: bool = True) -> None:
        self._end_timeline()
        video = self._video if with_video and origin.kind is TrackKind.VIDEO else None
        # Players cannot lose a track that they began with: silence stands for audio that the last encoder still sent.
        audio = self._audio or self._window.audio
        tracks = tuple(track for track in (video, audio) if track is not None)
        timeline = Timeline(self._window, tracks, origin=origin, clock=self._clock, has_sound=self._audio is not None)
        self._timeline = timeline
        self._began = True
        self._audio_changed = False
        self._keyless_since_ms = None
        self._keyless_frames = 0
        early = [sample for sample in self._early if 0 <= sample.dts_ms - origin.dts_ms <= _JUMP_MS]
        self._early.clear()
        self._last_video_ms = self._last_audio_ms = origin.dts_ms
        if video is not None:
            timeline.push_video(origin)
        for sample in early:
            self._last_audio_ms = max(sample.dts_ms, self._last_audio_ms)
            timeline.push_audio(sample)

    def _end_timeline(self) -> None:
        timeline, self._timeline = self._timeline, None
        if timeline is None:
            return
        is_short = timeline.length_ms < _SHORT_TIMELINE_MS
        timeline.finish()
        self._short_timelines = self._short_timelines + 1 if is_short else 0
        if self._short_timelines > _SHORT_TIMELINES_MAX:
            raise MediaError("The timestamps of the encoder keep jumping. Restart it, or lower its load.")
