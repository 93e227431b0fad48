"""Writing: judged under the room's lock, in order, once, on disk before anybody hears of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, strategies as st
from tests.factories.accounts import a_person
from tests.factories.chat import a_room

from veza.auth.domain import Principal, Role
from veza.chat import domain, frames, journal, moderation, service
from veza.chat.domain import Draft, Message
from veza.chat.journal import WAITING_MAX, Journal, Note, Outcome, Written, append, notes_of
from veza.context import Context
from veza.kit.errors import NotFound, Unavailable, VezaError
from veza.kit.ids import new_id
from veza.kit.tasks import TaskSet
from veza.ports.bus import NOTE_BYTES_MAX

WITHIN_S = 20.0


@pytest.fixture
async def host(ctx: Context) -> Principal:
    return await a_person(ctx.db, "host")


@pytest.fixture
async def ada(ctx: Context) -> Principal:
    return await a_person(ctx.db, "ada")


@pytest.fixture
async def room(ctx: Context, host: Principal) -> UUID:
    return await a_room(ctx, host)


def draft(
    author: Principal, content: str = "hello", *, nonce: str | None = None, reply_to: UUID | None = None
) -> Draft:
    return Draft(author, nonce or str(new_id()), content, reply_to)


def drafts(author: Principal, count: int) -> list[Draft]:
    return [draft(author, f"{author.username} {n}") for n in range(count)]


def said(outcome: Outcome) -> Message:
    assert isinstance(outcome, Written), outcome
    return outcome.message


def codes(outcomes: Sequence[Outcome]) -> list[str | None]:
    """The code of each refusal, None for each message that was written."""
    return [outcome.code if isinstance(outcome, VezaError) else None for outcome in outcomes]


async def stored(ctx: Context, room_id: UUID) -> list[Message]:
    found, total, cursor = await service.history(ctx, room_id, before=None, limit=1_000)
    assert (total, cursor) == (len(found), None)
    return found


# --- one batch -------------------------------------------------------------------------------------------------


async def test_a_batch_is_written_as_it_was_said(ctx: Context, room: UUID, host: Principal, ada: Principal) -> None:
    first = said((await append(ctx, room, [draft(host, "welcome")]))[0])
    outcomes = await append(ctx, room, [draft(ada, "hi", reply_to=first.id), draft(host, "🎵 <b>")])
    messages = [said(outcome) for outcome in outcomes]
    assert [(m.seq, m.username, m.badge, m.content, m.reply_to) for m in messages] == [
        (2, "ada", None, "hi", first.id), (3, "host", "host", "🎵 <b>", None),
    ]  # fmt: skip
    assert await stored(ctx, room) == [first, *messages]
    for outcome, message in zip(outcomes, messages, strict=True):
        assert isinstance(outcome, Written)
        assert outcome.is_new
        assert msgspec.json.decode(outcome.data)["id"] == str(message.id)


async def test_a_nonce_twice_in_one_batch_is_one_message(ctx: Context, room: UUID, ada: Principal) -> None:
    batch = [draft(ada, "one", nonce="n"), draft(ada, "other words", nonce="n"), draft(ada, "two", nonce="m")]
    one, again, two = (said(outcome) for outcome in await append(ctx, room, batch))
    assert (one, one.content, two.seq) == (again, "one", 2)
    assert await stored(ctx, room) == [one, two]


async def test_a_nonce_again_later_answers_the_first_message(ctx: Context, room: UUID, ada: Principal) -> None:
    first = said((await append(ctx, room, [draft(ada, "one", nonce="n")]))[0])
    outcomes = await append(ctx, room, [draft(ada, "changed", nonce="n"), draft(ada, "two"), draft(ada, nonce="n")])
    assert [said(outcome).seq for outcome in outcomes] == [1, 2, 1]
    assert [outcome.is_new for outcome in outcomes if isinstance(outcome, Written)] == [False, True, False]
    assert said(outcomes[0]) == first
    assert len(await stored(ctx, room)) == 2


async def test_a_nonce_is_its_authors_and_its_rooms(ctx: Context, room: UUID, host: Principal, ada: Principal) -> None:
    other_room = await a_room(ctx, host)
    await append(ctx, room, [draft(ada, nonce="n"), draft(host, nonce="n")])
    await append(ctx, other_room, [draft(ada, nonce="n")])
    assert [len(await stored(ctx, place)) for place in (room, other_room)] == [2, 1]


async def test_a_resend_is_answered_whatever_has_changed_since(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    first = said((await append(ctx, room, [draft(ada, "spam", nonce="n")]))[0])
    await moderation.change_settings(ctx, host, room, enabled=False, slow_mode_seconds=60, blocked_words=["spam"])
    await moderation.ban(ctx, host, room, ada.user_id)
    outcomes = await append(ctx, room, [draft(ada, "spam", nonce="n"), draft(ada)])
    assert said(outcomes[0]) == first
    assert codes(outcomes) == [None, "banned"]


async def test_a_resend_of_what_was_deleted_brings_no_words_back(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    first = said((await append(ctx, room, [draft(ada, "secret", nonce="n")]))[0])
    await moderation.delete_message(ctx, host, room, first.id)
    again = (await append(ctx, room, [draft(ada, "secret", nonce="n")]))[0]
    assert (said(again).id, said(again).content) == (first.id, "")
    assert isinstance(again, Written)
    assert b"secret" not in again.data
    assert await stored(ctx, room) == []


async def test_refusals_and_messages_in_one_batch_keep_their_places(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    eve, bob = await a_person(ctx.db, "eve"), await a_person(ctx.db, "bob")
    await moderation.ban(ctx, host, room, eve.user_id)
    await moderation.time_out(ctx, host, room, bob.user_id, 60)
    await moderation.change_settings(ctx, host, room, blocked_words=["spam"])
    batch = [
        draft(eve), draft(ada, "fine"), draft(bob), draft(ada, "SPAM!"), draft(ada, reply_to=new_id()),
        draft(host, "spam of the host"), draft(ada, "also fine"),
    ]  # fmt: skip
    outcomes = await append(ctx, room, batch)
    assert codes(outcomes) == ["banned", None, "timed_out", "blocked_words", "not_found", None, None]
    assert [found.content for found in await stored(ctx, room)] == ["fine", "spam of the host", "also fine"]
    assert [found.seq for found in await stored(ctx, room)] == [1, 2, 3]
    timed_out = outcomes[2]
    assert isinstance(timed_out, domain.Refused)
    assert 55_000 < (timed_out.decision.retry_after_ms or 0) <= 60_000


async def test_one_answers_only_what_was_said_in_this_room(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    elsewhere = said((await append(ctx, await a_room(ctx, host), [draft(ada)]))[0])
    assert codes(await append(ctx, room, [draft(ada, reply_to=elsewhere.id)])) == ["not_found"]


async def test_followers_only_and_a_closed_chat(ctx: Context, room: UUID, host: Principal, ada: Principal) -> None:
    staff = replace(await a_person(ctx.db), role=Role.MODERATOR)
    batch = [draft(ada), draft(host), draft(staff)]
    await moderation.change_settings(ctx, host, room, followers_only=True)
    assert codes(await append(ctx, room, batch)) == ["followers_only", None, None]
    await moderation.change_settings(ctx, host, room, enabled=False)
    assert codes(await append(ctx, room, [draft(ada), draft(host), draft(staff)])) == ["chat_disabled", None, None]


async def test_a_room_that_is_gone(ctx: Context, room: UUID, ada: Principal) -> None:
    async with ctx.db.transaction() as tx:
        await service.close_room(ctx, tx, room)
    assert codes(await append(ctx, room, [draft(ada)])) == ["not_found"]
    with pytest.raises(NotFound):
        await append(ctx, new_id(), [draft(ada)])


# --- how often -------------------------------------------------------------------------------------------------


async def test_twenty_messages_and_no_more_within_one_batch_and_across_rooms(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    other_room = await a_room(ctx, host)
    assert codes(await append(ctx, room, drafts(ada, 15))) == [None] * 15
    outcomes = await append(ctx, other_room, drafts(ada, 7))
    assert codes(outcomes) == [None] * 5 + ["rate_limited"] * 2
    refusal = outcomes[-1]
    assert isinstance(refusal, domain.Refused)
    assert 20_000 < (refusal.decision.retry_after_ms or 0) <= 30_000
    async with ctx.db.connection() as connection:
        await connection.execute("update chat_messages set created_at = created_at - interval '31 s' where seq <= 3")
    assert codes(await append(ctx, room, drafts(ada, 8))) == [None] * 6 + ["rate_limited"] * 2


async def test_moderators_of_the_room_may_write_more_there_only(ctx: Context, room: UUID, host: Principal) -> None:
    elsewhere = await a_room(ctx, await a_person(ctx.db))
    outcomes = await append(ctx, room, drafts(host, 101))
    assert codes(outcomes) == [None] * 100 + ["rate_limited"]
    assert codes(await append(ctx, elsewhere, drafts(host, 1))) == ["rate_limited"]


async def test_the_rate_holds_when_one_person_writes_in_many_rooms_at_once(
    ctx: Context, host: Principal, ada: Principal
) -> None:
    rooms = [await a_room(ctx, host) for _ in range(8)]
    answers = await asyncio.gather(*(append(ctx, place, drafts(ada, 10)) for place in rooms))
    written = [outcome for outcomes in answers for outcome in outcomes if isinstance(outcome, Written)]
    assert len(written) == ctx.settings.chat_messages


async def test_people_who_meet_in_many_rooms_do_not_stop_each_other(ctx: Context, host: Principal) -> None:
    people = [await a_person(ctx.db) for _ in range(6)]
    rooms = [await a_room(ctx, host) for _ in range(6)]

    async def say_in(place: UUID, turn: int) -> list[Outcome]:
        return await append(ctx, place, [draft(people[(n * (1 if turn % 2 else -1) + turn) % 6]) for n in range(6)])

    answers = await asyncio.gather(*(say_in(place, turn) for turn in range(3) for place in rooms))
    assert {code for outcomes in answers for code in codes(outcomes)} == {None}


async def test_slow_mode_holds_within_a_batch_and_over_time(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    await moderation.change_settings(ctx, host, room, slow_mode_seconds=10)
    outcomes = await append(
        ctx, room, [draft(ada, nonce="n"), draft(ada), draft(host), draft(host), draft(ada, nonce="n")]
    )
    assert codes(outcomes) == [None, "slow_mode", None, None, None]
    refusal = outcomes[1]
    assert isinstance(refusal, domain.Refused)
    assert refusal.decision.retry_after_ms == 10_000
    assert codes(await append(ctx, await a_room(ctx, host), [draft(ada)])) == [None]
    async with ctx.db.connection() as connection:
        await connection.execute("update chat_messages set created_at = created_at - interval '10.1 s'")
    assert codes(await append(ctx, room, [draft(ada), draft(ada)])) == [None, "slow_mode"]


# --- many writers ----------------------------------------------------------------------------------------------


async def test_eight_writers_at_once_leave_no_hole_and_no_double(ctx: Context, room: UUID, host: Principal) -> None:
    people = [await a_person(ctx.db) for _ in range(8)]
    plenty = replace(ctx, settings=replace(ctx.settings, chat_messages=1_000))

    async def write(person: Principal) -> list[int]:
        seqs = []
        for number in range(20):
            batch = [draft(person, f"{number}"), draft(person, nonce="the same each time"), draft(person, "x")]
            seqs += [said(outcome).seq for outcome in await append(plenty, room, batch)]
        return seqs

    answers = await asyncio.gather(*(write(person) for person in people))
    for seqs in answers:
        own = list(dict.fromkeys(seqs))
        assert own == sorted(own)
        assert len(own) == 41
    found = await stored(ctx, room)
    assert [message.seq for message in found] == list(range(1, 8 * 41 + 1))


async def test_a_ban_that_was_answered_is_never_overtaken(ctx: Context, room: UUID, host: Principal) -> None:
    for _ in range(5):
        eve = await a_person(ctx.db)
        writing = asyncio.gather(*(append(ctx, room, [draft(eve)]) for _ in range(6)))
        await moderation.ban(ctx, host, room, eve.user_id)
        before = (await service.history(ctx, room, before=None, limit=1_000))[1]
        assert codes(await append(ctx, room, drafts(eve, 2))) == ["banned", "banned"]
        await writing
        assert (await service.history(ctx, room, before=None, limit=1_000))[1] == before


# --- the queue -------------------------------------------------------------------------------------------------


class Heard:
    """What a journal said of batches, and to authors, in order."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.outcomes: list[Outcome] = []
        self.news = asyncio.Event()

    def written(self, _room_id: UUID, written: Sequence[Written]) -> None:
        self.order += [f"room {item.message.content}" for item in written]

    def done(self, outcome: Outcome) -> None:
        self.order.append(f"author {outcome.message.content}" if isinstance(outcome, Written) else outcome.code)
        self.outcomes.append(outcome)
        self.news.set()

    async def outcomes_of(self, count: int) -> list[Outcome]:
        async with asyncio.timeout(WITHIN_S):
            while len(self.outcomes) < count:
                self.news.clear()
                await self.news.wait()
        return self.outcomes


