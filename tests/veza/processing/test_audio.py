"""Whole audio files through the real child: what is found, what is given away, what is refused."""

from pathlib import Path

import numpy as np
import pytest
from tests.factories.audio_files import CODECS, decoded, id3_tag, quiet_then_loud, sine, write_audio
from tests.factories.mp4_boxes import read_boxes, read_fragments

from veza.processing.audio import process_audio
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.wire import AudioTags, ChildLimits

AAC_FRAME_S = 1024 / 44_100


@pytest.mark.parametrize("kind", CODECS)
async def test_each_kind_of_file_is_looked_through(kind: str, tmp_path: Path) -> None:
    source = write_audio(tmp_path / f"track.{kind}", quiet_then_loud(6))
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert abs(facts.duration_ms - 6000) < 60
    assert (facts.sample_rate_hz, facts.channels) == (48_000, 2)
    assert facts.codec == {"mp3": "mp3", "ogg": "vorbis"}.get(kind, CODECS[kind][1].removeprefix("lib"))
    assert facts.bit_rate_bps is not None
    assert facts.bit_rate_bps > 10_000
    assert facts.loudness_lufs == pytest.approx(-6.3, abs=0.6)
    assert len(facts.peaks) == 800
    assert max(facts.peaks[:395]) < 10
    assert min(facts.peaks[405:790]) > 100
    assert facts.preview_start_ms >= 2_900
    assert facts.preview_duration_ms <= facts.duration_ms / 2
    heard = decoded(tmp_path / "preview.mp4")
    assert heard.shape[1] / 48_000 <= facts.duration_ms / 2000 + AAC_FRAME_S
    middle = heard[:, heard.shape[1] // 4 : -heard.shape[1] // 4]
    assert 0.4 < np.abs(middle).max() < 0.6
