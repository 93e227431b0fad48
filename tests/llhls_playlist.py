"""Reads an HLS playlist into what the linter judges. Independent of the product's own writer, on purpose.

Keeps going over mistakes: what cannot be read becomes a problem with its line, never an exception.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s][^,\s"]*)(?:,|$)')
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Finding:
    """A rule that a playlist breaks; `line` counts from 1, 0 means the playlist as a whole."""

    rule: str
    line: int
    message: str


@dataclass
class Attributes:
    line: int
    values: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A quoted value without its quotes; other values as they stand."""
        value = self.values.get(name)
        return value.strip('"') if value is not None else None

    def number(self, name: str) -> float | None:
        value = self.values.get(name)
        return float(value) if value is not None and _DECIMAL.fullmatch(value) else None


@dataclass
class Part:
    line: int
    duration: float
    uri: str
    independent: bool


@dataclass
class Segment:
    """`uri` is None for the one that still grows."""

    line: int
    msn: int
    discontinuity: bool = False
    map_uri: str | None = None
    time: datetime | None = None
    duration: float = 0.0
    uri: str | None = None
    parts: list[Part] = field(default_factory=list)

    @property
    def length(self) -> float:
        return self.duration if self.uri is not None else sum(part.duration for part in self.parts)


@dataclass
class Playlist:
    lines: list[str]
    problems: list[Finding] = field(default_factory=list)
    tags: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    variants: list[tuple[Attributes, str | None]] = field(default_factory=list)
    skipped: int = 0
    """How many segments a delta update leaves out."""

    def value(self, tag: str) -> str | None:
        found = self.tags.get(tag)
        return found[0][1] if found else None

    def line(self, tag: str) -> int:
        found = self.tags.get(tag)
        return found[0][0] if found else 0

    def attributes(self, tag: str) -> Attributes | None:
        found = self.tags.get(tag)
        return parse_attributes(found[0][1], found[0][0], []) if found else None

    def integer(self, tag: str) -> int | None:
        value = self.value(tag)
        return int(value) if value is not None and value.isdigit() else None

    @property
    def multivariant(self) -> bool:
        return "EXT-X-STREAM-INF" in self.tags

    @property
    def ended(self) -> bool:
        return "EXT-X-ENDLIST" in self.tags

    @property
    def low_latency(self) -> bool:
        return "EXT-X-PART" in self.tags or "EXT-X-PART-INF" in self.tags

    @property
    def complete(self) -> list[Segment]:
        return [segment for segment in self.segments if segment.uri is not None]


def parse_attributes(text: str, line: int, problems: list[Finding]) -> Attributes:
    """An attribute list (RFC 8216 §4.2). What breaks its grammar goes to `problems`."""
    found = Attributes(line)
    position = 0
    while position < len(text):
        match = _ATTRIBUTE.match(text, position)
        if match is None:
            problems.append(Finding("attribute-syntax", line, f"cannot read {text[position:]!r}"))
            return found
        if match[1] in found.values:
            problems.append(Finding("attribute-twice", line, f"{match[1]} stands twice"))
        found.values[match[1]] = match[2]
        position = match.end()
    if text.endswith(",") or not text:
        problems.append(Finding("attribute-syntax", line, "the list ends without an attribute"))
    return found


def parse_playlist(text: str) -> Playlist:
    """Everything that rules ask about."""
    playlist = Playlist(text.split("\n"))
    reader = _Reader(playlist)
    for number, line in enumerate(playlist.lines, 1):
        reader.read(number, line)
    reader.finish()
    return playlist


_OF_A_SEGMENT = re.compile(r"#(EXT-X-DISCONTINUITY$|EXT-X-PROGRAM-DATE-TIME:|EXTINF:)")


def merge_delta(previous: str, delta: str) -> str:
    """The playlist that a player makes of a delta update and of what it knew before (RFC 8216bis §6.3.7).

    Raises KeyError when the update leaves out a segment that the player did not know.
    """
    update = parse_playlist(delta)
    if not update.skipped:
        return delta
    known, first = _segment_lines(previous), update.integer("EXT-X-MEDIA-SEQUENCE") or 0
    kept = [line for msn in range(first, first + update.skipped) for line in known[msn]]
    lines, at = update.lines, update.line("EXT-X-SKIP")
    return "\n".join([*lines[: at - 1], *kept, *lines[at:]])


