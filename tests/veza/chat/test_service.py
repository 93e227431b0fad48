"""A room is made with what it belongs to, or not at all."""

import asyncpg
import pytest
from tests.factories.accounts import a_person

from veza.chat import service
from veza.chat.domain import RoomSettings
from veza.context import Context
from veza.kit.ids import new_id


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
