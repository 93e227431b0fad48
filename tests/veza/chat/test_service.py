"""Rooms are made with what they belong to and end with it; standings, tickets and presence are what they say."""

from uuid import UUID

import asyncpg
import pytest
from tests.factories.accounts import a_person, suspend
from tests.factories.chat import a_room, somebody
from tests.factories.chat_changes import hearing

from veza.auth.domain import Principal
from veza.auth.service import end_session
from veza.chat import moderation, people_queries, service
from veza.chat.domain import Change, Draft, RoomSettings, Standing
from veza.chat.journal import append
from veza.context import Context
from veza.kit.errors import NotFound
from veza.kit.ids import new_id

# --- making ----------------------------------------------------------------------------------------------------


async def test_a_new_room_is_open_and_empty(ctx: Context) -> None:
    owner, room_id = await a_person(ctx.db), new_id()
    async with ctx.db.transaction() as tx:
        await service.create_room(tx, room_id, owner.user_id)
    async with ctx.db.connection() as connection:
        found = await service.room_settings(connection, [room_id, new_id()])
    expected = RoomSettings(room_id, enabled=True, slow_mode_seconds=0, followers_only=False)
    assert found == {room_id: expected}


async def test_a_room_goes_with_the_transaction_that_made_it(ctx: Context) -> None:
    owner, room_id = await a_person(ctx.db), new_id()

    async def make_and_fail() -> None:
        async with ctx.db.transaction() as tx:
            await service.create_room(tx, room_id, owner.user_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await make_and_fail()
    async with ctx.db.connection() as connection:
        assert await service.room_settings(connection, [room_id]) == {}


async def test_a_room_has_an_owner_who_exists_and_an_id_of_its_own(ctx: Context) -> None:
    owner, room_id = await a_person(ctx.db), new_id()
    async with ctx.db.transaction() as tx:
        await service.create_room(tx, room_id, owner.user_id)
    for again, whose in ((room_id, owner.user_id), (new_id(), new_id())):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with ctx.db.transaction() as tx:
                await service.create_room(tx, again, whose)


# --- closing ---------------------------------------------------------------------------------------------------


async def test_a_room_is_closed_once_and_its_people_are_told_once(ctx: Context) -> None:
    room_id = await a_room(ctx, await a_person(ctx.db))
    async with hearing(ctx) as changes:
        for _ in range(2):
            async with ctx.db.transaction() as tx:
                await service.close_room(ctx, tx, room_id)
        assert await changes.rest() == [Change(room_id)]
    async with ctx.db.connection() as connection:
        with pytest.raises(NotFound):
            await service.get_room(connection, room_id)
    async with ctx.db.transaction() as tx:
        with pytest.raises(NotFound):
            await service.lock_room(tx, room_id)
    for ask in (service.permissions_of(ctx, room_id, None), service.members(ctx, room_id)):
        with pytest.raises(NotFound):
            await ask
    with pytest.raises(NotFound):
        await service.history(ctx, room_id, before=None, limit=10)


# --- what a room knows of people -------------------------------------------------------------------------------


async def test_a_standing_is_what_the_room_did_and_nobody_elses(ctx: Context) -> None:
    host, ada, bob, eve, stranger = [await a_person(ctx.db) for _ in range(5)]
    room_id, other_id = await a_room(ctx, host), await a_room(ctx, host)
    await moderation.add_moderator(ctx, host, room_id, ada.user_id)
    await moderation.time_out(ctx, host, room_id, bob.user_id, 60)
    await moderation.ban(ctx, host, room_id, eve.user_id)
    await moderation.ban(ctx, host, other_id, ada.user_id)
    people: list[Principal | UUID] = [ada, bob.user_id, eve, stranger, ada]
    async with ctx.db.connection() as connection:
        room = await service.get_room(connection, room_id)
        found = await service.standings_in(connection, room, people)
        assert await service.standings_in(connection, room, []) == {}
    timeout_left_s = found[bob.user_id].timeout_left_s
    assert 55.0 < timeout_left_s <= 60.0
    assert found == {
        ada.user_id: Standing(is_moderator=True),
        bob.user_id: Standing(timeout_left_s=timeout_left_s),
        eve.user_id: Standing(is_banned=True),
        stranger.user_id: Standing(),
    }


async def test_when_somebody_spoke_matters_only_in_slow_mode_and_only_so_long(ctx: Context) -> None:
    host, ada = await a_person(ctx.db), await a_person(ctx.db)
    room_id = await a_room(ctx, host)
    await append(ctx, room_id, [Draft(ada, "1", "first"), Draft(ada, "2", "second")])

    async def spoke_ago_s() -> float | None:
        async with ctx.db.connection() as connection:
            room = await service.get_room(connection, room_id)
            return (await service.standings_in(connection, room, [ada]))[ada.user_id].spoke_ago_s

    assert await spoke_ago_s() is None
    await moderation.change_settings(ctx, host, room_id, slow_mode_seconds=30)
    found = await spoke_ago_s()
    assert found is not None
    assert 0.0 <= found < 10.0
    async with ctx.db.connection() as connection:
        await connection.execute("update chat_messages set created_at = created_at - interval '31 s'")
    assert await spoke_ago_s() is None


# --- tickets ---------------------------------------------------------------------------------------------------


async def test_a_ticket_is_worth_what_its_session_is_worth(ctx: Context) -> None:
    ada = await somebody(ctx, "ada")
    suspended = await service.give_ticket(ctx, ada)
    await suspend(ctx.db, ada)
    found = await service.use_ticket(ctx, suspended)
    assert found is not None
    assert (found.principal.username, found.is_suspended) == ("ada", True)
    bob = await somebody(ctx, "bob")
    ended = await service.give_ticket(ctx, bob)
    await end_session(ctx, bob.user_id, bob.session_id)
    assert await service.use_ticket(ctx, ended) is None


@pytest.mark.parametrize("ticket", ["", "x", "a" * 10_000, "\x00", "é", "' or true --"])
async def test_a_ticket_that_was_never_given(ctx: Context, ticket: str) -> None:
    assert await service.use_ticket(ctx, ticket) is None


async def test_what_ran_out_is_forgotten_and_nothing_else(ctx: Context) -> None:
    host, ada, bob, eve = [await somebody(ctx) for _ in range(4)]
    room_id = await a_room(ctx, host)
    old, good = await service.give_ticket(ctx, ada), await service.give_ticket(ctx, bob)
    await moderation.time_out(ctx, host, room_id, ada.user_id, 60)
    await moderation.time_out(ctx, host, room_id, bob.user_id, 60)
    await moderation.ban(ctx, host, room_id, eve.user_id)
    async with ctx.db.connection() as connection:
        for node, person in (("gone", ada), ("here", bob)):
            await people_queries.put_presence.run(connection, node, [room_id], [person.user_id])
        await connection.execute("update chat_presence set seen_at = now() - interval '31 s' where node = 'gone'")
        await connection.execute(
            "update chat_tickets set expires_at = now() - interval '1 s' where user_id = $1", ada.user_id
        )
        await connection.execute(
            "update chat_sanctions set until = now() - interval '25 h' where user_id = $1", ada.user_id
        )
        await service.forget_old(ctx)
        left = {
            table: [row["user_id"] for row in await connection.fetch(f"select user_id from {table} order by user_id")]
            for table in ("chat_tickets", "chat_presence", "chat_sanctions")
        }
    assert left == {
        "chat_tickets": [bob.user_id], "chat_presence": [bob.user_id], "chat_sanctions": [bob.user_id, eve.user_id],
    }  # fmt: skip
    assert await service.use_ticket(ctx, old) is None
    assert await service.use_ticket(ctx, good) is not None


# --- who is there ----------------------------------------------------------------------------------------------


async def test_each_process_says_who_is_there_and_takes_back_only_its_own(ctx: Context) -> None:
    host, ada, bob = [await somebody(ctx, name) for name in ("host", "ada", "bob")]
    room_id, other_id = await a_room(ctx, host), await a_room(ctx, host)

    async def say(node: str, *here: tuple[UUID, Principal]) -> list[str]:
        async with ctx.db.connection() as connection:
            rooms, users = [place for place, _ in here], [person.user_id for _, person in here]
            await people_queries.put_presence.run(connection, node, rooms, users)
        rows, total = await service.members(ctx, room_id)
        assert total == len(rows)
        return [f"{row.username} {role}" for row, role in rows]

    assert await say("one", (room_id, ada), (room_id, host)) == ["ada member", "host host"]
    assert await say("two", (room_id, ada), (other_id, bob)) == ["ada member", "host host"]
    assert await say("one", (room_id, bob)) == ["ada member", "bob member"]
    assert await say("two") == ["bob member"]
    assert await say("one") == []
