"""Delta updates: with each of them a player knows what the whole playlist says."""

import pytest
from tests.llhls_linter import lint_playlist
from tests.llhls_playlist import merge_delta, parse_playlist
from tests.veza.media.hls.synthetic import (
    AUDIO,
    VIDEO,
    audio_samples,
    interleaved,
    new_segmenter,
    package,
    video_samples,
    what_it_lists,
)

from veza.media.hls.playlist import write_media


def test_a_player_that_asks_only_for_what_is_new_knows_everything() -> None:
    window, segmenter = new_segmenter()
    for config in (VIDEO, AUDIO):
        segmenter.configure(config)
    known, updates = "", 0
    for sample in interleaved(video_samples(60), audio_samples(60)):
        version = window.version
        segmenter.push(sample)
        if window.version == version or not window.playable:
            continue
        whole, delta = write_media(window), write_media(window, skip=bool(known))
        if "#EXT-X-SKIP" in delta:
            updates += 1
            assert len(delta) < len(whole)
            assert lint_playlist(delta) == []
        known = merge_delta(known, delta)
        assert what_it_lists(known) == what_it_lists(whole)
        assert lint_playlist(known) == []
    assert updates > 100


@pytest.mark.parametrize(("gop_s", "seconds", "skipped"), [(2, 11, 0), (2, 40, 9), (8, 80, 0)])
def test_six_target_durations_are_always_spelled_out(gop_s: int, seconds: int, skipped: int) -> None:
    window = package(video_samples(seconds, gop=30 * gop_s), VIDEO, finish=False)
    assert parse_playlist(write_media(window, skip=True)).skipped == skipped
    listed_s = sum(segment.length for segment in parse_playlist(write_media(window, skip=True)).segments)
    assert not skipped or listed_s >= 6 * gop_s


def test_who_comes_to_the_end_gets_all_of_it() -> None:
    window = package(video_samples(40), VIDEO)
    window.end()
    assert write_media(window, skip=True) == write_media(window)
