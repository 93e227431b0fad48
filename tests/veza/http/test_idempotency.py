"""The same key and body give the same resource, once."""

from uuid import UUID

import anyio
import pytest

from veza.db.pool import Database
from veza.http.idempotency import Claim, claim, release
from veza.kit.errors import Conflict, Invalid
from veza.kit.ids import new_id

USER = UUID("01890000-0000-7000-8000-000000000001")


async def ask(db: Database, key: str | None = "k", body: bytes = b"{}", user: UUID = USER) -> Claim | None:
    return await claim(db, user_id=user, route="POST /orders", key=key, body=body)


async def make(db: Database, owned: Claim | None) -> UUID:
    assert owned is not None
    made = new_id()
    async with db.transaction() as tx:
        await owned.finish(tx, made)
    return made


async def test_a_request_without_a_key_is_left_alone(database: Database) -> None:
    assert await ask(database, key=None) is None


async def test_a_repeated_request_gets_what_the_first_made(database: Database) -> None:
    made = await make(database, await ask(database))
    again = await ask(database)
    assert again is not None
    assert again.resource_id == made


async def test_another_body_is_a_conflict(database: Database) -> None:
    await make(database, await ask(database))
    with pytest.raises(Conflict) as caught:
        await ask(database, body=b'{"other":1}')
    assert caught.value.code == "idempotency_conflict"


async def test_another_users_key_is_another_key(database: Database) -> None:
    await make(database, await ask(database))
    other = await ask(database, user=new_id(), body=b'{"other":1}')
    assert other is not None
    assert other.resource_id is None


async def test_of_fifty_at_once_one_runs(database: Database) -> None:
    owned: list[Claim] = []
    codes: list[str] = []

    async def one() -> None:
        try:
            found = await ask(database)
        except Conflict as error:
            codes.append(error.code)
        else:
            assert found is not None
            owned.append(found)

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(one)
    assert len(owned) == 1
    assert codes == ["idempotency_in_progress"] * 49


async def test_a_refused_request_gives_its_key_back(database: Database) -> None:
    first = await ask(database)
    assert first is not None
    await release(database, first)
    corrected = await ask(database, body=b'{"corrected":1}')
    assert corrected is not None
    assert corrected.resource_id is None


async def test_a_crashed_request_can_be_taken_over_with_the_same_body_only(database: Database) -> None:
    await ask(database)
    async with database.connection() as connection:
        await connection.execute("update idempotency_keys set locked_until = now() - interval '1 second'")
    with pytest.raises(Conflict):
        await ask(database, body=b'{"other":1}')
    taken = await ask(database)
    assert taken is not None
    assert taken.resource_id is None


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "nul\0"])
async def test_a_key_that_cannot_be_is_refused(database: Database, key: str) -> None:
    with pytest.raises(Invalid):
        await ask(database, key=key)
