"""What a publisher's figures mean for viewers, and what its streamer can do about it. Pure.

The web app has the words; here are the codes and where each begins.
"""

from dataclasses import dataclass
from enum import StrEnum

from veza.media.health import IngestHealth

KEYFRAMES_MS_MAX = 4_500
FPS_MIN = 20.0
SKEW_MS_MAX = 500
GAP_MS_MAX = 1_500
VIDEO_BPS_MIN = 300_000
VIDEO_BPS_MAX = 8_500_000
AUDIO_BPS_MIN = 60_000


class Advice(StrEnum):
    """One thing to mend, the most pressing first."""

    CONNECTION_STALLS = "connection_stalls"
    KEYFRAMES_TOO_FAR = "keyframes_too_far"
    AUDIO_OUT_OF_STEP = "audio_out_of_step"
    NO_AUDIO = "no_audio"
    FEW_PICTURES = "few_pictures"
    VIDEO_TOO_RICH = "video_too_rich"
    VIDEO_TOO_POOR = "video_too_poor"
    AUDIO_TOO_POOR = "audio_too_poor"


@dataclass(frozen=True, slots=True)
class Signal:
    """What the encoder of a stream sends, and what to do about it; `health` None: nothing is known, nothing is sent."""

    health: IngestHealth | None
    advice: tuple[Advice, ...]


def judge(health: IngestHealth | None) -> Signal:
    """Which figures are out of bounds. What is not known is not judged."""
    if health is None:
        return Signal(None, ())
    found = [
        (Advice.CONNECTION_STALLS, health.longest_gap_ms > GAP_MS_MAX),
        (Advice.KEYFRAMES_TOO_FAR, _above(health.keyframe_interval_ms, KEYFRAMES_MS_MAX)),
        (Advice.AUDIO_OUT_OF_STEP, health.skew_ms is not None and abs(health.skew_ms) > SKEW_MS_MAX),
        (Advice.NO_AUDIO, health.audio_bps in {None, 0} and health.video_bps is not None),
        (Advice.FEW_PICTURES, health.fps is not None and health.fps < FPS_MIN),
        (Advice.VIDEO_TOO_RICH, _above(health.video_bps, VIDEO_BPS_MAX)),
        (Advice.VIDEO_TOO_POOR, health.video_bps is not None and 0 < health.video_bps < VIDEO_BPS_MIN),
        (Advice.AUDIO_TOO_POOR, health.audio_bps is not None and 0 < health.audio_bps < AUDIO_BPS_MIN),
    ]
    return Signal(health, tuple(advice for advice, holds in found if holds))


def _above(value: int | None, most: int) -> bool:
    return value is not None and value > most
