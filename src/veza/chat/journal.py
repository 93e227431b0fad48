"""Writes messages: one batch per room at a time, on disk before anybody hears of it.

While a batch is being written the next one gathers, so a busy room costs one transaction per round trip and not one
per message. Rights are judged here once more, under the room's lock: a ban that was committed is never overtaken.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import structlog

from veza.chat import domain, frames, queries
from veza.chat.content import is_blocked
from veza.chat.domain import Decision, Draft, Message, Room, SenderFacts
from veza.chat.service import room_of, standings_in
from veza.context import Context
from veza.db.pool import UNREACHABLE, Tx
from veza.kit.errors import Unavailable, VezaError
from veza.kit.ids import new_id
from veza.kit.tasks import TaskSet
from veza.ports.bus import NOTE_BYTES_MAX

log = structlog.get_logger()

BATCH_MAX = 100
WAITING_MAX = 1_000
WRITERS_MAX = 4
"""Rooms that are written at once, of the pool's connections."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message that is on disk. `data` is its JSON. Not `is_new`: the nonce was known, and this is what it named."""

    message: Message
    data: bytes
    is_new: bool


_NOTE_OVERHEAD = 128
"""At least what a message costs in a note beside its JSON: seq, id, punctuation, its share of the head."""

Outcome = Written | VezaError
_UNWRITTEN = datetime.min.replace(tzinfo=UTC)


class Note(msgspec.Struct, frozen=True, array_like=True):
    """What other processes hear of a batch, in one or several parts. `head`: the last seq of all parts."""

    room_id: UUID
    head: int
    messages: list[tuple[int, UUID, msgspec.Raw]]


