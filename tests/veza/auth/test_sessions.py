"""What a process remembers of sessions: not for long, not too many, and never what was read before a change."""

import asyncio
from collections.abc import Callable

import pytest
from tests.factories.api import PASSWORD
from tests.factories.clock import TurnableClock

from veza.auth import service, sessions
from veza.auth.service import Device, Tokens
from veza.auth.sessions import MAX_AGE_S, SessionMemory, session_memory
from veza.auth.tokens import read_access_token
from veza.context import Context
from veza.kit.ids import new_id


async def a_login(ctx: Context) -> Tokens:
    await service.create_user(ctx, username="johndoe", email="john@example.com", password=PASSWORD)
    return await service.log_in(
        ctx, email="john@example.com", password=PASSWORD, remember_me=False, device=Device("203.0.113.7", "a test")
    )


async def test_a_reading_is_used_again_until_it_is_old(ctx: Context, clock: TurnableClock) -> None:
    session_id = read_access_token(ctx, (await a_login(ctx)).access_token).session_id
    memory = SessionMemory()
    first = await memory.find(ctx, session_id)
    assert first is not None
    assert await memory.find(ctx, session_id) is first
    clock.turn(MAX_AGE_S)
    assert await memory.find(ctx, session_id) is not first


@pytest.mark.parametrize(
    "forget",
    [
        lambda memory, session_id, user_id: memory.forget_session(session_id),
        lambda memory, session_id, user_id: memory.forget_user(user_id),
    ],
)
async def test_what_was_read_before_a_change_is_not_remembered_after_it(
    ctx: Context, forget: Callable[[SessionMemory, object, object], None]
) -> None:
    tokens = await a_login(ctx)
    session_id = read_access_token(ctx, tokens.access_token).session_id
    memory = SessionMemory()
    async with asyncio.TaskGroup() as group, ctx.db.transaction() as tx:
        await tx.execute("lock table sessions in access exclusive mode")  # the reading cannot end before this does
        reading = group.create_task(memory.find(ctx, session_id))
        await tx.execute("select 1")  # by now it has begun
        forget(memory, session_id, tokens.user.id)
    before = reading.result()
    assert before is not None
    assert await memory.find(ctx, session_id) is not before


async def test_the_memory_is_bounded(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_REMEMBERED", 3)
    memory = SessionMemory()
    for _ in range(5):
        assert await memory.find(ctx, new_id()) is None
    assert len(memory._known) == 3


def test_there_is_one_memory_per_database(ctx: Context) -> None:
    assert session_memory(ctx.db) is session_memory(ctx.db)
