"""Cuts one unbroken stretch of samples into parts and segments. Sans-IO: samples in, parts into the window.

Within a timeline tracks and clock stay the same; what breaks that (a new configuration, timestamps that jump) is
decided in `segmenter.py`, which then begins another one. Times are ticks of 1/90,000 s unless a name says otherwise.
"""

from collections.abc import Callable
from datetime import datetime

from veza.media.fmp4 import AudioRun, VideoSample, write_fragment, write_init_segment
from veza.media.hls.silence import silent_aac_frame
from veza.media.hls.window import TICKS_PER_MS, Window
from veza.media.units import VIDEO_TIMESCALE, AudioConfig, MediaError, Sample, TrackConfig, VideoConfig

_SHORTEST_PART = 0.85
"""Of the part target (RFC 8216bis §4.4.4.9): only the last part of a segment may be shorter."""

_PREDICTION_SLACK = 2 * TICKS_PER_MS
_SEGMENT_TOLERANCE_MS = 50
_AUDIO_TOLERANCE_MS = 60
_AUDIO_HOLD_MS = 2_000
_VIDEO_HOLD_MS = 3_000
_LARGEST_CTS_MS = 5_000
_SLOW_FRAMES_MAX = 30


class Timeline:
    """One stretch between two discontinuities.

    Parts are cut by the video's decode times when there is video, else by the audio's. A frame's duration is known
    when the next one arrives, so the newest frame is held; a part is out as soon as the frame after it is here.

    Audio keeps an exact grid of `frame_ticks`: RTMP's milliseconds only decide whether a frame is where the grid
    says (within 60 ms), behind it (dropped) or ahead (silence fills the hole), so its decode times never drift and
    never gap. Audio that is absent for 2 s is replaced by silence; video that is absent for 3 s no longer holds
    audio back.
    """

    def __init__(
        self,
        window: Window,
        tracks: tuple[TrackConfig, ...],
        *,
        origin: Sample,
        clock: Callable[[], datetime],
        has_sound: bool = True,
    ) -> None:
        self.video = next((track for track in tracks if isinstance(track, VideoConfig)), None)
        self.audio = next((track for track in tracks if isinstance(track, AudioConfig)), None)
        self._window = window
        self._packaging = window.packaging
        self._target = window.packaging.part_target_ticks
        # Media time goes on over a discontinuity, so that recordings of several timelines still play in one file.
        self._offset_ms = window.next_start_ms - origin.dts_ms
        start = window.next_start_ms * TICKS_PER_MS
        self._part_start = self._segment_start = self._video_end = self._last_key = start
        self._held: VideoSample | None = None
        self._pictures: list[VideoSample] = []
        self._frames: list[bytes] = []
        self._queued_bytes = 0
        self._audio_start: int | None = None  # in ticks of the sample rate: where `_frames[0]` stands
        self._stalled = False
        self._audio_overdue = not has_sound
        self._segment_keyed = True
        self._slow_frames = 0
        self._counted = 0
        now_ms = int(clock().timestamp() * 1000)
        # The first picture is presented now. Program times are those of presentation: key frames of one encoder are
        # presented a constant time after they are decoded, so decode times plus this offset give them, without jitter.
        self._program_offset_ms = max(now_ms, window.program_end_ms) - window.next_start_ms
        self.closed_up_ms = 0
        window.begin_timeline(write_init_segment(tracks), tracks)

    @property
    def length_ms(self) -> int:
        """How much media was cut so far, the open part aside."""
        return self._part_start // TICKS_PER_MS - self._window.next_start_ms

    @property
    def video_missing_ms(self) -> int:
        """For how long audio has gone on without any video."""
        return max(0, self._audio_end() - self._video_end) // TICKS_PER_MS if self._stalled else 0

    # ---- samples in ----

    def push_video(self, sample: Sample) -> None:
        """One frame in decode order. Raises `MediaError` when it cannot be carried."""
        self._count_bytes(sample)
        decode = max((sample.dts_ms + self._offset_ms) * TICKS_PER_MS, self._video_end)
        held = self._held
        if held is None:
            decode = max(decode, self._part_start)
        else:
            decode = max(decode, held.dts + TICKS_PER_MS)
            if self.audio is None:
                decode = self._close_up(held, decode)
            self._finish_picture(held, decode - held.dts)
        if sample.keyframe:
            self._last_key = decode
        elif decode - self._last_key > self._packaging.key_frame_max_ms * TICKS_PER_MS:
            seconds = self._packaging.key_frame_max_ms // 1000
            raise MediaError(
                f"There was no key frame for {seconds} seconds. Set the keyframe interval of your encoder to 2 seconds."
            )
        self._stalled = False
        self._advance(decode, edge=held.dts if held is not None else None, may_end_segment=sample.keyframe)
        cts = _sane_cts(sample) * TICKS_PER_MS
        self._held = VideoSample(decode, 0, cts, sample.keyframe, sample.data)

    def push_audio(self, sample: Sample) -> None:
        """One audio frame. Late ones are dropped, holes are filled with silence."""
        audio = self.audio
        assert audio is not None
        self._audio_overdue = False
        wanted = (sample.dts_ms + self._offset_ms) * audio.sample_rate_hz // 1000
        if self._audio_start is None:
            if self.video is not None and wanted < self._part_start * audio.sample_rate_hz // VIDEO_TIMESCALE:
                return
            self._audio_start = max(0, wanted)
        end = self._audio_start + len(self._frames) * audio.frame_ticks
        tolerance = _AUDIO_TOLERANCE_MS * audio.sample_rate_hz // 1000
        if wanted < end - tolerance:
            return
        if wanted > end + tolerance:
            self._frames += [silent_aac_frame(audio.channels)] * round((wanted - end) / audio.frame_ticks)
        self._count_bytes(sample)
        begin = self._audio_end()
        self._frames.append(sample.data)
        if self.video is None:
            self._advance(self._audio_end(), edge=begin, may_end_segment=True)
        elif self._stalled or self._audio_end() - self._newest_picture_end() > _VIDEO_HOLD_MS * TICKS_PER_MS:
            self._go_on_without_video(begin)

    def finish(self) -> None:
        """No more samples of this timeline: publish what is left and close the segment."""
        end = self._audio_end() if self.video is None else self._part_start
        held = self._held
        if held is not None:
            usual = (held.dts - self._part_start) // len(self._pictures) if self._pictures else 0
            length = min(max(usual, 10 * TICKS_PER_MS), self._target)
            self._finish_picture(held, length)
            end = held.dts + length
            self._held = None
            self._advance(end, edge=held.dts, may_end_segment=False)
        if self.video is not None:
            end = max(end, min(self._audio_end(), self._part_start + self._target))
        if end > self._part_start:
            self._cut_part(end)
        self._window.close_segment()
        newest = max(self._part_start, self._video_end, self._audio_end())
        self._window.next_start_ms = -(-newest // TICKS_PER_MS)

    # ---- time ----

    def _audio_end(self) -> int:
        """Where the audio received so far ends."""
        if self.audio is None or self._audio_start is None:
            return self._part_start
        ticks = self._audio_start + len(self._frames) * self.audio.frame_ticks
        return ticks * VIDEO_TIMESCALE // self.audio.sample_rate_hz

    def _newest_picture_end(self) -> int:
        return self._held.dts if self._held is not None else self._video_end

    def _close_up(self, held: VideoSample, decode: int) -> int:
        """Without audio nothing can fill a part in which no frame begins: a longer pause is taken out of media time.

        Such pauses add up in `closed_up_ms`, and the program time is set right at the next discontinuity.
        """
        excess = decode - held.dts - self._target
        if excess <= 0:
            self._slow_frames = max(0, self._slow_frames - 1)
            return decode
        self._slow_frames += 4
        if self._slow_frames > _SLOW_FRAMES_MAX:
            raise MediaError("The video has fewer than 3 frames a second. Set 5 or more, or add an audio track.")
        excess_ms = -(-excess // TICKS_PER_MS)
        self._offset_ms -= excess_ms
        self.closed_up_ms += excess_ms
        return decode - excess_ms * TICKS_PER_MS

    def _go_on_without_video(self, edge: int) -> None:
        """Audio alone moves on; the last picture stays on the screen until the encoder sends another."""
        held = self._held
        if held is not None:
            self._finish_picture(held, min(self._target, self._audio_end() - held.dts))
            self._held = None
        self._stalled = True
        self._advance(self._audio_end(), edge=edge, may_end_segment=False)

    # ---- cutting ----

    def _count_bytes(self, sample: Sample) -> None:
        self._queued_bytes += len(sample.data)
        if self._queued_bytes > self._packaging.part_max_bytes:
            raise MediaError("The bitrate is too high for live streaming. Lower it in your encoder's settings.")

    def _finish_picture(self, held: VideoSample, duration: int) -> None:
        self._pictures.append(VideoSample(held.dts, duration, held.cts, held.keyframe, held.data))
        self._video_end = held.dts + duration
        self._counted += 1

    def _advance(self, now: int, *, edge: int | None, may_end_segment: bool) -> None:
        """A sample begins at `now`, the one before it at `edge`: publish each part that is complete.

        `may_end_segment`: a decoder can start at `now`.
        """
        while now - self._part_start > self._target:
            cut = self._part_start + self._target
            if edge is not None and _SHORTEST_PART * self._target <= edge - self._part_start <= self._target:
                cut = edge
            self._cut_part(cut)
        length = now - self._part_start
        if may_end_segment and now - self._segment_start >= self._segment_min():
            self._end_segment(now, keyed=True)
        elif length >= _SHORTEST_PART * self._target:
            samples = len(self._pictures) if self.video is not None and not self._stalled else len(self._frames)
            if length + length // max(samples, 1) > self._target + _PREDICTION_SLACK:
                self._cut_part(now)

    def _segment_min(self) -> int:
        """A segment that had to begin without a key frame ends at the first one, so that the next begins well."""
        if not self._segment_keyed:
            return 1
        return (self._packaging.segment_min_ms - _SEGMENT_TOLERANCE_MS) * TICKS_PER_MS

    def _segment_max(self) -> int:
        """A segment's duration, rounded, must not pass the target duration."""
        target_s = self._window.target_duration_s or self._packaging.target_max_s
        return target_s * VIDEO_TIMESCALE + VIDEO_TIMESCALE // 2 - 1

    def _end_segment(self, end: int, *, keyed: bool) -> None:
        if end > self._part_start:
            self._cut_part(end)
        if self._window.open_segment is not None:
            if self._window.frame_rate is None and self.video is not None:
                self._window.frame_rate = round(self._counted * VIDEO_TIMESCALE / (end - self._segment_start), 3)
            self._window.close_segment(end - self._segment_start)
        self._segment_start = end
        self._segment_keyed = keyed

    def _cut_part(self, end: int) -> None:
        """Publish what begins in [`_part_start`, `end`). Nothing there: the time belongs to the next part."""
        pictures = self._take_pictures(end)
        audio = self._take_audio(end, needed=not pictures)
        if not pictures and audio is None:
            self._part_start = end
            if self._window.open_segment is None:
                self._segment_start = end
            return
        if end - self._segment_start > self._segment_max():
            # Only the part that would make it too long shows that the segment had to end before.
            self._window.close_segment(self._part_start - self._segment_start)
            self._segment_start = self._part_start
            self._segment_keyed = False
        data = write_fragment(self._window.next_part - self._window.first_part + 1, pictures, audio)
        self._window.add_part(
            duration_ticks=end - self._part_start,
            independent=pictures[0].keyframe if pictures else self.video is None,
            data=data,
            program_time_ms=self._program_offset_ms + self._part_start // TICKS_PER_MS,
        )
        self._queued_bytes = sum(len(picture.data) for picture in self._pictures) + sum(map(len, self._frames))
        self._part_start = end

    def _first_tick(self, rate_hz: int) -> int:
        """The first tick of a sample rate that lies in the open part."""
        return -(-self._part_start * rate_hz // VIDEO_TIMESCALE)

    def _take_pictures(self, end: int) -> list[VideoSample]:
        pictures = self._pictures
        count = len(pictures)
        while count and pictures[count - 1].dts >= end:
            count -= 1
        self._pictures = pictures[count:]
        return pictures[:count]

    def _take_audio(self, end: int, *, needed: bool) -> AudioRun | None:
        """The audio frames that begin before `end`; silence for them where audio is overdue, or `needed`."""
        audio = self.audio
        if audio is None:
            return None
        rate, step = audio.sample_rate_hz, audio.frame_ticks
        limit = -(-end * rate // VIDEO_TIMESCALE)
        hold_ms = 0 if needed or self._audio_overdue else _AUDIO_HOLD_MS
        if self._audio_start is None:
            if end - self._segment_start < hold_ms * TICKS_PER_MS:
                return None
            self._audio_start = self._first_tick(rate)
        elif needed and self._audio_start >= limit:  # the first sound comes later, yet this part must hold something
            early = (self._audio_start - self._first_tick(rate)) // step
            self._frames = [silent_aac_frame(audio.channels)] * early + self._frames
            self._audio_start -= early * step
        count = min(len(self._frames), max(0, -(-(limit - self._audio_start) // step)))
        missing = -(-(limit - self._audio_start) // step) - count
        if missing * step * 1000 > hold_ms * rate and (count == 0 or not needed):
            self._frames += [silent_aac_frame(audio.channels)] * missing
            count += missing
            self._audio_overdue = True
        if not count:
            return None
        run = AudioRun(self._audio_start, step, self._frames[:count])
        self._frames = self._frames[count:]
        self._audio_start += count * step
        return run


def _sane_cts(sample: Sample) -> int:
    """The composition offset in ms; one that no encoder means (beyond 5 s) counts as none."""
    return sample.cts_ms if abs(sample.cts_ms) <= _LARGEST_CTS_MS else 0
