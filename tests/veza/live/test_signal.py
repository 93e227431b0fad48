"""What figures mean: each bound, from both sides."""

from dataclasses import replace
from typing import Any

import pytest

from veza.live.signal import Advice, judge
from veza.media.health import IngestHealth

GOOD = IngestHealth(
    video_bps=3_000_000, audio_bps=128_000, fps=30.0, keyframe_interval_ms=2000, skew_ms=20, longest_gap_ms=40
)


def test_a_good_encoder_and_none_at_all_need_no_advice() -> None:
    assert judge(GOOD).advice == ()
    assert judge(None).advice == ()
    unknown = IngestHealth(None, 128_000, None, None, None, 0)
    assert judge(unknown).advice == ()  # sound alone, or the first second


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"longest_gap_ms": 1501}, Advice.CONNECTION_STALLS),
        ({"keyframe_interval_ms": 8333}, Advice.KEYFRAMES_TOO_FAR),
        ({"skew_ms": 501}, Advice.AUDIO_OUT_OF_STEP),
        ({"skew_ms": -501}, Advice.AUDIO_OUT_OF_STEP),
        ({"audio_bps": None}, Advice.NO_AUDIO),
        ({"audio_bps": 0}, Advice.NO_AUDIO),
        ({"fps": 12.5}, Advice.FEW_PICTURES),
        ({"video_bps": 12_000_000}, Advice.VIDEO_TOO_RICH),
        ({"video_bps": 120_000}, Advice.VIDEO_TOO_POOR),
        ({"audio_bps": 32_000}, Advice.AUDIO_TOO_POOR),
    ],
)
def test_each_figure_has_its_advice(change: dict[str, Any], advice: Advice) -> None:
    assert judge(replace(GOOD, **change)).advice == (advice,)


def test_the_most_pressing_comes_first() -> None:
    assert judge(replace(GOOD, longest_gap_ms=9000, fps=5.0)).advice == (Advice.CONNECTION_STALLS, Advice.FEW_PICTURES)
