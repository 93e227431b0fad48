"""A linter for HLS and low-latency HLS playlists: what RFC 8216(bis) forbids, and what our players rely on.

Judges text only; following a live stream over HTTP is `llhls_watch.py`'s. Each rule has a name, and
`test_llhls_linter.py` plants a playlist that breaks it.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import TypeAlias

from tests.llhls_playlist import Finding, Playlist, Segment, parse_playlist

Rule: TypeAlias = Callable[[Playlist], Iterator[Finding]]
ReloadRule: TypeAlias = Callable[[Playlist, Playlist], Iterator[Finding]]

_QUOTED = {"URI", "CODECS", "GROUP-ID", "NAME", "BYTERANGE"}
_UNQUOTED = {"BANDWIDTH", "AVERAGE-BANDWIDTH", "RESOLUTION", "FRAME-RATE", "DURATION", "INDEPENDENT", "PART-TARGET"}
_UNQUOTED |= {"CAN-BLOCK-RELOAD", "PART-HOLD-BACK", "HOLD-BACK", "TYPE", "CAN-SKIP-UNTIL", "SKIPPED-SEGMENTS"}
_ONCE: tuple[str, ...] = (
    "EXT-X-VERSION",
    "EXT-X-TARGETDURATION",
    "EXT-X-MEDIA-SEQUENCE",
    "EXT-X-DISCONTINUITY-SEQUENCE",
)
_ONCE += ("EXT-X-ENDLIST", "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL", "EXT-X-SKIP")
_MEDIA_ONLY = ("EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXTINF", "EXT-X-PART", "EXT-X-MAP", "EXT-X-ENDLIST")
_CODEC = re.compile(r"(avc1\.[0-9a-fA-F]{6}|hvc1\.[\w.]+|av01\.[\w.]+|mp4a\.40\.[0-9]+)")
_CLOCK_TOLERANCE = timedelta(milliseconds=150)


def lint_playlist(
    text: str, *, previous: str | None = None, kind: str | None = None, keyed_segments: bool = True
) -> list[Finding]:
    """Every rule that `text` breaks, by line.

    Args:
        text: the playlist as served.
        previous: the same playlist as served at an earlier time: then also what may not change between reloads.
        kind: "media" or "multivariant"; found out when absent.
        keyed_segments: whether each segment must begin with a key frame. HLS does not ask it, our streams do it
            whenever the encoder's key frames allow.
    """
    playlist = parse_playlist(text)
    rules = list(_ALL_RULES)
    is_multivariant = playlist.multivariant if kind is None else kind == "multivariant"
    rules += _MULTIVARIANT_RULES if is_multivariant else _MEDIA_RULES
    if keyed_segments:
        rules.append(_keyed_segments)
    findings = [*playlist.problems, *(finding for rule in rules for finding in rule(playlist))]
    if previous is not None:
        before = parse_playlist(previous)
        findings += [finding for reload_rule in _RELOAD_RULES for finding in reload_rule(before, playlist)]
    return sorted(findings, key=lambda finding: finding.line)


# ---- any playlist ----


def _first_line(playlist: Playlist) -> Iterator[Finding]:
    if playlist.lines[0] != "#EXTM3U":
        yield Finding("first-line", 1, "the first line must be #EXTM3U")


def _characters(playlist: Playlist) -> Iterator[Finding]:
    for number, line in enumerate(playlist.lines, 1):
        if "\ufeff" in line or any(ord(character) < 32 for character in line.removesuffix("\r")):
            yield Finding("characters", number, "a byte order mark or control character")


def _version(playlist: Playlist) -> Iterator[Finding]:
    version = playlist.integer("EXT-X-VERSION")
    if version is None:
        yield Finding("version-missing", 0, "EXT-X-VERSION is absent or no number")
        return
    needed = 6 if "EXT-X-MAP" in playlist.tags else 3 if "EXTINF" in playlist.tags else 1
    if "EXT-X-SKIP" in playlist.tags:
        needed = 9
    if version < needed:
        yield Finding("version-too-low", playlist.line("EXT-X-VERSION"), f"its features need version {needed}")


def _once(playlist: Playlist) -> Iterator[Finding]:
    for tag in _ONCE:
        for line, _ in playlist.tags.get(tag, [])[1:]:
            yield Finding("tag-twice", line, f"{tag} may stand once")


def _mixed(playlist: Playlist) -> Iterator[Finding]:
    if playlist.multivariant:
        for tag in _MEDIA_ONLY:
            if tag in playlist.tags:
                yield Finding("mixed-kinds", playlist.line(tag), f"{tag} in a multivariant playlist")


def _quoting(playlist: Playlist) -> Iterator[Finding]:
    for entries in playlist.tags.values():
        for line, value in entries:
            for name, text in re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', value):
                if name in _QUOTED and not text.startswith('"'):
                    yield Finding("quoting", line, f"{name} must be quoted")
                if name in _UNQUOTED and text.startswith('"'):
                    yield Finding("quoting", line, f"{name} must not be quoted")


# ---- multivariant ----


def _variants(playlist: Playlist) -> Iterator[Finding]:
    if not playlist.variants:
        yield Finding("variant-missing", 0, "no EXT-X-STREAM-INF")
    for attributes, uri in playlist.variants:
        if uri is None:
            yield Finding("variant-uri-missing", attributes.line, "EXT-X-STREAM-INF without an address")
        peak, average = attributes.number("BANDWIDTH"), attributes.number("AVERAGE-BANDWIDTH")
        if not peak:
            yield Finding("bandwidth-missing", attributes.line, "BANDWIDTH must be a positive number")
        elif average is not None and average > peak:
            yield Finding("average-above-peak", attributes.line, "AVERAGE-BANDWIDTH is above BANDWIDTH")
        codecs = attributes.text("CODECS")
        if not codecs:
            yield Finding("codecs-missing", attributes.line, "CODECS is needed to choose a decoder")
            continue
        if not all(_CODEC.fullmatch(codec) for codec in codecs.split(",")):
            yield Finding("codecs-syntax", attributes.line, f"{codecs!r} is not RFC 6381 as we know it")
        resolution = attributes.text("RESOLUTION")
        has_video = not codecs.startswith("mp4a")
        if has_video and not re.fullmatch(r"[1-9][0-9]*x[1-9][0-9]*", resolution or ""):
            yield Finding("resolution-missing", attributes.line, "video needs RESOLUTION=<width>x<height>")
        if not has_video and resolution is not None:
            yield Finding("resolution-without-video", attributes.line, "RESOLUTION without a video codec")


# ---- media ----


def _target(playlist: Playlist) -> Iterator[Finding]:
    target = playlist.integer("EXT-X-TARGETDURATION")
    if not target:
        yield Finding("target-missing", 0, "EXT-X-TARGETDURATION is absent or no positive number")
        return
    for segment in playlist.complete:
        if int(segment.duration + 0.5) > target:
            yield Finding("segment-too-long", segment.line, f"{segment.duration} s rounds above the target {target} s")


def _segments(playlist: Playlist) -> Iterator[Finding]:
    for segment in playlist.complete:
        if segment.duration <= 0:
            yield Finding("segment-empty", segment.line, "EXTINF must be above zero")
    for segment in playlist.segments:
        if segment.map_uri is None and (segment.uri or segment.parts):
            yield Finding("map-missing", segment.line, "fragmented MP4 needs EXT-X-MAP before it")
            return


def _header_first(playlist: Playlist) -> Iterator[Finding]:
    first = min((segment.line for segment in playlist.segments), default=len(playlist.lines))
    for tag in ("EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-TARGETDURATION", "EXT-X-PART-INF"):
        for line, _ in playlist.tags.get(tag, []):
            if line > first:
                yield Finding("header-after-segment", line, f"{tag} must come before the first segment")


def _addresses(playlist: Playlist) -> Iterator[Finding]:
    seen: set[str] = set()
    named = [(segment.line, segment.uri) for segment in playlist.complete]
    named += [(part.line, part.uri) for segment in playlist.segments for part in segment.parts]
    for line, uri in named:
        if uri is None:
            continue
        if uri in seen:
            yield Finding("uri-twice", line, f"{uri} names two pieces")
        seen.add(uri)
        if "://" in uri or uri.startswith("/"):
            yield Finding("uri-not-relative", line, f"{uri} breaks behind a proxy or CDN")


def _parts(playlist: Playlist) -> Iterator[Finding]:
    if not playlist.low_latency:
        return
    information = playlist.attributes("EXT-X-PART-INF")
    target = information.number("PART-TARGET") if information is not None else None
    if not target:
        yield Finding("part-target-missing", 0, "parts need EXT-X-PART-INF with PART-TARGET")
        return
    for segment in playlist.segments:
        last = segment.parts[-1] if segment.parts and segment.uri is not None else None
        for part in segment.parts:
            if part.duration > target + 1e-4:
                yield Finding("part-too-long", part.line, f"{part.duration} s is above the part target {target} s")
            if part.duration < 0.85 * target - 1e-4 and part is not last and not _before_end(playlist, segment):
                yield Finding("part-too-short", part.line, f"{part.duration} s is below 85 % of the part target")
        total = sum(part.duration for part in segment.parts)
        if segment.uri is not None and segment.parts and abs(total - segment.duration) > target:
            yield Finding("part-sum", segment.line, f"parts last {total:.3f} s, the segment {segment.duration} s")


def _before_end(playlist: Playlist, segment: Segment) -> bool:
    return playlist.ended and segment is playlist.segments[-1]


def _server_control(playlist: Playlist) -> Iterator[Finding]:
    control = playlist.attributes("EXT-X-SERVER-CONTROL")
    line = playlist.line("EXT-X-SERVER-CONTROL")
    target = playlist.integer("EXT-X-TARGETDURATION") or 0
    if control is not None and (hold_back := control.number("HOLD-BACK")) is not None and hold_back < 3 * target:
        yield Finding("hold-back-short", line, "HOLD-BACK must be three target durations or more")
    if not playlist.low_latency:
        return
    information = playlist.attributes("EXT-X-PART-INF")
    part_target = (information.number("PART-TARGET") if information is not None else None) or 0.0
    hold_back = control.number("PART-HOLD-BACK") if control is not None else None
    if hold_back is None:
        yield Finding("part-hold-back-missing", line, "parts need EXT-X-SERVER-CONTROL with PART-HOLD-BACK")
    elif hold_back < 3 * part_target - 1e-6:
        yield Finding("part-hold-back-short", line, "PART-HOLD-BACK must be three part targets or more")
    if control is None or control.values.get("CAN-BLOCK-RELOAD") != "YES":
        yield Finding("block-reload-missing", line, "low latency needs CAN-BLOCK-RELOAD=YES")


def _skipping(playlist: Playlist) -> Iterator[Finding]:
    control = playlist.attributes("EXT-X-SERVER-CONTROL")
    skip_until = control.number("CAN-SKIP-UNTIL") if control is not None else None
    target = playlist.integer("EXT-X-TARGETDURATION") or 0
    if skip_until is not None and skip_until < 6 * target:
        line = playlist.line("EXT-X-SERVER-CONTROL")
        yield Finding("skip-until-short", line, "CAN-SKIP-UNTIL must be six target durations or more")
    if not playlist.skipped:
        return
    line = playlist.line("EXT-X-SKIP")
    if skip_until is None:
        yield Finding("skip-not-offered", line, "EXT-X-SKIP without CAN-SKIP-UNTIL")
    elif sum(segment.length for segment in playlist.segments) < skip_until:
        yield Finding("skip-too-near", line, "segments within CAN-SKIP-UNTIL of the end are left out")
    if playlist.ended:
        yield Finding("skip-after-end", line, "a playlist with EXT-X-ENDLIST is given whole")


def _preload_hint(playlist: Playlist) -> Iterator[Finding]:
    hint = playlist.attributes("EXT-X-PRELOAD-HINT")
    if playlist.ended:
        if hint is not None:
            yield Finding("hint-after-end", hint.line, "nothing follows EXT-X-ENDLIST")
        if playlist.segments and playlist.segments[-1].uri is None:
            yield Finding("open-segment-at-end", playlist.segments[-1].line, "the last segment was never completed")
        return
    if not playlist.low_latency:
        return
    if hint is None or hint.values.get("TYPE") != "PART" or not hint.text("URI"):
        yield Finding("hint-missing", hint.line if hint else 0, "a live playlist with parts names the next part")
        return
    if any(part.uri == hint.text("URI") for segment in playlist.segments for part in segment.parts):
        yield Finding("hint-known", hint.line, "the hinted part is already listed")


def _old_parts(playlist: Playlist) -> Iterator[Finding]:
    target = playlist.integer("EXT-X-TARGETDURATION") or 0
    after = 0.0
    for segment in reversed(playlist.segments):
        if segment.parts and after > 3 * target:
            yield Finding("parts-too-old", segment.line, "parts are listed for the last three target durations only")
        after += segment.length
    newest = playlist.segments[-2:]
    if playlist.low_latency and newest and not any(segment.parts for segment in newest):
        yield Finding("parts-missing", newest[-1].line, "the newest segments list no parts")


def _program_times(playlist: Playlist) -> Iterator[Finding]:
    for segment in playlist.segments:
        if segment.time is None:
            yield Finding("program-time-missing", segment.line, "players need EXT-X-PROGRAM-DATE-TIME on each segment")
        elif segment.time.tzinfo is None:
            yield Finding("program-time-zone", segment.line, "EXT-X-PROGRAM-DATE-TIME needs a zone")
    for before, after in pairwise(playlist.segments):
        if before.time is None or after.time is None or (before.time.tzinfo is None) != (after.time.tzinfo is None):
            continue
        step = after.time - before.time
        if after.discontinuity:
            if step < timedelta(0):
                yield Finding("program-time-back", after.line, "time goes back at the discontinuity")
        elif abs(step - timedelta(seconds=before.length)) > _CLOCK_TOLERANCE:
            yield Finding("program-time-drift", after.line, f"{step} after a segment of {before.length} s")


def _discontinuities(playlist: Playlist) -> Iterator[Finding]:
    for before, after in pairwise(playlist.segments):
        if before.map_uri != after.map_uri and not after.discontinuity:
            yield Finding("map-without-discontinuity", after.line, "a new init segment needs EXT-X-DISCONTINUITY")
        if after.discontinuity and after.parts and not after.parts[0].independent:
            yield Finding("discontinuity-not-independent", after.line, "nothing can be decoded after the discontinuity")
    counted = playlist.ended or "EXT-X-DISCONTINUITY-SEQUENCE" in playlist.tags
    if not counted and any(segment.discontinuity for segment in playlist.segments):
        yield Finding("discontinuity-sequence-missing", 0, "a live playlist with discontinuities must count them")


def _keyed_segments(playlist: Playlist) -> Iterator[Finding]:
    for segment in playlist.segments:
        if segment.parts and not segment.parts[0].independent:
            yield Finding("segment-not-independent", segment.line, "its first part is not INDEPENDENT")


# ---- between two reloads ----


def _media_sequence(before: Playlist, after: Playlist) -> Iterator[Finding]:
    if not before.segments or not after.segments:
        return
    line = after.line("EXT-X-MEDIA-SEQUENCE")
    if after.segments[0].msn < before.segments[0].msn:
        yield Finding("media-sequence-back", line, "EXT-X-MEDIA-SEQUENCE went back")
    if after.segments[0].msn > before.segments[-1].msn + 1:
        yield Finding("media-sequence-gap", line, "segments passed that no client could have seen")
    if after.segments[-1].msn < before.segments[-1].msn:
        yield Finding("segments-vanished", after.segments[-1].line, "the newest segment is older than before")


def _unchanged_segments(before: Playlist, after: Playlist) -> Iterator[Finding]:
    known = {segment.msn: segment for segment in before.segments}
    for segment in after.segments:
        old = known.get(segment.msn)
        if old is None:
            continue
        same = (old.discontinuity, old.map_uri, old.time) == (segment.discontinuity, segment.map_uri, segment.time)
        if old.uri is not None:
            same = same and (old.uri, old.duration) == (segment.uri, segment.duration)
        if not same:
            yield Finding("segment-changed", segment.line, f"segment {segment.msn} is not what it was")
        if segment.parts or segment.uri is None:
            shown = [(part.uri, part.duration, part.independent) for part in segment.parts]
            listed = [(part.uri, part.duration, part.independent) for part in old.parts]
            if shown[: len(listed)] != listed:
                yield Finding("part-changed", segment.line, f"parts of segment {segment.msn} are not what they were")


def _constants(before: Playlist, after: Playlist) -> Iterator[Finding]:
    if before.integer("EXT-X-TARGETDURATION") != after.integer("EXT-X-TARGETDURATION"):
        yield Finding("target-changed", after.line("EXT-X-TARGETDURATION"), "EXT-X-TARGETDURATION may never change")
    for tag in ("EXT-X-PART-INF", "EXT-X-SERVER-CONTROL", "EXT-X-VERSION"):
        if before.value(tag) != after.value(tag):
            yield Finding("header-changed", after.line(tag), f"{tag} may never change")


def _discontinuity_sequence(before: Playlist, after: Playlist) -> Iterator[Finding]:
    if not after.segments or not before.segments:
        return
    gone = [segment for segment in before.segments if segment.msn < after.segments[0].msn]
    expected = (before.integer("EXT-X-DISCONTINUITY-SEQUENCE") or 0) + sum(segment.discontinuity for segment in gone)
    if (after.integer("EXT-X-DISCONTINUITY-SEQUENCE") or 0) != expected:
        line = after.line("EXT-X-DISCONTINUITY-SEQUENCE")
        yield Finding("discontinuity-sequence", line, f"must be {expected} after what was removed")
    target = after.integer("EXT-X-TARGETDURATION") or 0
    if gone and not after.ended and sum(segment.length for segment in after.segments) < 3 * target:
        yield Finding("removed-too-early", 0, "fewer than three target durations are left")


def _end_is_final(before: Playlist, after: Playlist) -> Iterator[Finding]:
    if before.ended and before.lines != after.lines:
        yield Finding("changed-after-end", 0, "a playlist with EXT-X-ENDLIST may not change")


def _hint_kept(before: Playlist, after: Playlist) -> Iterator[Finding]:
    hint = before.attributes("EXT-X-PRELOAD-HINT")
    if hint is None or after.ended:
        return
    old = {part.uri for segment in before.segments for part in segment.parts}
    fresh = [part for segment in after.segments for part in segment.parts if part.uri not in old]
    if fresh and fresh[0].uri != hint.text("URI"):
        yield Finding("hint-broken", fresh[0].line, f"the next part was to be {hint.text('URI')}")


_ALL_RULES: tuple[Rule, ...] = (_first_line, _characters, _version, _once, _mixed, _quoting)
_MULTIVARIANT_RULES: tuple[Rule, ...] = (_variants,)
_MEDIA_RULES: tuple[Rule, ...] = (
    _target,
    _segments,
    _header_first,
    _addresses,
    _parts,
    _server_control,
    _skipping,
    _preload_hint,
    _old_parts,
    _program_times,
    _discontinuities,
)
_RELOAD_RULES: tuple[ReloadRule, ...] = (
    _media_sequence,
    _unchanged_segments,
    _constants,
    _discontinuity_sequence,
    _end_is_final,
    _hint_kept,
)