@asynccontextmanager
async def writing(ctx: Context) -> AsyncIterator[tuple[Journal, Heard]]:
    heard, errors = Heard(), list[BaseException]()
    tasks = TaskSet(lambda _, error: errors.append(error))
    try:
        yield Journal(ctx, tasks, heard.written), heard
    finally:
        await tasks.close()
    assert errors == []


async def test_the_room_hears_a_batch_before_its_authors_and_each_author_in_order(
    ctx: Context, room: UUID, ada: Principal
) -> None:
    async with writing(ctx) as (found, heard):
        for number in range(4):
            found.write(room, draft(ada, f"{number}"), heard.done)
        await heard.outcomes_of(4)
        found.write(room, draft(ada, "later"), heard.done)
        await heard.outcomes_of(5)
    assert heard.order == [
        *[f"room {n}" for n in range(4)], *[f"author {n}" for n in range(4)], "room later", "author later",
    ]  # fmt: skip


async def test_a_resend_is_no_news_to_the_room(ctx: Context, room: UUID, ada: Principal) -> None:
    async with writing(ctx) as (found, heard):
        for _ in range(3):
            found.write(room, draft(ada, "once", nonce="n"), heard.done)
        await heard.outcomes_of(3)
        found.write(room, draft(ada, "once", nonce="n"), heard.done)
        await heard.outcomes_of(4)
    assert heard.order == ["room once", *["author once"] * 4]


