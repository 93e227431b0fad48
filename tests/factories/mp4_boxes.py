"""Walks MP4 boxes, so that tests can ask what a fragment says. Independent of the product's writer, on purpose."""

from dataclasses import dataclass
from struct import unpack, unpack_from

CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"mvex", b"moof", b"traf"}


@dataclass(frozen=True)
class Box:
    kind: bytes
    offset: int
    body: bytes
    children: tuple["Box", ...]

    def all(self, kind: bytes) -> list["Box"]:
        """Every box of a kind below this one, in order."""
        found = [child for child in self.children if child.kind == kind]
        return found + [box for child in self.children for box in child.all(kind)]


def read_boxes(data: bytes, *, offset: int = 0) -> list[Box]:
    """The boxes of `data`; raises ValueError when sizes do not add up."""
    boxes, position = [], 0
    while position < len(data):
        if position + 8 > len(data):
            raise ValueError("a box header is cut off")
        size, kind = unpack_from(">I4s", data, position)
        if size < 8 or position + size > len(data):
            raise ValueError(f"box {kind!r} of {size} bytes does not fit")
        body = data[position + 8 : position + size]
        children = tuple(read_boxes(body, offset=offset + position + 8)) if kind in CONTAINERS else ()
        boxes.append(Box(kind, offset + position, body, children))
        position += size
    return boxes


@dataclass(frozen=True)
class Run:
    """One track of one fragment. Times in ticks of the track; `first_is_key` by the sample flags."""

    track_id: int
    decode_time: int
    durations: tuple[int, ...]
    sizes: tuple[int, ...]
    offsets: tuple[int, ...]
    flags: tuple[int, ...]
    data_offset: int

    @property
    def end(self) -> int:
        return self.decode_time + sum(self.durations)

    @property
    def first_is_key(self) -> bool:
        return not self.flags[0] & 0x10000


def read_fragments(data: bytes) -> list[list[Run]]:
    """The runs of each moof in `data` (fragments only, no init segment)."""
    boxes = read_boxes(data)
    if [box.kind for box in boxes] != [b"moof", b"mdat"] * (len(boxes) // 2) or not boxes:
        raise ValueError(f"not moof and mdat in turn: {[box.kind for box in boxes]}")
    return [[_read_run(traf) for traf in moof.all(b"traf")] for moof in boxes[::2]]


def _read_run(traf: Box) -> Run:
    tfhd, tfdt, trun = (traf.all(kind)[0].body for kind in (b"tfhd", b"tfdt", b"trun"))
    head_flags, track_id = unpack_from(">II", tfhd)
    defaults = list(unpack(f">{(len(tfhd) - 8) // 4}I", tfhd[8:]))
    default_duration = defaults.pop(0) if head_flags & 0x8 else 0
    default_flags = defaults.pop() if head_flags & 0x20 else 0
    (decode_time,) = unpack_from(">Q", tfdt, 4)
    run_flags, count, data_offset = unpack_from(">IIi", trun)
    present = [bit for bit in (0x100, 0x200, 0x400, 0x800) if run_flags & bit]
    words = unpack(f">{len(present) * count}I", trun[12:])
    columns = {bit: words[index :: len(present)] for index, bit in enumerate(present)}
    offsets = columns.get(0x800, (0,) * count)
    return Run(
        track_id,
        decode_time,
        columns.get(0x100, (default_duration,) * count),
        columns[0x200],
        tuple(value - (1 << 32) if value >= 1 << 31 else value for value in offsets),
        columns.get(0x400, (default_flags,) * count),
        data_offset,
    )
