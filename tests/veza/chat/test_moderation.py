"""Acts of moderation below the REST side: what is announced with them, what stays undone, what races decide.

Who may do what, and what the audit says of it, is in tests/acceptance/test_chat_api.py.
"""

import asyncio
from uuid import UUID

import pytest
from tests.factories.accounts import a_person
from tests.factories.chat import a_room
from tests.factories.chat_changes import hearing

from veza.auth.domain import Principal
from veza.chat import moderation
from veza.chat.domain import MODERATORS_MAX, TIMEOUT_MAX_S, Change, Draft, SanctionKind
from veza.chat.journal import Written, append
from veza.context import Context
from veza.kit.errors import Conflict, Forbidden, Invalid, NotFound
from veza.kit.ids import new_id
from veza.kit.page import PageRequest


@pytest.fixture
async def host(ctx: Context) -> Principal:
    return await a_person(ctx.db, "host")


@pytest.fixture
async def ada(ctx: Context) -> Principal:
    return await a_person(ctx.db, "ada")


@pytest.fixture
async def room(ctx: Context, host: Principal) -> UUID:
    return await a_room(ctx, host)


async def say(ctx: Context, room: UUID, who: Principal, content: str = "hello") -> UUID:
    (outcome,) = await append(ctx, room, [Draft(who, str(new_id()), content)])
    assert isinstance(outcome, Written)
    return outcome.message.id


async def acts(ctx: Context, host: Principal, room: UUID) -> list[str]:
    return [row.action for row in (await moderation.list_audit(ctx, host, room, PageRequest(100))).items]


async def test_each_change_is_announced_once_and_what_changes_nothing_is_not(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    said = await say(ctx, room, ada)
    about_ada, about_room = Change(room, user_id=ada.user_id), Change(room)
    async with hearing(ctx) as changes:
        await moderation.time_out(ctx, host, room, ada.user_id, 60)
        assert await changes.rest() == [about_ada]
        for _ in range(2):
            await moderation.lift(ctx, host, room, ada.user_id, SanctionKind.TIMEOUT)
        assert await changes.rest() == [about_ada]
        await moderation.ban(ctx, host, room, ada.user_id)
        await moderation.time_out(ctx, host, room, ada.user_id, 60)  # does not soften the ban
        assert await changes.rest() == [about_ada]
        await moderation.lift(ctx, host, room, ada.user_id, SanctionKind.BAN)
        assert await changes.rest() == [about_ada]
        for _ in range(2):
            await moderation.add_moderator(ctx, host, room, ada.user_id)
        assert await changes.rest() == [about_ada]
        for _ in range(2):
            await moderation.remove_moderator(ctx, host, room, ada.user_id)
        assert await changes.rest() == [about_ada]
        await moderation.change_settings(ctx, host, room, slow_mode_seconds=5)
        assert await changes.rest() == [about_room]
        for _ in range(2):
            await moderation.delete_message(ctx, host, room, said)
        assert await changes.rest() == [Change(room, message_id=said, at_seq=1)]


async def test_a_deletion_says_how_far_the_room_had_come(ctx: Context, room: UUID, ada: Principal) -> None:
    first, *_ = [await say(ctx, room, ada) for _ in range(4)]
    async with hearing(ctx) as changes:
        await moderation.delete_message(ctx, ada, room, first)
        assert await changes.rest() == [Change(room, message_id=first, at_seq=4)]


async def test_what_is_refused_is_neither_announced_nor_recorded(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    bob, said = await a_person(ctx.db), await say(ctx, room, host)
    refused = [
        (Forbidden, moderation.time_out(ctx, ada, room, bob.user_id, 60)),
        (Forbidden, moderation.ban(ctx, ada, room, bob.user_id)),
        (Forbidden, moderation.ban(ctx, host, room, host.user_id)),
        (Forbidden, moderation.lift(ctx, ada, room, bob.user_id, SanctionKind.BAN)),
        (Forbidden, moderation.delete_message(ctx, ada, room, said)),
        (Forbidden, moderation.change_settings(ctx, ada, room, enabled=False)),
        (Forbidden, moderation.add_moderator(ctx, ada, room, ada.user_id)),
        (Forbidden, moderation.remove_moderator(ctx, ada, room, bob.user_id)),
        (NotFound, moderation.ban(ctx, host, room, new_id())),
        (NotFound, moderation.ban(ctx, host, new_id(), bob.user_id)),
        (NotFound, moderation.delete_message(ctx, host, room, new_id())),
        (Invalid, moderation.time_out(ctx, host, room, bob.user_id, 0)),
        (Invalid, moderation.time_out(ctx, host, room, bob.user_id, TIMEOUT_MAX_S + 1)),
        (Invalid, moderation.change_settings(ctx, host, room, blocked_words=["!"])),
    ]  # fmt: skip
    async with hearing(ctx) as changes:
        for expected, act in refused:
            with pytest.raises(expected):
                await act
        assert await changes.rest() == []
    assert await acts(ctx, host, room) == []


async def test_a_full_bench_takes_back_the_whole_act(ctx: Context, room: UUID, host: Principal, ada: Principal) -> None:
    for _ in range(MODERATORS_MAX):
        await moderation.add_moderator(ctx, host, room, (await a_person(ctx.db)).user_id)
    await moderation.ban(ctx, host, room, ada.user_id)
    async with hearing(ctx) as changes:
        with pytest.raises(Conflict):
            await moderation.add_moderator(ctx, host, room, ada.user_id)
        assert await changes.rest() == []
    assert ada.user_id not in {row.id for row in await moderation.list_moderators(ctx, room)}
    assert (await moderation.list_sanctions(ctx, host, room, PageRequest())).total == 1
    assert (await acts(ctx, host, room))[0] == "ban"


async def test_many_who_do_the_same_at_once_do_it_once(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    said = await say(ctx, room, ada)
    await asyncio.gather(*(moderation.delete_message(ctx, host, room, said) for _ in range(8)))
    await asyncio.gather(*(moderation.add_moderator(ctx, host, room, ada.user_id) for _ in range(8)))
    assert sorted(await acts(ctx, host, room)) == ["add_moderator", "delete_message"]


async def test_a_moderator_who_is_removed_meanwhile_either_acted_before_or_not_at_all(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    await moderation.add_moderator(ctx, host, room, ada.user_id)
    people = [await a_person(ctx.db) for _ in range(8)]
    bans = [moderation.ban(ctx, ada, room, person.user_id) for person in people]
    outcomes = await asyncio.gather(
        *bans[:4], moderation.remove_moderator(ctx, host, room, ada.user_id), *bans[4:], return_exceptions=True
    )
    assert {type(found) for found in outcomes} <= {type(None), Forbidden}
    done = [action for action in reversed(await acts(ctx, host, room)) if action != "add_moderator"]
    assert done[-1] == "remove_moderator"
    assert done.count("ban") == sum(found is None for found in outcomes) - 1


async def test_the_words_of_a_deleted_message_are_kept_for_moderators_alone(
    ctx: Context, room: UUID, host: Principal, ada: Principal
) -> None:
    said = await say(ctx, room, ada, "rude")
    await moderation.delete_message(ctx, host, room, said)
    ((row),) = (await moderation.list_audit(ctx, host, room, PageRequest())).items
    assert (row.message_id, row.target_username, row.details) == (said, "ada", {"content": "rude"})
    with pytest.raises(Forbidden):
        await moderation.list_audit(ctx, ada, room, PageRequest())