def _segment_lines(text: str) -> dict[int, list[str]]:
    """What stands in a playlist of each complete segment, without its parts and with its init segment."""
    playlist = parse_playlist(text)
    found: dict[int, list[str]] = {}
    lines: list[str] = []
    msn, init = playlist.integer("EXT-X-MEDIA-SEQUENCE") or 0, ""
    for line in playlist.lines:
        if line.startswith("#EXT-X-MAP:"):
            init = line
        elif line and not line.startswith("#"):
            found[msn] = [*lines[:-1], init, lines[-1], line]
            msn, lines = msn + 1, []
        elif _OF_A_SEGMENT.match(line):
            lines.append(line)
    return found


class _Reader:
    def __init__(self, playlist: Playlist) -> None:
        self.playlist = playlist
        self.current: Segment | None = None
        self.map_uri: str | None = None
        self.extinf: tuple[int, float] | None = None
        self.variant: Attributes | None = None

    def problem(self, rule: str, line: int, message: str) -> None:
        self.playlist.problems.append(Finding(rule, line, message))

    def read(self, number: int, line: str) -> None:
        if line.startswith("#EXT"):
            tag, _, value = line[1:].partition(":")
            self.playlist.tags.setdefault(tag, []).append((number, value))
            self.tag(number, tag, value)
        elif line and not line.startswith("#"):
            self.uri(number, line)

    def segment(self, number: int) -> Segment:
        if self.current is None:
            first = (self.playlist.integer("EXT-X-MEDIA-SEQUENCE") or 0) + self.playlist.skipped
            msn = self.playlist.segments[-1].msn + 1 if self.playlist.segments else first
            self.current = Segment(number, msn)
            self.playlist.segments.append(self.current)
        self.current.map_uri = self.map_uri
        return self.current

    def tag(self, number: int, tag: str, value: str) -> None:
        match tag:
            case "EXT-X-DISCONTINUITY":
                self.segment(number).discontinuity = True
            case "EXT-X-MAP":
                self.map_uri = parse_attributes(value, number, self.playlist.problems).text("URI")
                if self.current is not None:
                    self.current.map_uri = self.map_uri
            case "EXT-X-PROGRAM-DATE-TIME":
                self.time(number, value)
            case "EXT-X-PART":
                self.part(number, value)
            case "EXTINF":
                self.extinf = (number, self.duration(number, value))
            case "EXT-X-STREAM-INF":
                self.variant = parse_attributes(value, number, self.playlist.problems)
            case "EXT-X-SKIP":
                self.skip(number, value)
            case "EXT-X-SERVER-CONTROL" | "EXT-X-PART-INF" | "EXT-X-PRELOAD-HINT":
                parse_attributes(value, number, self.playlist.problems)
            case _:
                pass

    def skip(self, number: int, value: str) -> None:
        found = parse_attributes(value, number, self.playlist.problems).number("SKIPPED-SEGMENTS")
        if not found or found % 1:
            self.problem("skip-attributes", number, "EXT-X-SKIP needs SKIPPED-SEGMENTS, a whole number above zero")
        elif self.playlist.segments:
            self.problem("skip-late", number, "EXT-X-SKIP stands in place of the first segments")
        else:
            self.playlist.skipped = int(found)

    def time(self, number: int, value: str) -> None:
        try:
            self.segment(number).time = datetime.fromisoformat(value)
        except ValueError:
            self.problem("program-time-syntax", number, f"{value!r} is no ISO 8601 time")

    def duration(self, number: int, value: str) -> float:
        text, comma, _ = value.partition(",")
        if not comma or not _DECIMAL.fullmatch(text):
            self.problem("extinf-syntax", number, f"{value!r} is not <duration>,<title>")
            return 0.0
        return float(text)

    def part(self, number: int, value: str) -> None:
        attributes = parse_attributes(value, number, self.playlist.problems)
        duration, uri = attributes.number("DURATION"), attributes.text("URI")
        if duration is None or uri is None:
            self.problem("part-attributes", number, "a part needs DURATION and URI")
            return
        independent = attributes.values.get("INDEPENDENT") == "YES"
        self.segment(number).parts.append(Part(number, duration, uri, independent))

    def uri(self, number: int, line: str) -> None:
        if self.variant is not None:
            self.playlist.variants.append((self.variant, line))
            self.variant = None
            return
        if self.extinf is None:
            self.problem("extinf-missing", number, "an address without EXTINF")
            return
        segment = self.segment(number)
        segment.uri, segment.duration, segment.line = line, self.extinf[1], self.extinf[0]
        self.current, self.extinf = None, None

    def finish(self) -> None:
        if self.extinf is not None:
            self.problem("uri-missing", self.extinf[0], "EXTINF without an address")
        if self.variant is not None:
            self.playlist.variants.append((self.variant, None))
