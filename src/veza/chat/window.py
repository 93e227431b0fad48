"""The end of one room's conversation in memory, from which a returning client gets what it missed. Pure.

Entries have consecutive seqs; a deleted message keeps its place without its words. What arrives early waits until
what is before it has come, so that order holds whatever way the news took.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from veza.chat.domain import FIRST_MESSAGES, RESUME_MESSAGES, RESUME_MESSAGES_MAX, RESUME_S

WINDOW_BYTES_MAX = 4 * 1024 * 1024
EARLY_MAX = 1_000
DELETIONS_MAX = 1_000


@dataclass(slots=True)
class Entry:
    """One message. `data` is its JSON as sent, None once deleted; `at_s` is monotonic seconds."""

    seq: int
    id: UUID
    data: bytes | None
    at_s: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a client that comes back gets. Not `recovered`: it was away too long, and starts from the end."""

    recovered: bool
    messages: list[bytes]
    deleted: list[UUID]


class Window:
    """Messages `first_seq` … `head` of a room.

    Args:
        epoch: of the room; a client that names another one has nothing in common with us.
        head: the room's last seq, whether or not `entries` hold it.
        entries: the newest messages, consecutive, ending at `head`; may be empty.
    """

    def __init__(self, epoch: UUID, head: int, entries: Iterable[Entry] = ()) -> None:
        self.epoch = epoch
        self._early: dict[int, Entry] = {}
        self._deletions: deque[tuple[int, UUID]] = deque(maxlen=DELETIONS_MAX)
        self._deleted: set[UUID] = set()
        self._forgotten_seq = -1  # the highest `at_seq` of a deletion that is not remembered any more
        self.restart(head, entries)

    @property
    def first_seq(self) -> int:
        """The oldest seq that is held; `head` + 1 when nothing is."""
        return self.head - len(self._entries) + 1

    @property
    def is_missing(self) -> bool:
        """Whether something came that is not the next one: what lies between has to be fetched."""
        return bool(self._early)

    def accept(self, entry: Entry) -> list[Entry]:
        """Take news of one message; answers those that are now next, in order. Known ones are nothing new."""
        if entry.seq <= self.head:
            return []
        if entry.seq > self.head + 1:
            if len(self._early) < EARLY_MAX:
                self._early[entry.seq] = entry
            return []
        found = [self._append(entry)]
        while (waiting := self._early.pop(self.head + 1, None)) is not None:
            found.append(self._append(waiting))
        if self._early and min(self._early) <= self.head:
            self._early = {seq: early for seq, early in self._early.items() if seq > self.head}
        self._trim(entry.at_s)
        return found

    def restart(self, head: int, entries: Iterable[Entry]) -> None:
        """Begin again at the end, when more was missed than is worth fetching. `entries` end at `head`."""
        self.head = head
        self._entries = list(entries)
        for entry in self._entries:
            if entry.id in self._deleted:  # heard of while they were read
                entry.data = None
        self._by_id = {entry.id: entry for entry in self._entries}
        self._bytes = sum(len(entry.data or b"") for entry in self._entries)
        self._early = {seq: early for seq, early in self._early.items() if seq > head}

    def delete(self, message_id: UUID, at_seq: int) -> bool:
        """A message lost its words when the room's last seq was `at_seq`. False when that was known."""
        if message_id in self._deleted:
            return False
        if len(self._deletions) == DELETIONS_MAX:
            forgotten_seq, forgotten_id = self._deletions[0]
            self._forgotten_seq = max(self._forgotten_seq, forgotten_seq)
            self._deleted.discard(forgotten_id)
        self._deletions.append((at_seq, message_id))
        self._deleted.add(message_id)
        entry = self._by_id.get(message_id)
        if entry is not None and entry.data is not None:
            self._bytes -= len(entry.data)
            entry.data = None
        for early in self._early.values():
            if early.id == message_id:
                early.data = None
        return True

    def rewrite(self, entries: Iterable[Entry]) -> None:
        """Messages that are held, as they are shown now: their author has another name."""
        for entry in entries:
            held = self._by_id.get(entry.id)
            if held is not None and held.data is not None and entry.data is not None:
                self._bytes += len(entry.data) - len(held.data)
                held.data = entry.data

    def after(self, seq: int) -> list[bytes] | None:
        """The messages with a higher seq, oldest first; None when some of them are not held any more."""
        if seq < self.first_seq - 1:
            return None
        return [entry.data for entry in self._entries[seq - self.first_seq + 1 :] if entry.data is not None]

    def piece(self, seq: int, bytes_max: int) -> tuple[list[bytes], int] | None:
        """The next messages after `seq`, about `bytes_max` of them, and up to which seq; None as for `after`."""
        if seq < self.first_seq - 1:
            return None
        found: list[bytes] = []
        size = 0
        for entry in self._entries[seq - self.first_seq + 1 :]:
            if size >= bytes_max:
                break
            seq = entry.seq
            if entry.data is not None:
                found.append(entry.data)
                size += len(entry.data)
        return found, seq

    def resume(self, epoch: UUID | None, seq: int) -> Resumed:
        """What a client gets that has seen everything up to `seq` of `epoch` (None: it is new here)."""
        if epoch == self.epoch and 0 <= seq <= self.head:
            missed = self.after(seq)
            if missed is not None and not self._may_have_forgotten(seq):
                return Resumed(recovered=True, messages=missed, deleted=self.deleted_since(seq))
        newest = [entry.data for entry in self._entries[-FIRST_MESSAGES:] if entry.data is not None]
        return Resumed(recovered=False, messages=newest, deleted=[])

    def deleted_since(self, seq: int) -> list[UUID]:
        """Ids of messages that were deleted when the last seq was at least `seq`."""
        return [message_id for at_seq, message_id in self._deletions if at_seq >= seq]

    def _may_have_forgotten(self, seq: int) -> bool:
        """Whether a deletion when the last seq was at least `seq` is not remembered, or was never read."""
        oldest_seq = self._deletions[0][0] if len(self._deletions) == DELETIONS_MAX else -1
        return seq <= max(self._forgotten_seq, oldest_seq)

    def _append(self, entry: Entry) -> Entry:
        if entry.id in self._deleted:
            entry.data = None
        self._entries.append(entry)
        self._by_id[entry.id] = entry
        self._bytes += len(entry.data or b"")
        self.head = entry.seq
        return entry

    def _trim(self, now_s: float) -> None:
        """Keep 300 messages, and all of the last five minutes within the bounds."""
        drop = 0
        for entry in self._entries[: max(0, len(self._entries) - RESUME_MESSAGES)]:
            held = len(self._entries) - drop
            if held <= RESUME_MESSAGES_MAX and self._bytes <= WINDOW_BYTES_MAX and now_s - entry.at_s <= RESUME_S:
                break
            self._bytes -= len(entry.data or b"")
            del self._by_id[entry.id]
            drop += 1
        del self._entries[:drop]
