"""Every kind of file is one that the shop takes, says what it is, and holds what it promises."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from veza.demo.catalogue import FileSpec
from veza.demo.encode import ENDINGS
from veza.demo.factory import make_files
from veza.demo.song import Score
from veza.processing.audio import process_audio
from veza.products.accepted import require_accepted
from veza.products.domain import ProductType

SCORE = Score("techno", 130, 9, 7.5, 11)
TAGS = {"title": "Été", "artist": "Moth Parade", "album": "", "bpm": "130", "key": "Am", "isrc": "ZZTST2600001"}
TELLS_ALL = {"mp3", "flac", "opus"}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_audio_passes_and_tells_its_tags(ending: str, tmp_path: Path) -> None:
    content = make_files([FileSpec(f"Été.{ending}", "audio", SCORE, TAGS)])[0]
    found = require_accepted(ProductType.TRACK, content[: 64 * 1024], f"Été.{ending}")
    source = tmp_path / "source"
    source.write_bytes(content)
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert found.format.endswith(ending)
    assert facts.duration_ms == pytest.approx(7_385, abs=120)
    assert facts.channels == 2
    assert facts.loudness_lufs is not None
    assert facts.loudness_lufs > -16
    assert (facts.tags.title, facts.tags.artist) == ("Été", "Moth Parade")
    if ending in TELLS_ALL:
        assert (facts.tags.bpm, facts.tags.musical_key, facts.tags.isrc) == (130.0, "Am", "ZZTST2600001")


def test_the_same_spec_gives_the_same_bytes() -> None:
    specs = [FileSpec(f"a.{ending}", "audio", SCORE, TAGS) for ending in ENDINGS]
    assert make_files(specs) == make_files(specs)


def test_packs_hold_as_many_files_as_they_promise() -> None:
    specs = [
        FileSpec("Drums.zip", "samples", SCORE, {"count": "23"}),
        FileSpec("Pads.zip", "presets", SCORE, {"count": "14"}),
        FileSpec("Lead.vital", "patch", SCORE, {"count": "1"}),
        FileSpec("Stems.zip", "stems", SCORE, {}),
    ]
    samples, presets, patch, stems = make_files(specs)
    with zipfile.ZipFile(io.BytesIO(samples)) as archive:
        assert len(archive.namelist()) == 23
        assert archive.testzip() is None
    with zipfile.ZipFile(io.BytesIO(presets)) as archive:
        assert len(archive.namelist()) == 14
    with zipfile.ZipFile(io.BytesIO(stems)) as archive:
        assert {"130 drums.flac", "130 bass.flac"} <= set(archive.namelist())
    assert json.loads(patch)["preset_name"] == "Lead"
    for content, kind in ((samples, ProductType.SAMPLE_PACK), (presets, ProductType.PRESET), (stems, ProductType.BEAT)):
        assert require_accepted(kind, content[: 64 * 1024], "x.zip").format == "zip"
    assert require_accepted(ProductType.PRESET, patch, "Lead.vital").format == "preset"
