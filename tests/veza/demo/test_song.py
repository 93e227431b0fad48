"""Music is heard, fits under the ceiling, is as long and as loud as it should be, and the same each time."""

import numpy as np
import pytest

from veza.demo.genres import GENRES
from veza.demo.instruments import RATE_HZ
from veza.demo.song import BUSES, PEAK, Score, render
from veza.processing.audio_loudness import LoudnessMeter


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_is_music_at_one_level(genre: str) -> None:
    score = Score(genre, GENRES[genre].bpm[1], 9, 24.0, 5)
    song = render(score)
    loop_s = 16 * 60 / score.bpm
    assert song.mix.dtype == np.float32
    assert song.mix.shape[0] == 2
    assert abs(song.mix.shape[1] / RATE_HZ - score.seconds) <= loop_s / 2 + 0.1
    assert 0.3 < float(np.abs(song.mix).max()) <= PEAK + 1e-6
    meter = LoudnessMeter(RATE_HZ, 2)
    meter.add(np.ascontiguousarray(song.mix))
    assert meter.finish() == pytest.approx(-12.0, abs=1.5)
    assert float(np.abs(song.mix[:, :8]).max()) < 0.01
    assert float(np.abs(song.mix[:, -8:]).max()) < 0.01
    assert set(song.buses) == set(BUSES)
    assert all(float(np.abs(sound).max()) <= PEAK + 1e-4 for sound in song.buses.values())


def test_sound_is_spread_over_the_spectrum_and_both_sides() -> None:
    mix = render(Score("house", 124, 2, 24.0, 1)).mix
    power = np.abs(np.fft.rfft((mix[0] + mix[1]) / 2)) ** 2
    hz = np.fft.rfftfreq(mix.shape[1], 1 / RATE_HZ)
    shares = [
        float(power[(hz >= low) & (hz < high)].sum() / power.sum()) for low, high in ((20, 200), (200, 2e3), (2e3, 2e4))
    ]
    assert all(share > 0.001 for share in shares)
    assert 0.2 < float(np.corrcoef(mix[0], mix[1]).flat[1]) < 0.99


def test_the_same_score_gives_the_same_samples() -> None:
    score = Score("garage", 132, 4, 10.0, 3)
    assert np.array_equal(render(score).mix, render(score).mix)
    assert not np.array_equal(render(score).mix, render(Score("garage", 132, 4, 10.0, 4)).mix)


def test_keys_are_named_as_tags_name_them() -> None:
    assert Score("techno", 130, 9, 10.0, 1).key_name == "Am"
    assert Score("ambient", 70, 3, 10.0, 1).key_name == "Eb"
