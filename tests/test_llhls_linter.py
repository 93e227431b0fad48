"""The linter refuses one planted mistake per rule, names it, and lets good playlists pass."""

import pytest
from tests.llhls_linter import lint_playlist
from tests.llhls_playlist import merge_delta, parse_playlist

GOOD_MEDIA = """\
#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3.0
#EXT-X-PART-INF:PART-TARGET=1.0
#EXT-X-MEDIA-SEQUENCE:9
#EXT-X-DISCONTINUITY-SEQUENCE:1
#EXT-X-MAP:URI="init1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T11:59:58.000Z
#EXTINF:2.00000,
s9.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:00.000Z
#EXTINF:2.00000,
s10.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:02.000Z
#EXTINF:2.00000,
s11.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init2.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:09.000Z
#EXT-X-PART:DURATION=1.00000,URI="p4.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=1.00000,URI="p5.m4s"
#EXTINF:2.00000,
s12.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:11.000Z
#EXT-X-PART:DURATION=1.00000,URI="p6.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p7.m4s"
"""

NEXT_MEDIA = """\
#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3.0
#EXT-X-PART-INF:PART-TARGET=1.0
#EXT-X-MEDIA-SEQUENCE:10
#EXT-X-DISCONTINUITY-SEQUENCE:1
#EXT-X-MAP:URI="init1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:00.000Z
#EXTINF:2.00000,
s10.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:02.000Z
#EXTINF:2.00000,
s11.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init2.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:09.000Z
#EXT-X-PART:DURATION=1.00000,URI="p4.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=1.00000,URI="p5.m4s"
#EXTINF:2.00000,
s12.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:11.000Z
#EXT-X-PART:DURATION=1.00000,URI="p6.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.50000,URI="p7.m4s"
#EXTINF:1.50000,
s13.m4s
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p8.m4s"
"""

ENDED = NEXT_MEDIA.replace('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p8.m4s"', "#EXT-X-ENDLIST")

DELTA = (
    NEXT_MEDIA.replace("PART-HOLD-BACK=3.0", "PART-HOLD-BACK=3.0,CAN-SKIP-UNTIL=12.0")
    .replace("EXT-X-MEDIA-SEQUENCE:10", "EXT-X-MEDIA-SEQUENCE:4")
    .replace(
        "#EXT-X-MAP",
        """\
#EXT-X-SKIP:SKIPPED-SEGMENTS=3
#EXT-X-MAP:URI="init1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T11:59:54.000Z
#EXTINF:2.00000,
s7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T11:59:56.000Z
#EXTINF:2.00000,
s8.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T11:59:58.000Z
#EXTINF:2.00000,
s9.m4s
#EXT-X-MAP""",
        1,
    )
)

GOOD_PLAIN = """\
#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-MAP:URI="init0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:00.000Z
#EXTINF:2.49000,
s0.m4s
"""

GOOD_INDEX = """\
#EXTM3U
#EXT-X-VERSION:6
#EXT-X-STREAM-INF:BANDWIDTH=3300000,AVERAGE-BANDWIDTH=3000000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720
media.m3u8
"""


def rules(text: str, previous: str | None = None) -> set[str]:
    return {finding.rule for finding in lint_playlist(text, previous=previous)}


@pytest.mark.parametrize("text", [GOOD_MEDIA, NEXT_MEDIA, DELTA, ENDED, GOOD_PLAIN, GOOD_INDEX])
def test_good_playlists_pass(text: str) -> None:
    assert lint_playlist(text) == []
    assert lint_playlist(text, previous=text) == []


def test_good_reloads_pass() -> None:
    assert lint_playlist(NEXT_MEDIA, previous=GOOD_MEDIA) == []
    assert lint_playlist(ENDED, previous=NEXT_MEDIA) == []


WITH_PARTS = GOOD_MEDIA[GOOD_MEDIA.index("#EXT-X-PART:") : GOOD_MEDIA.index("#EXT-X-PRELOAD-HINT")]

