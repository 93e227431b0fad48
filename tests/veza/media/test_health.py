"""What the meter says of a publisher, from samples whose time is handed in."""

import pytest

from veza.media.health import HealthMeter
from veza.media.units import Sample, TrackKind


def video(at_s: float, *, size: int = 10_000, every_s: float = 2.0) -> Sample:
    at_ms = round(at_s * 1000)
    return Sample(TrackKind.VIDEO, at_ms, 0, at_ms % round(every_s * 1000) == 0, bytes(size))


def audio(at_s: float, *, late_ms: int = 0) -> Sample:
    return Sample(TrackKind.AUDIO, round(at_s * 1000) - late_ms, 0, True, bytes(400))


def sent(seconds: int, *, fps: int = 25, late_ms: int = 0, every_s: float = 2.0) -> HealthMeter:
    """A publisher that sends evenly: `fps` pictures and 50 sounds a second, from second 100 on."""
    meter = HealthMeter()
    samples = [(n / fps, video(n / fps, every_s=every_s)) for n in range(seconds * fps)]
    samples += [(n / 50, audio(n / 50, late_ms=late_ms)) for n in range(seconds * 50)]
    for at_s, sample in sorted(samples, key=lambda pair: pair[0]):
        meter.add(sample, 100 + at_s)
    return meter


def test_nothing_is_known_before_anything_came() -> None:
    found = HealthMeter().read(100.0)
    assert (found.video_bps, found.audio_bps, found.fps, found.keyframe_interval_ms, found.skew_ms) == (None,) * 5
    assert found.longest_gap_ms == 0


def test_an_even_publisher_is_measured() -> None:
    found = sent(20).read(120.0)
    assert found.video_bps == 25 * 10_000 * 8
    assert found.audio_bps == 50 * 400 * 8
    assert found.fps == 25.0
    assert found.keyframe_interval_ms == 2000
    assert found.skew_ms == pytest.approx(0, abs=40)
    assert found.longest_gap_ms <= 40


@pytest.mark.parametrize("late_ms", [-900, 900])
def test_audio_out_of_step_shows(late_ms: int) -> None:
    assert sent(12, late_ms=late_ms).read(112.0).skew_ms == pytest.approx(-late_ms, abs=40)


def test_key_frames_that_are_far_apart_show_even_before_the_next_one() -> None:
    assert sent(19, every_s=8.0).read(119.0).keyframe_interval_ms == 8000
    meter = sent(4)
    for n in range(250):
        meter.add(Sample(TrackKind.VIDEO, 4000 + n * 40, 0, False, b"x"), 104 + n / 25)
    assert meter.read(114.0).keyframe_interval_ms == 11_960


def test_a_silence_shows_while_it_lasts_and_is_forgotten_after_ten_seconds() -> None:
    meter = sent(5)
    assert meter.read(108.0).longest_gap_ms == pytest.approx(3020, abs=30)
    for n in range(100):
        meter.add(video(8 + n / 25), 108 + n / 25)
    assert meter.read(112.0).longest_gap_ms >= 3000
    for n in range(100, 500):
        meter.add(video(8 + n / 25), 108 + n / 25)
    assert meter.read(128.0).longest_gap_ms <= 80


def test_a_long_broadcast_costs_no_more_memory() -> None:
    meter = HealthMeter()
    for n in range(5_000):
        meter.add(video(n), 100.0 + n)
    assert len(meter._seconds) <= 11