async def test_a_room_takes_only_so_much_at_once(ctx: Context, room: UUID, ada: Principal) -> None:
    async with writing(ctx) as (found, heard):
        for _ in range(WAITING_MAX + 2):
            found.write(room, draft(ada), heard.done)
        assert codes(heard.outcomes) == ["unavailable", "unavailable"]
        outcomes = await heard.outcomes_of(WAITING_MAX + 2)
    limit = ctx.settings.chat_messages
    assert codes(outcomes[2:]) == [None] * limit + ["rate_limited"] * (WAITING_MAX - limit)


async def test_a_room_that_cannot_be_written_does_not_stop_another(ctx: Context, room: UUID, ada: Principal) -> None:
    async with writing(ctx) as (found, heard):
        found.write(new_id(), draft(ada), heard.done)
        found.write(room, draft(ada), heard.done)
        assert sorted(map(str, codes(await heard.outcomes_of(2)))) == ["None", "not_found"]


async def test_a_database_that_is_gone_is_an_answer_and_the_next_message_is_tried_again(
    ctx: Context, room: UUID, ada: Principal
) -> None:
    async with writing(ctx) as (found, heard):
        async with ctx.db.connection() as connection:
            await connection.execute("alter table chat_messages rename to away")
            found.write(room, draft(ada), heard.done)
            (refused,) = await heard.outcomes_of(1)
            await connection.execute("alter table away rename to chat_messages")
        assert isinstance(refused, Unavailable)
        found.write(room, draft(ada), heard.done)
        assert codes(await heard.outcomes_of(2)) == ["unavailable", None]