PLANTED_MEDIA = [
    ("first-line", "#EXTM3U\n", ""),
    ("characters", "s10.m4s", "s10\x07.m4s"),
    ("version-missing", "#EXT-X-VERSION:9\n", ""),
    ("version-too-low", "VERSION:9", "VERSION:5"),
    ("tag-twice", "#EXT-X-TARGETDURATION:2\n", "#EXT-X-TARGETDURATION:2\n#EXT-X-TARGETDURATION:2\n"),
    ("attribute-syntax", "CAN-BLOCK-RELOAD=YES,", "CAN-BLOCK-RELOAD=YES,,"),
    ("attribute-twice", "CAN-BLOCK-RELOAD=YES,", "CAN-BLOCK-RELOAD=YES,CAN-BLOCK-RELOAD=YES,"),
    ("quoting", 'URI="init1.mp4"', "URI=init1.mp4"),
    ("quoting", "PART-TARGET=1.0", 'PART-TARGET="1.0"'),
    ("target-missing", "#EXT-X-TARGETDURATION:2\n", ""),
    ("segment-too-long", "#EXTINF:2.00000,\ns11", "#EXTINF:2.50000,\ns11"),
    ("segment-empty", "#EXTINF:2.00000,\ns11", "#EXTINF:0.00000,\ns11"),
    ("extinf-missing", "#EXTINF:2.00000,\ns11", "s11"),
    ("extinf-syntax", "#EXTINF:2.00000,\ns11", "#EXTINF:2.00000\ns11"),
    ("uri-missing", "s12.m4s\n", ""),
    ("map-missing", '#EXT-X-MAP:URI="init1.mp4"\n', ""),
    ("header-after-segment", "s12.m4s\n", "s12.m4s\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n"),
    ("uri-twice", "s11.m4s", "s10.m4s"),
    ("uri-not-relative", "s11.m4s", "https://cdn.example/s11.m4s"),
    ("part-target-missing", "#EXT-X-PART-INF:PART-TARGET=1.0\n", ""),
    ("part-attributes", 'DURATION=1.00000,URI="p5.m4s"', 'URI="p5.m4s"'),
    ("part-too-long", 'DURATION=1.00000,URI="p6.m4s"', 'DURATION=1.10000,URI="p6.m4s"'),
    ("part-too-short", 'DURATION=1.00000,URI="p4.m4s"', 'DURATION=0.80000,URI="p4.m4s"'),
    ("part-sum", '#EXT-X-PART:DURATION=1.00000,URI="p5.m4s"\n#EXTINF:2.00000', "#EXTINF:2.20000"),
    ("hold-back-short", "PART-HOLD-BACK=3.0", "PART-HOLD-BACK=3.0,HOLD-BACK=5.9"),
    ("part-hold-back-missing", ",PART-HOLD-BACK=3.0", ""),
    ("part-hold-back-short", "PART-HOLD-BACK=3.0", "PART-HOLD-BACK=2.9"),
    ("block-reload-missing", "CAN-BLOCK-RELOAD=YES,", ""),
    ("hint-missing", '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p7.m4s"\n', ""),
    ("hint-known", 'TYPE=PART,URI="p7.m4s"', 'TYPE=PART,URI="p6.m4s"'),
    ("hint-after-end", "#EXT-X-PRELOAD-HINT", "#EXT-X-ENDLIST\n#EXT-X-PRELOAD-HINT"),
    ("open-segment-at-end", '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p7.m4s"', "#EXT-X-ENDLIST"),
    ("parts-too-old", "#EXT-X-TARGETDURATION:2", "#EXT-X-TARGETDURATION:0"),
    ("program-time-missing", "#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:02.000Z\n", ""),
    ("program-time-syntax", "12:00:02.000Z", "yesterday"),
    ("program-time-zone", "12:00:02.000Z", "12:00:02.000"),
    ("program-time-drift", "12:00:02.000Z", "12:00:02.400Z"),
    ("program-time-back", "12:00:09.000Z", "12:00:00.500Z"),
    ("map-without-discontinuity", "#EXT-X-DISCONTINUITY\n", ""),
    ("discontinuity-not-independent", 'URI="p4.m4s",INDEPENDENT=YES', 'URI="p4.m4s"'),
    ("segment-not-independent", 'URI="p6.m4s",INDEPENDENT=YES', 'URI="p6.m4s"'),
    ("discontinuity-sequence-missing", "#EXT-X-DISCONTINUITY-SEQUENCE:1\n", ""),
    ("parts-missing", WITH_PARTS, "#EXTINF:2.00000,\ns12.m4s\n"),
]


@pytest.mark.parametrize(("rule", "good", "bad"), PLANTED_MEDIA)
def test_each_planted_media_mistake_is_named(rule: str, good: str, bad: str) -> None:
    assert good in GOOD_MEDIA
    assert rule in rules(GOOD_MEDIA.replace(good, bad, 1))


PLANTED_INDEX = [
    ("variant-uri-missing", "media.m3u8\n", ""),
    ("bandwidth-missing", "BANDWIDTH=3300000,", ""),
    ("average-above-peak", "AVERAGE-BANDWIDTH=3000000", "AVERAGE-BANDWIDTH=3400000"),
    ("codecs-missing", 'CODECS="avc1.64001f,mp4a.40.2",', ""),
    ("codecs-syntax", "avc1.64001f", "h264"),
    ("resolution-missing", ",RESOLUTION=1280x720", ""),
    ("resolution-without-video", "avc1.64001f,", ""),
    ("mixed-kinds", "media.m3u8\n", "media.m3u8\n#EXT-X-TARGETDURATION:2\n"),
    ("quoting", 'CODECS="avc1.64001f,mp4a.40.2"', "CODECS=avc1.64001f"),
]