class Journal:
    """The writing side of one process. `written` hears of each batch's new messages, in order, before their authors."""

    def __init__(self, ctx: Context, tasks: TaskSet, written: Callable[[UUID, Sequence[Written]], None]) -> None:
        self._ctx = ctx
        self._tasks = tasks
        self._written = written
        self._waiting: dict[UUID, list[tuple[Draft, Callable[[Outcome], None]]]] = {}
        self._writers = asyncio.Semaphore(WRITERS_MAX)

    def write(self, room_id: UUID, draft: Draft, done: Callable[[Outcome], None]) -> None:
        """Write a message; `done` hears what became of it. What one author sends stays in order."""
        waiting = self._waiting.get(room_id)
        if waiting is None:
            waiting = self._waiting[room_id] = []
            self._tasks.spawn(self._drain(room_id, waiting), f"chat-journal-{room_id}")
        if len(waiting) >= WAITING_MAX:
            done(Unavailable("This room is too busy right now. Try again in a moment.", retry_after_s=1))
            return
        waiting.append((draft, done))

    async def _drain(self, room_id: UUID, waiting: list[tuple[Draft, Callable[[Outcome], None]]]) -> None:
        try:
            while waiting:
                async with self._writers:
                    batch = waiting[:BATCH_MAX]
                    del waiting[:BATCH_MAX]
                    outcomes = await self._try_append(room_id, [draft for draft, _ in batch])
                fresh = [found for found in outcomes if isinstance(found, Written) and found.is_new]
                if fresh:
                    self._written(room_id, fresh)
                for (_, done), outcome in zip(batch, outcomes, strict=True):
                    done(outcome)
        finally:
            del self._waiting[room_id]
            for _, done in waiting:
                done(Unavailable("The server is stopping. Try again in a moment.", retry_after_s=1))

    async def _try_append(self, room_id: UUID, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        try:
            return await append(self._ctx, room_id, drafts)
        except (VezaError, *UNREACHABLE) as error:
            refusal = error if isinstance(error, VezaError) else Unavailable("The chat cannot write right now.")
        except Exception:
            log.exception("chat_write_failed", room_id=str(room_id))
            refusal = Unavailable("The chat cannot write right now.")
        return [refusal] * len(drafts)


async def append(ctx: Context, room_id: UUID, drafts: Sequence[Draft]) -> list[Outcome]:
    """Judge and write a batch in one transaction, and announce it. Raises `NotFound`, `Unavailable`."""
    async with ctx.db.transaction() as tx:
        row = await queries.lock_room.find(tx, room_id)
        if row is None:
            raise domain.room_not_found()
        room = room_of(row)
        facts = _Facts(
            room,
            known=await _known(tx, room_id, drafts),
            senders=await _senders(ctx, tx, room, drafts),
            answered=await _answered(tx, room_id, drafts),
        )
        outcomes = _judge(ctx, facts, drafts)
        # a nonce that stands twice in a batch is one message, and the outcome of both
        fresh = list({found.key: found for found in outcomes if isinstance(found, _Fresh)}.values())
        if fresh:
            fresh = await _insert(tx, room, fresh)
            for note in notes_of(room_id, [item.written() for item in fresh]):
                await ctx.bus.announce(tx, domain.MESSAGES_TOPIC, note)
        written = {item.key: item.written() for item in fresh}
    answers: list[Outcome] = []
    for found in outcomes:
        if not isinstance(found, _Fresh):
            answers.append(found)
            continue
        answers.append(written[found.key])
        written[found.key] = replace(written[found.key], is_new=False)
    return answers


def notes_of(room_id: UUID, written: Sequence[Written]) -> Iterator[str]:
    """The notes about a batch, as few as the bus's bounds allow."""
    head = written[-1].message.seq
    messages: list[tuple[int, UUID, msgspec.Raw]] = []
    size = 0
    for item in written:
        if messages and size + len(item.data) + _NOTE_OVERHEAD > NOTE_BYTES_MAX:
            yield msgspec.json.encode(Note(room_id, head, messages)).decode()
            messages, size = [], 0
        messages.append((item.message.seq, item.message.id, msgspec.Raw(item.data)))
        size += len(item.data) + _NOTE_OVERHEAD
    yield msgspec.json.encode(Note(room_id, head, messages)).decode()


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A draft that will be written, and its message (`seq` and time are known after the insert)."""

    draft: Draft
    message: Message

    @property
    def key(self) -> tuple[UUID, str]:
        """What it is known by in its room."""
        return self.draft.author.user_id, self.draft.nonce

    def written(self) -> Written:
        return Written(self.message, frames.encode(frames.message_frame(self.message)), is_new=True)


async def _known(tx: Tx, room_id: UUID, drafts: Sequence[Draft]) -> dict[tuple[UUID, str], Written]:
    """Messages that were written before under the same author and nonce. A deleted one answers without its words."""
    rows = await queries.known_nonces.list(
        tx, room_id, [draft.author.user_id for draft in drafts], [draft.nonce for draft in drafts]
    )
    found = {}
    for row in rows:
        message = Message(**{name: getattr(row, name) for name in Message.__dataclass_fields__})
        data = frames.encode(frames.message_frame(message))
        found[row.user_id, row.nonce] = Written(message, data, is_new=False)
    return found


@dataclass(frozen=True, slots=True)
class _Facts:
    """All that decides about a batch, as of its transaction. `answered`: messages of the room that drafts reply to."""

    room: Room
    known: dict[tuple[UUID, str], Written]
    senders: dict[UUID, SenderFacts]
    answered: set[UUID]


async def _answered(tx: Tx, room_id: UUID, drafts: Sequence[Draft]) -> set[UUID]:
    wanted = [draft.reply_to for draft in drafts if draft.reply_to is not None]
    return {row.id for row in await queries.present.list(tx, room_id, wanted)} if wanted else set()


async def _senders(ctx: Context, tx: Tx, room: Room, drafts: Sequence[Draft]) -> dict[UUID, SenderFacts]:
    """What decides about each author, as of this transaction."""
    authors = {draft.author.user_id: draft.author for draft in drafts}
    standings = await standings_in(tx, room, authors.values())
    at_most = [
        ctx.settings.chat_messages_moderator
        if domain.role_in(room, author, standings[user_id]).moderates
        else ctx.settings.chat_messages
        for user_id, author in authors.items()
    ]
    await queries.lock_senders.run(tx, list(authors))
    rows = await queries.senders.list(tx, list(authors), at_most, float(domain.RATE_WINDOW_S))
    return {row.user_id: SenderFacts(standings[row.user_id], row.sent, row.oldest_ago_s) for row in rows}


def _judge(ctx: Context, facts: _Facts, drafts: Sequence[Draft]) -> list[_Fresh | Outcome]:
    """What becomes of each draft, in order; each counts for the next of the same author."""
    outcomes: list[_Fresh | Outcome] = []
    fresh: dict[tuple[UUID, str], _Fresh] = {}
    for draft in drafts:
        key = (draft.author.user_id, draft.nonce)
        if (again := facts.known.get(key) or fresh.get(key)) is not None:
            outcomes.append(again)
            continue
        fact = facts.senders[draft.author.user_id]
        refusal = _refusal(ctx, facts, draft)
        if refusal is not None:
            outcomes.append(refusal)
            continue
        fact.sent += 1
        fact.standing = replace(fact.standing, spoke_ago_s=0.0)
        fresh[key] = _Fresh(draft, _message(facts.room, draft, fact))
        outcomes.append(fresh[key])
    return outcomes


def _refusal(ctx: Context, facts: _Facts, draft: Draft) -> VezaError | None:
    room, fact = facts.room, facts.senders[draft.author.user_id]
    moderates = domain.role_in(room, draft.author, fact.standing).moderates
    limit = ctx.settings.chat_messages_moderator if moderates else ctx.settings.chat_messages
    decision: Decision = domain.can_send(room, draft.author, fact.standing)
    if decision:
        decision = domain.rate_decision(fact.sent, limit, fact.oldest_ago_s)
    if not decision:
        return domain.Refused(decision)
    if not moderates and is_blocked(draft.content, room.blocked_words):
        return domain.blocked_words()
    if draft.reply_to is not None and draft.reply_to not in facts.answered:
        return domain.message_not_found()
    return None


def _message(room: Room, draft: Draft, fact: SenderFacts) -> Message:
    author = draft.author
    return Message(
        id=new_id(),
        room_id=room.settings.room_id,
        seq=0,
        user_id=author.user_id,
        username=author.username,
        role=author.role.value,
        badge=domain.role_in(room, author, fact.standing).badge,
        content=draft.content,
        reply_to=draft.reply_to,
        created_at=_UNWRITTEN,
    )


async def _insert(tx: Tx, room: Room, fresh: Sequence[_Fresh]) -> list[_Fresh]:
    """Give each its seq and write all. Answers them as they are stored."""
    first = room.last_seq + 1
    seqs = list(range(first, first + len(fresh)))
    messages = [item.message for item in fresh]
    written_at = await queries.insert_messages.find(
        tx,
        room.settings.room_id,
        seqs[-1],
        seqs,
        [message.id for message in messages],
        [message.user_id for message in messages],
        [item.draft.nonce for item in fresh],
        [message.badge for message in messages],
        [message.content for message in messages],
        [message.reply_to for message in messages],
    )
    assert written_at is not None
    return [
        replace(item, message=replace(item.message, seq=seq, created_at=written_at))
        for item, seq in zip(fresh, seqs, strict=True)
    ]