async def test_who_still_waits_when_the_process_ends_is_told(ctx: Context, room: UUID, ada: Principal) -> None:
    async with writing(ctx) as (found, heard), ctx.db.transaction() as tx:
        await service.lock_room(tx, room)
        for _ in range(journal.BATCH_MAX + 3):
            found.write(room, draft(ada), heard.done)
        found.write(new_id(), draft(ada), heard.done)
        await heard.outcomes_of(1)  # by now the room's first batch waits for its lock
        await found._tasks.close()
        assert codes(heard.outcomes) == ["not_found", *["unavailable"] * 3]


# --- notes -----------------------------------------------------------------------------------------------------


def written_of(contents: Sequence[str], first: int = 1) -> list[Written]:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    messages = [
        Message(new_id(), UUID(int=1), seq, UUID(int=2), "u" * 30, "moderator", "moderator", content, UUID(int=3), at)
        for seq, content in enumerate(contents, first)
    ]
    return [Written(message, domain_json(message), is_new=True) for message in messages]


def domain_json(message: Message) -> bytes:
    return frames.encode(frames.message_frame(message))


@given(st.lists(st.sampled_from(["x", "🎵" * 500, '"\\' * 250, "é" * 300]), min_size=1, max_size=journal.BATCH_MAX))
def test_notes_fit_the_bus_and_together_say_everything_in_order(contents: list[str]) -> None:
    written = written_of(contents, first=2**53 - len(contents))
    texts = list(notes_of(UUID(int=1), written))
    notes = [msgspec.json.decode(text, type=Note) for text in texts]
    assert all(len(text.encode()) <= NOTE_BYTES_MAX for text in texts)
    assert {(note.room_id, note.head) for note in notes} == {(UUID(int=1), written[-1].message.seq)}
    assert [(seq, message_id, bytes(data)) for note in notes for seq, message_id, data in note.messages] == [
        (item.message.seq, item.message.id, item.data) for item in written
    ]
    sizes = [[len(bytes(data)) + journal._NOTE_OVERHEAD for _, _, data in note.messages] for note in notes]
    for before, after in pairwise(sizes):
        assert sum(before) + after[0] > NOTE_BYTES_MAX  # as few as fit


async def test_other_processes_hear_what_was_written_and_nothing_of_refusals(
    ctx: Context, room: UUID, ada: Principal, host: Principal
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue(100)
    connected = asyncio.Event()
    tasks = TaskSet(lambda _, error: heard.put_nowait(repr(error)))
    tasks.spawn(ctx.bus.listen({domain.MESSAGES_TOPIC: heard.put_nowait}, connected.set), "ear")
    try:
        await asyncio.wait_for(connected.wait(), WITHIN_S)
        await append(ctx, room, [draft(ada, reply_to=new_id())])
        first = said((await append(ctx, room, [draft(ada, "one", nonce="n")]))[0])
        await append(ctx, room, [draft(ada, "one", nonce="n")])
        await append(ctx, room, [draft(host, "two"), draft(host, "three")])
        notes = [msgspec.json.decode(await asyncio.wait_for(heard.get(), WITHIN_S), type=Note) for _ in range(2)]
    finally:
        await tasks.close()
    assert [(note.head, [seq for seq, _, _ in note.messages]) for note in notes] == [(1, [1]), (3, [2, 3])]
    assert notes[0].messages[0][1] == first.id