@pytest.mark.parametrize(("rule", "good", "bad"), PLANTED_INDEX)
def test_each_planted_multivariant_mistake_is_named(rule: str, good: str, bad: str) -> None:
    assert good in GOOD_INDEX
    assert rule in rules(GOOD_INDEX.replace(good, bad, 1))


def test_a_multivariant_playlist_without_variants_is_named() -> None:
    findings = lint_playlist("#EXTM3U\n#EXT-X-VERSION:6\n", kind="multivariant")
    assert [finding.rule for finding in findings] == ["variant-missing"]


PLANTED_RELOADS = [
    ("media-sequence-back", NEXT_MEDIA, GOOD_MEDIA),
    ("segments-vanished", NEXT_MEDIA.replace("SEQUENCE:10", "SEQUENCE:12", 1), GOOD_MEDIA),
    ("media-sequence-gap", GOOD_MEDIA, NEXT_MEDIA.replace("SEQUENCE:10", "SEQUENCE:15", 1)),
    ("segment-changed", GOOD_MEDIA, NEXT_MEDIA.replace("s11.m4s", "s11b.m4s")),
    ("part-changed", GOOD_MEDIA, NEXT_MEDIA.replace("p5.m4s", "p5b.m4s")),
    ("target-changed", GOOD_MEDIA, NEXT_MEDIA.replace("TARGETDURATION:2", "TARGETDURATION:3")),
    ("header-changed", GOOD_MEDIA, NEXT_MEDIA.replace("PART-HOLD-BACK=3.0", "PART-HOLD-BACK=4.0")),
    (
        "discontinuity-sequence",
        GOOD_MEDIA,
        NEXT_MEDIA.replace("DISCONTINUITY-SEQUENCE:1", "DISCONTINUITY-SEQUENCE:2"),
    ),
    ("changed-after-end", ENDED, ENDED + "# more\n"),
    ("hint-broken", GOOD_MEDIA, NEXT_MEDIA.replace("p7.m4s", "p70.m4s")),
    (
        "removed-too-early",
        GOOD_MEDIA,
        GOOD_MEDIA[: GOOD_MEDIA.index("#EXT-X-MAP")].replace("SEQUENCE:9", "SEQUENCE:12")
        + GOOD_MEDIA[GOOD_MEDIA.index("#EXT-X-DISCONTINUITY\n") :],
    ),
]


@pytest.mark.parametrize(("rule", "before", "after"), PLANTED_RELOADS)
def test_each_planted_reload_mistake_is_named(rule: str, before: str, after: str) -> None:
    assert rule in rules(after, previous=before)


def test_more_than_25_rules_are_planted() -> None:
    planted = {row[0] for row in [*PLANTED_MEDIA, *PLANTED_INDEX]} | {row[0] for row in PLANTED_RELOADS}
    assert len(planted) > 50


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        ("skip-not-offered", ",CAN-SKIP-UNTIL=12.0", ""),
        ("skip-until-short", "CAN-SKIP-UNTIL=12.0", "CAN-SKIP-UNTIL=11.9"),
        ("skip-too-near", "CAN-SKIP-UNTIL=12.0", "CAN-SKIP-UNTIL=13.6"),
        ("skip-after-end", '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p8.m4s"', "#EXT-X-ENDLIST"),
        ("skip-attributes", "SKIPPED-SEGMENTS=3", "SKIPPED-SEGMENTS=0"),
        ("skip-attributes", ":SKIPPED-SEGMENTS=3", ':RECENTLY-REMOVED-DATERANGES="x"'),
        ("quoting", "SKIPPED-SEGMENTS=3", 'SKIPPED-SEGMENTS="3"'),
        ("skip-late", "#EXT-X-DISCONTINUITY\n", "#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n#EXT-X-DISCONTINUITY\n"),
        ("version-too-low", "VERSION:9", "VERSION:8"),
    ],
)
def test_each_mistake_of_a_delta_update_is_named(rule: str, good: str, bad: str) -> None:
    assert good in DELTA
    assert rule in rules(DELTA.replace(good, bad, 1))


def test_a_delta_update_becomes_what_it_stands_for() -> None:
    whole = merge_delta(DELTA.replace("#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n", ""), NEXT_MEDIA)
    assert whole == NEXT_MEDIA  # nothing is skipped: nothing is added
    before = GOOD_MEDIA.replace("MEDIA-SEQUENCE:9", "MEDIA-SEQUENCE:4")
    merged = parse_playlist(merge_delta(before, DELTA))
    assert [segment.uri for segment in merged.segments[:4]] == ["s9.m4s", "s10.m4s", "s11.m4s", "s7.m4s"]
    assert [segment.msn for segment in merged.segments] == list(range(4, 14))
    assert merged.segments[3].map_uri == "init1.mp4"
    with pytest.raises(KeyError):
        merge_delta(GOOD_MEDIA, DELTA)
