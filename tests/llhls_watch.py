"""Follows a live low-latency stream over HTTP as a player does, and judges what it sees: playlists and media.

For acceptance tests: `watch_stream` ends after so many parts or at ENDLIST, never by a clock of its own other than
its deadline. Rules for the text alone are `llhls_linter.py`'s.
"""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx
from tests.factories.mp4_boxes import Run, read_boxes, read_fragments
from tests.llhls_linter import lint_playlist
from tests.llhls_playlist import Finding, Part, Playlist, merge_delta, parse_playlist

_TIMESCALE_SLACK = 1


@dataclass
class Watched:
    """What was seen. `part_delays_s`: how long each blocking reload took, in order.

    Attributes:
        findings: what is wrong, empty for a good stream.
        parts: parts fetched, each once, in order of the playlist.
        seconds: how much media they hold, by the playlist.
        tracks: track ids seen in the media.
        media_bytes: size of the parts.
        discontinuities: how many were passed.
        deltas: how many reloads were delta updates.
    """

    findings: list[Finding] = field(default_factory=list)
    index: str = ""
    parts: int = 0
    seconds: float = 0.0
    tracks: set[int] = field(default_factory=set)
    media_bytes: int = 0
    reloads: int = 0
    deltas: int = 0
    discontinuities: int = 0
    ended: bool = False
    part_delays_s: list[float] = field(default_factory=list)
    first_part: bytes = b""
    init: bytes = b""


async def watch_stream(
    url: str,
    *,
    parts: int = 20,
    deadline_s: float = 60.0,
    viewer: str | None = None,
    keyed_segments: bool = True,
    http: httpx.AsyncClient | None = None,
) -> Watched:
    """Follow the multivariant playlist at `url` until `parts` new parts were fetched or the stream ended.

    Raises TimeoutError after `deadline_s`, and httpx's errors when the server cannot be reached.
    """
    async with asyncio.timeout(deadline_s):
        if http is not None:
            return await _Watcher(http, keyed_segments).watch(url, parts, viewer)
        async with httpx.AsyncClient(timeout=deadline_s) as client:
            return await _Watcher(client, keyed_segments).watch(url, parts, viewer)


class _Watcher:
    def __init__(self, http: httpx.AsyncClient, keyed_segments: bool) -> None:
        self.http = http
        self.keyed_segments = keyed_segments
        self.seen = Watched()
        self.ends: dict[int, int] = {}
        self.fetched: set[str] = set()
        self.maps: set[str] = set()

    def problem(self, rule: str, message: str) -> None:
        self.seen.findings.append(Finding(rule, 0, message))

    async def watch(self, url: str, parts: int, viewer: str | None) -> Watched:
        index = await self.get(url, params={"viewer": viewer} if viewer is not None else None)
        self.seen.index = index.text
        self.seen.findings += lint_playlist(index.text, kind="multivariant")
        variants = parse_playlist(index.text).variants
        if not variants or variants[0][1] is None:
            return self.seen
        media_url = urljoin(str(index.url), variants[0][1])
        text: str | None = None
        while True:
            text, playlist = await self.reload(media_url, text)
            await self.fetch_new(media_url, playlist)
            if playlist.ended or self.seen.parts >= parts:
                self.seen.ended = playlist.ended
                return self.seen

    async def get(self, url: str, params: dict[str, str | int] | dict[str, str] | None = None) -> httpx.Response:
        answer = await self.http.get(httpx.URL(url, params={**httpx.URL(url).params, **(params or {})}))
        if answer.status_code != 200:
            self.problem("http", f"{answer.status_code} for {url.rsplit('/', 1)[-1]}: {answer.text[:200]}")
            answer.raise_for_status()
        if answer.headers.get("access-control-allow-origin") != "*":
            self.problem("cors", f"players of other origins cannot read {url.rsplit('/', 1)[-1]}")
        return answer

    async def reload(self, url: str, previous: str | None) -> tuple[str, Playlist]:
        """The next state of the playlist: blocks until there is a part after the last one known."""
        params: dict[str, str | int] = {}
        if previous is not None:
            newest = parse_playlist(previous).segments[-1]
            is_open = newest.uri is None
            params = {
                "_HLS_msn": newest.msn if is_open else newest.msn + 1,
                "_HLS_part": len(newest.parts) if is_open else 0,
                "_HLS_skip": "YES",
            }
        began = time.monotonic()
        text = (await self.get(url, params)).text
        if previous is not None and "#EXT-X-SKIP" in text:
            self.seen.deltas += 1
            self.seen.findings += lint_playlist(text, kind="media", keyed_segments=self.keyed_segments)
            text = merge_delta(previous, text)
        if previous is not None:
            self.seen.part_delays_s.append(time.monotonic() - began)
            if text == previous:
                self.problem("reload-unchanged", "a blocking reload came back with nothing new")
        self.seen.reloads += 1
        self.seen.findings += lint_playlist(text, previous=previous, kind="media", keyed_segments=self.keyed_segments)
        return text, parse_playlist(text)

    async def fetch_new(self, base: str, playlist: Playlist) -> None:
        for segment in playlist.segments:
            for part in segment.parts:
                if part.uri in self.fetched:
                    continue
                if segment.discontinuity and part is segment.parts[0]:
                    self.seen.discontinuities += 1
                    self.ends.clear()
                if segment.map_uri is not None and segment.map_uri not in self.maps:
                    self.maps.add(segment.map_uri)
                    await self.fetch_init(urljoin(base, segment.map_uri))
                self.fetched.add(part.uri)
                await self.fetch_part(base, part)

    async def fetch_init(self, url: str) -> None:
        data = (await self.get(url)).content
        try:
            kinds = [box.kind for box in read_boxes(data)]
        except ValueError as error:
            self.problem("init-broken", str(error))
            return
        if kinds != [b"ftyp", b"moov"]:
            self.problem("init-broken", f"an init segment is ftyp and moov, not {kinds}")
        self.seen.init = data

    async def fetch_part(self, base: str, part: Part) -> None:
        answer = await self.get(urljoin(base, part.uri))
        if "immutable" not in answer.headers.get("cache-control", ""):
            self.problem("part-caching", f"{part.uri} never changes, yet may not be cached")
        self.seen.parts += 1
        self.seen.seconds += part.duration
        self.seen.media_bytes += len(answer.content)
        self.seen.first_part = self.seen.first_part or answer.content
        try:
            fragments = read_fragments(answer.content)
        except ValueError as error:
            self.problem("part-broken", f"{part.uri}: {error}")
            return
        for run in (run for fragment in fragments for run in fragment):
            self.judge_run(part, run)
        first = fragments[0][0] if fragments[0] else None
        if part.independent and (first is None or not first.first_is_key):
            self.problem("part-not-key", f"{part.uri} is INDEPENDENT and begins without a key frame")

    def judge_run(self, part: Part, run: Run) -> None:
        self.seen.tracks.add(run.track_id)
        end = self.ends.get(run.track_id)
        if end is not None and abs(run.decode_time - end) > _TIMESCALE_SLACK:
            self.problem("decode-time", f"{part.uri}: track {run.track_id} begins at {run.decode_time}, not at {end}")
        self.ends[run.track_id] = run.end
        if run.data_offset <= 0 or not all(run.sizes):
            self.problem("samples-empty", f"{part.uri}: track {run.track_id} holds empty samples")
