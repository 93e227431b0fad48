"""Who follows whom when many ask at once, when accounts go, and as other slices hear and ask of it."""

import asyncio
import json

import asyncpg
import pytest
from tests.factories.accounts import a_person

from veza.auth.domain import Principal
from veza.context import Context
from veza.kit.errors import Conflict
from veza.kit.ids import new_id
from veza.kit.page import PageRequest
from veza.users import service
from veza.users.domain import FOLLOW_CHANNEL, FOLLOWS_MAX, Follow


@pytest.fixture
async def fan(ctx: Context) -> Principal:
    return await a_person(ctx.db, "fan")


@pytest.fixture
async def artist(ctx: Context) -> Principal:
    return await a_person(ctx.db, "artist")


async def counts(ctx: Context, username: str) -> tuple[int, int]:
    """(followers, following), as the profile says."""
    profile = await service.profile_of(ctx, username)
    return profile.follower_count, profile.following_count


async def delete_account(ctx: Context, person: Principal) -> None:
    async with ctx.db.connection() as connection:
        await connection.execute("delete from users where id = $1", person.user_id)


async def follow_a_crowd(ctx: Context, fan: Principal, amount: int) -> None:
    """Let `fan` follow `amount` new people, `crowd_1` and so on, without asking the service."""
    async with ctx.db.connection() as connection:
        await connection.execute(
            """
            insert into users (id, username, email, email_key, password_hash, created_at, updated_at)
            select gen_random_uuid(), name, name || '@example.com', name, 'none', now(), now()
            from (select 'crowd_' || n as name from generate_series(1, $1::int) n) t
            """,
            amount,
        )
        await connection.execute(
            "insert into follows select $1, id, now() from users where username like 'crowd\\_%'", fan.user_id
        )


@pytest.mark.usefixtures("artist")
async def test_the_same_wish_many_times_at_once_counts_once(ctx: Context, fan: Principal) -> None:
    answers = await asyncio.gather(*(service.follow(ctx, fan.user_id, "artist") for _ in range(20)))
    assert answers == [Follow(following=True, follower_count=1)] * 20
    assert await counts(ctx, "artist") == (1, 0)
    answers = await asyncio.gather(*(service.unfollow(ctx, fan.user_id, "artist") for _ in range(20)))
    assert answers == [Follow(following=False, follower_count=0)] * 20
    assert await counts(ctx, "artist") == (0, 0)


async def test_a_crowd_that_comes_and_goes_at_once_is_counted_right(ctx: Context, artist: Principal) -> None:
    crowd = [await a_person(ctx.db) for _ in range(20)]
    staying, leaving = crowd[:12], crowd[12:]
    for person in leaving:
        await service.follow(ctx, person.user_id, "artist")
    await asyncio.gather(
        *(service.follow(ctx, person.user_id, "artist") for person in staying),
        *(service.unfollow(ctx, person.user_id, "artist") for person in leaving),
        *(service.follow(ctx, artist.user_id, person.username) for person in staying),  # each other, crosswise
    )
    assert await counts(ctx, "artist") == (12, 12)
    assert {await counts(ctx, person.username) for person in staying} == {(1, 1)}


async def test_one_person_follows_at_most_so_many(ctx: Context, fan: Principal, artist: Principal) -> None:
    await follow_a_crowd(ctx, fan, FOLLOWS_MAX - 1)
    others = [artist, *[await a_person(ctx.db) for _ in range(3)]]
    made = await asyncio.gather(
        *(service.follow(ctx, fan.user_id, person.username) for person in others), return_exceptions=True
    )
    assert [answer.code for answer in made if isinstance(answer, Conflict)] == ["too_many_follows"] * 3
    assert (await service.profile_of(ctx, "fan")).following_count == FOLLOWS_MAX
    assert (await service.follow(ctx, fan.user_id, "crowd_1")).following  # again is no more
    await service.unfollow(ctx, fan.user_id, "crowd_1")
    assert (await service.follow(ctx, fan.user_id, "crowd_1")).following
    assert (await service.list_following(ctx, fan.user_id, PageRequest(100, 0))).total == FOLLOWS_MAX


@pytest.mark.parametrize("who", ["follower", "followed"])
async def test_a_deleted_account_is_subtracted(ctx: Context, fan: Principal, artist: Principal, who: str) -> None:
    friend = await a_person(ctx.db, "friend")
    for follower, followed in ((fan, artist), (fan, friend), (friend, artist), (artist, friend)):
        await service.follow(ctx, follower.user_id, followed.username)
    await delete_account(ctx, fan if who == "follower" else artist)
    if who == "follower":
        assert await counts(ctx, "artist") == (1, 1)
        assert await counts(ctx, "friend") == (1, 1)
    else:
        assert await counts(ctx, "friend") == (1, 0)
        assert await counts(ctx, "fan") == (0, 1)


async def test_nobody_follows_themselves_whoever_asks(ctx: Context, fan: Principal) -> None:
    async with ctx.db.connection() as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("insert into follows values ($1, $1, now())", fan.user_id)


async def test_each_real_change_is_told_with_the_commit(
    ctx: Context, fan: Principal, artist: Principal, dsn: str
) -> None:
    heard: list[dict[str, str]] = []
    listener = await asyncpg.connect(dsn)
    await listener.add_listener(FOLLOW_CHANNEL, lambda _c, _p, _ch, payload: heard.append(json.loads(str(payload))))
    for change in (service.follow, service.follow, service.unfollow, service.unfollow):
        await change(ctx, fan.user_id, "artist")
    await listener.execute("select 1")  # notes stand before this answer on the same connection
    await listener.close()
    assert heard == [{"follower_id": str(fan.user_id), "followed_id": str(artist.user_id)}] * 2


async def test_a_slice_asks_who_of_many_follows_somebody(ctx: Context, fan: Principal, artist: Principal) -> None:
    stranger = await a_person(ctx.db)
    await service.follow(ctx, fan.user_id, "artist")
    await service.follow(ctx, artist.user_id, stranger.username)
    asked = (person for person in (fan.user_id, stranger.user_id, artist.user_id, new_id()))
    async with ctx.db.transaction() as tx:
        assert await service.following_among(tx, artist.user_id, asked) == {fan.user_id}
        assert await service.following_among(tx, artist.user_id, []) == set()
        assert await service.following_among(tx, new_id(), [fan.user_id]) == set()
