"""Whatever an encoder sends becomes clean parts and playlists, or a refusal that says what to change."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st
from tests.factories.media_samples import encode_media
from tests.veza.media.hls.synthetic import (
    AUDIO,
    AUDIO_TOO,
    NOON,
    VIDEO,
    VIDEO_TOO,
    audio_samples,
    check_media,
    check_playlists,
    interleaved,
    new_segmenter,
    package,
    video_samples,
)

from veza.media.hls.segmenter import Segmenter
from veza.media.hls.window import Packaging, Window
from veza.media.units import MediaError, Sample, TrackConfig, TrackKind

TARGET_TICKS = 334 * 90


def durations_s(window: Window) -> list[float]:
    return [segment.duration_ticks / 90_000 for segment in window.segments]


@pytest.mark.parametrize("fps", [12, 15, 20, 23.976, 24, 25, 29.97, 30, 50, 59.94, 60, 120])
def test_usual_frame_rates_give_long_even_parts(fps: float) -> None:
    gop = round(fps * 2)
    window = package(interleaved(video_samples(20, fps=fps, gop=gop), audio_samples(20)), VIDEO, AUDIO)
    assert window.target_duration_s == 2
    for segment in window.segments[:-1]:
        assert segment.parts[0].independent
        for part in segment.parts:
            assert part.duration_ticks <= TARGET_TICKS
        for part in segment.parts[:-1]:
            assert part.duration_ticks >= 0.85 * TARGET_TICKS
    assert window.frame_rate == pytest.approx(fps, rel=0.001)
    check_playlists(window)
    check_media(window)


def test_a_part_is_out_as_soon_as_the_frame_after_it_is_here() -> None:
    window, segmenter = new_segmenter()
    segmenter.configure(VIDEO)
    for sample in video_samples(1)[:10]:
        segmenter.push(sample)
    assert window.next_part == 0
    segmenter.push(video_samples(1)[10])
    assert window.next_part == 1


def test_nothing_is_shown_before_the_target_duration_is_known() -> None:
    window, segmenter = new_segmenter()
    segmenter.configure(VIDEO)
    samples = video_samples(6, gop=90)
    for sample in samples[:90]:
        segmenter.push(sample)
    before = window.playable
    segmenter.push(samples[90])
    assert (before, window.playable, window.target_duration_s) == (False, True, 3)


def test_the_usual_default_interval_of_encoders_plays() -> None:
    window = package(interleaved(video_samples(40, gop=250), audio_samples(40)), VIDEO, AUDIO)
    assert window.target_duration_s == 8
    assert durations_s(window)[:-1] == pytest.approx([25 / 3] * 4, abs=0.002)
    check_playlists(window)


def test_a_very_long_interval_is_cut_at_ten_seconds() -> None:
    window = package(interleaved(video_samples(60, gop=600), audio_samples(60)), VIDEO, AUDIO)
    assert window.target_duration_s == 10
    assert max(durations_s(window)) < 10.5
    starts = [segment.parts[0].independent for segment in window.segments]
    assert starts.count(True) == 3
    check_playlists(window, keyed_segments=False)
    check_media(window)


def test_segments_longer_than_the_target_are_cut_without_a_key_frame() -> None:
    short = video_samples(4, gop=60)
    long = video_samples(20, gop=250, start_ms=4000)
    window = package(interleaved(short, long, audio_samples(24)), VIDEO, AUDIO)
    assert window.target_duration_s == 2
    assert max(durations_s(window)) < 2.5
    starts = [segment.parts[0].independent for segment in window.segments]
    assert starts.count(True) == 2 + 3
    check_playlists(window, keyed_segments=False)
    check_media(window)


def test_half_a_minute_without_a_key_frame_is_refused() -> None:
    with pytest.raises(MediaError, match="keyframe interval"):
        package(video_samples(40, gop=10_000), VIDEO)


def test_no_key_frame_at_the_start_is_waited_for_and_then_refused() -> None:
    late = video_samples(12, gop=60)[1:]
    window = package(interleaved(late, audio_samples(12)), VIDEO, AUDIO)
    assert window.segments[0].parts[0].independent
    assert durations_s(window)[0] == pytest.approx(2)
    with pytest.raises(MediaError, match="key frame"):
        package(video_samples(12, gop=10_000)[1:], VIDEO)
    waits = [video_samples(1)[1], *audio_samples(12, start_ms=100)]
    with pytest.raises(MediaError, match="key frame"):
        package(waits, VIDEO, AUDIO)


@pytest.mark.parametrize("b_frames", [0, 2])
def test_real_media_is_cut_cleanly(b_frames: int) -> None:
    media = encode_media(b_frames=b_frames)
    assert media.video is not None
    assert media.audio is not None
    window = package(media.samples, media.video, media.audio)
    check_playlists(window)
    runs = check_media(window)
    assert sum(len(run.sizes) for run in runs if run.track_id == 1) == 180
    assert any(offset for run in runs for offset in run.offsets) is bool(b_frames)


def test_audio_alone_begins_after_a_second_and_never_drifts() -> None:
    window, segmenter = new_segmenter()
    segmenter.configure(AUDIO_TOO)
    samples = audio_samples(100, config=AUDIO_TOO)
    for sample in samples:
        segmenter.push(sample)
    segmenter.finish()
    assert window.target_duration_s == 2
    runs = check_media(window)
    assert runs[-1].end == len(samples) * 1024
    assert all(part.independent for segment in window.segments for part in segment.parts)
    check_playlists(window)


def test_program_time_follows_media_time_and_the_first_picture() -> None:
    window = package(interleaved(video_samples(30, cts_ms=66), audio_samples(30)), VIDEO, AUDIO)
    times = [segment.program_time_ms for segment in window.segments]
    assert times[0] == 1_795_435_200_000
    assert [later - earlier for earlier, later in pairwise(times)] == [2000] * (len(times) - 1)


def test_audio_that_stops_becomes_silence_and_video_goes_on() -> None:
    window = package(interleaved(video_samples(20), audio_samples(5)), VIDEO, AUDIO)
    runs = check_media(window)
    audio_end = max(run.end for run in runs if run.track_id == 2)
    assert audio_end / 48_000 == pytest.approx(20, abs=0.4)
    check_playlists(window)


def test_audio_that_never_comes_becomes_silence() -> None:
    window = package(video_samples(20), VIDEO, AUDIO)
    audio = [run for run in check_media(window) if run.track_id == 2]
    assert audio[-1].end / 48_000 == pytest.approx(20, abs=0.4)


def test_audio_that_comes_back_is_heard_again() -> None:
    late = interleaved(video_samples(20), audio_samples(5), audio_samples(8, start_ms=12_000))
    window = package(late, VIDEO, AUDIO)
    sizes = [size for run in check_media(window) if run.track_id == 2 for size in run.sizes]
    assert sizes.count(8) >= (5 + 7.5) * 48_000 / 1024
    check_playlists(window)


def test_audio_that_is_a_second_late_is_all_kept() -> None:
    video, audio = video_samples(20), audio_samples(20)
    delayed = sorted(
        [*((sample.dts_ms, sample) for sample in video), *((sample.dts_ms + 1000, sample) for sample in audio)],
        key=lambda entry: entry[0],
    )
    window = package([sample for _, sample in delayed], VIDEO, AUDIO)
    sizes = [size for run in check_media(window) if run.track_id == 2 for size in run.sizes]
    assert sizes.count(8) >= 18 * 48_000 / 1024
    assert sizes.count(8) == len(sizes)


def test_jittering_audio_times_stay_on_the_grid() -> None:
    jittered = [
        Sample(TrackKind.AUDIO, sample.dts_ms + (-25, 0, 25)[index % 3], 0, True, sample.data)
        for index, sample in enumerate(audio_samples(20, start_ms=30))
    ]
    window = package(interleaved(video_samples(20), jittered), VIDEO, AUDIO)
    audio = [run for run in check_media(window) if run.track_id == 2]
    assert {size for run in audio for size in run.sizes} == {8}


def test_video_that_stops_does_not_hold_audio_back() -> None:
    stops = interleaved(video_samples(6), audio_samples(14))
    window = package(stops, VIDEO, AUDIO, finish=False)
    assert sum(durations_s(window)) == pytest.approx(14, abs=0.5)
    check_playlists(window, keyed_segments=False)
    check_media(window)


def test_video_that_is_lost_leaves_an_audio_stream_and_may_return() -> None:
    back = interleaved(video_samples(6), audio_samples(40), video_samples(12, start_ms=26_000))
    window = package(back, VIDEO, AUDIO)
    tracks = [[len(window.inits[segment.init].tracks), segment.discontinuity] for segment in window.segments]
    assert tracks[0] == [2, False]
    assert [1, True] in tracks
    assert tracks[-1][0] == 2
    check_playlists(window, keyed_segments=False)
    check_media(window)


@pytest.mark.parametrize("jump_ms", [60_000, -60_000, 3_600_000, -1_000])
def test_a_jump_is_a_discontinuity_and_the_sequence_goes_on(jump_ms: int) -> None:
    first = interleaved(video_samples(10), audio_samples(10))
    second = interleaved(video_samples(10, start_ms=70_000 + jump_ms), audio_samples(10, start_ms=70_000 + jump_ms))
    moved = [*interleaved(video_samples(10, start_ms=60_000), audio_samples(10, start_ms=60_000)), *second]
    window = package(moved if jump_ms < 0 else [*first, *second], VIDEO, AUDIO)
    assert [segment.discontinuity for segment in window.segments].count(True) == 1
    assert [segment.msn for segment in window.segments] == list(range(len(window.segments)))
    assert sum(durations_s(window)) == pytest.approx(20, abs=0.1)
    check_playlists(window)
    check_media(window)


def test_timestamps_that_keep_jumping_are_refused() -> None:
    jumping = [Sample(TrackKind.VIDEO, index * 10_000, 0, True, b"v") for index in range(30)]
    with pytest.raises(MediaError, match="keep jumping"):
        package(jumping, VIDEO)


def test_small_disorder_is_smoothed() -> None:
    wobbly = [
        Sample(TrackKind.VIDEO, max(0, sample.dts_ms + (-40, 0, 15)[index % 3]), 0, sample.keyframe, sample.data)
        for index, sample in enumerate(video_samples(20))
    ]
    window = package(interleaved(audio_samples(20), [])[:0] + wobbly, VIDEO)
    assert not any(segment.discontinuity for segment in window.segments)
    check_playlists(window)
    check_media(window)


@pytest.mark.parametrize("config", [VIDEO_TOO, AUDIO_TOO])
def test_a_new_configuration_is_a_discontinuity_with_its_own_init(config: TrackConfig) -> None:
    window, segmenter = new_segmenter()
    segmenter.configure(VIDEO)
    segmenter.configure(AUDIO)
    samples = interleaved(video_samples(12), audio_samples(12))
    for sample in samples:
        if sample.dts_ms == 6000 and sample.kind is TrackKind.VIDEO:
            segmenter.configure(VIDEO)  # the same again changes nothing
            segmenter.configure(config)
        segmenter.push(sample)
    segmenter.finish()
    changed = next(segment for segment in window.segments if segment.discontinuity)
    assert config in window.inits[changed.init].tracks
    assert [segment.discontinuity for segment in window.segments].count(True) == 1
    check_playlists(window)
    check_media(window)


def test_a_second_publisher_goes_on_where_the_first_stopped() -> None:
    window, first = new_segmenter()
    for segmenter in (first, Segmenter(window, lambda: NOON)):
        segmenter.configure(VIDEO)
        segmenter.configure(AUDIO)
        for sample in interleaved(video_samples(5), audio_samples(5)):
            segmenter.push(sample)
        segmenter.finish()
    assert [segment.discontinuity for segment in window.segments] == [False, False, False, True, False, False]
    runs = check_media(window)
    starts = [run.decode_time for run in runs if run.track_id == 1]
    assert starts == sorted(starts)
    check_playlists(window)


def test_a_second_publisher_without_audio_goes_on_with_silence() -> None:
    window, first = new_segmenter()
    second = Segmenter(window, lambda: NOON)
    for segmenter, samples in ((first, interleaved(video_samples(5), audio_samples(5))), (second, video_samples(5))):
        segmenter.configure(VIDEO)
        if segmenter is first:
            segmenter.configure(AUDIO)
        for sample in samples:
            segmenter.push(sample)
        segmenter.finish()
    runs = check_media(window)
    audio_s = sum(sum(run.durations) for run in runs if run.track_id == 2) / 48_000
    assert audio_s == pytest.approx(10, abs=0.2)
    assert {len(init.tracks) for init in window.inits.values()} == {2}


def test_a_slide_show_with_audio_plays_and_without_is_refused() -> None:
    slides = video_samples(30, fps=1, gop=2)
    window = package(interleaved(slides, audio_samples(30)), VIDEO, AUDIO)
    check_playlists(window, keyed_segments=False)
    check_media(window, gaps_in_video=True)
    with pytest.raises(MediaError, match="frames a second"):
        package(slides, VIDEO)


def test_one_pause_in_a_silent_video_is_closed_up() -> None:
    window = package([*video_samples(6), *video_samples(20, start_ms=7500)], VIDEO)
    assert sum(durations_s(window)) == pytest.approx(26.3, abs=0.2)
    check_playlists(window, keyed_segments=False)
    check_media(window)


def test_too_much_data_is_refused() -> None:
    heavy = [Sample(TrackKind.VIDEO, sample.dts_ms, 0, sample.keyframe, bytes(2 << 20)) for sample in video_samples(3)]
    with pytest.raises(MediaError, match="bitrate"):
        package(heavy, VIDEO)
    with pytest.raises(MediaError, match="bitrate"):
        package(video_samples(3), VIDEO, packaging=Packaging(segment_max_bytes=1000))


def test_the_window_is_bounded_and_reloads_stay_clean() -> None:
    window, segmenter = new_segmenter()
    segmenter.configure(VIDEO)
    segmenter.configure(AUDIO)
    previous, version = None, -1
    for sample in interleaved(video_samples(150), audio_samples(150)):
        segmenter.push(sample)
        if window.playable and window.version != version:
            version = window.version
            previous = check_playlists(window, previous)
    kept = sum(durations_s(window))
    listed = sum(segment.duration_ticks for segment in window.listed()) / 90_000
    assert 60 <= kept < 65
    assert 30 <= listed < 35
    assert window.size_bytes == sum(len(part.data) for segment in window.segments for part in segment.parts)
    assert len(window.inits) == 1
    assert window.find_segment(0) is None
    oldest = window.segments[0]
    assert window.find_part(oldest.parts[0].number) is oldest.parts[0]
    assert window.find_part(oldest.parts[0].number - 1) is None


def test_a_fat_stream_gives_up_old_segments_first() -> None:
    packaging = Packaging(window_max_bytes=40_000)
    window = package(video_samples(60), VIDEO, packaging=packaging)
    assert window.size_bytes <= 40_000
    assert len(window.segments) >= 4


# ---- anything at all ----


@dataclass(frozen=True)
class Packet:
    """A sample, `step_ms` after the one before it of its kind."""

    kind: str
    step_ms: int
    keyframe: bool
    cts_ms: int


steps = st.one_of(
    st.integers(0, 50), st.sampled_from([16, 17, 33, 34, 40, 66, 100, 250, 400, 1000, 3000, 7000, -20, -150, -900])
)
packets = st.builds(
    Packet, st.sampled_from("vvvvvva"), steps, st.booleans(), st.sampled_from([0, 0, 33, 66, -33, 9_000_000])
)
changes = st.sampled_from([VIDEO, VIDEO_TOO, AUDIO, AUDIO_TOO])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(packets, packets, packets, packets, changes), max_size=400), st.integers(0, 3))
def test_any_sequence_of_samples_is_clean_or_refused(events: list[Packet | TrackConfig], start: int) -> None:
    window, segmenter = new_segmenter()
    for config in ((), (VIDEO,), (AUDIO,), (VIDEO, AUDIO))[start]:
        segmenter.configure(config)
    clocks_ms = {"v": 1000, "a": 1000}
    previous, version = None, -1
    try:
        for event in events:
            if isinstance(event, Packet):
                clocks_ms[event.kind] += event.step_ms
                kind, cts = (TrackKind.VIDEO, event.cts_ms) if event.kind == "v" else (TrackKind.AUDIO, 0)
                segmenter.push(Sample(kind, clocks_ms[event.kind], cts, event.keyframe, b"x" * 9))
            else:
                segmenter.configure(event)
            if window.playable and window.version != version:
                version = window.version
                previous = check_playlists(window, previous, keyed_segments=False)
        segmenter.finish()
        window.end()
    except MediaError as error:
        refusal = error.reason
    else:
        refusal = ""
    assert not refusal or refusal.endswith(".")
    if window.playable:
        check_playlists(window, previous, keyed_segments=False)
        check_media(window, gaps_in_video=True)
