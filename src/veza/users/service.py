"""Use cases of public profiles and of who follows whom; at the end, the door for the slices above."""

from collections.abc import AsyncIterator, Iterable
from uuid import UUID

import msgspec

from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.files import service as files
from veza.files.domain import ObjectKind, media_url
from veza.files.pictures import SMALL_PX, receive_picture
from veza.http.rate_limit import RateLimits, Rule
from veza.kit.errors import NotFound
from veza.kit.page import Page, PageRequest
from veza.users import domain, queries
from veza.users.domain import FOLLOW_CHANGES_PER_MINUTE, FOLLOW_CHANNEL, Follow, Followed, Profile, ProfileChange
from veza.users.queries import ProfileRow

FOLLOW_RULE = Rule("follow", FOLLOW_CHANGES_PER_MINUTE, 60)
AVATAR_RULE = Rule("avatar", 60, 3600)


async def profile_of(ctx: Context, username: str, caller_id: UUID | None = None) -> Profile:
    """A profile by its username, in any case, as `caller_id` sees it (None: a guest).

    Raises `NotFound`, also for somebody who is suspended.
    """
    async with ctx.db.connection() as connection:
        return _found(await queries.profile_by_username.find(connection, username, caller_id))


async def change_profile(ctx: Context, user_id: UUID, change: ProfileChange) -> Profile:
    """Change what is given. Raises `Invalid`."""
    checked = change.checked()
    async with ctx.db.transaction() as tx:
        await queries.change_profile.run(tx, user_id, checked.display_name, checked.bio, checked.links, ctx.clock.now())
        return _found(await queries.profile.find(tx, user_id))


async def set_avatar(ctx: Context, user_id: UUID, chunks: AsyncIterator[bytes]) -> Profile:
    """Replace one's picture, re-encoded. Raises `UnsupportedMedia`, `TooLarge`, `Invalid` (empty), `TooMany`."""
    await RateLimits(ctx.db).hit(AVATAR_RULE, str(user_id))
    (picture,) = await receive_picture(ctx, user_id, ObjectKind.AVATAR, chunks, [SMALL_PX])
    try:
        async with ctx.db.transaction() as tx:
            before = await queries.lock_avatar.find(tx, user_id)
            await files.keep(tx, picture)
            await queries.set_avatar.run(tx, user_id, picture.id, ctx.clock.now())
            await files.discard(tx, [before])
            return _found(await queries.profile.find(tx, user_id))
    except Exception:
        await files.abandon(ctx, picture.id)
        raise


async def remove_avatar(ctx: Context, user_id: UUID) -> Profile:
    """Show no picture any more; again changes nothing."""
    async with ctx.db.transaction() as tx:
        before = await queries.lock_avatar.find(tx, user_id)
        await queries.set_avatar.run(tx, user_id, None, ctx.clock.now())
        await files.discard(tx, [before])
        return _found(await queries.profile.find(tx, user_id))


# --- follows ---------------------------------------------------------------------------------------------------


async def follow(ctx: Context, follower_id: UUID, username: str) -> Follow:
    """Follow somebody; again changes nothing.

    Raises `NotFound`, `Invalid` (`own_profile`), `Conflict` (`too_many_follows`), `TooMany`.
    """
    await RateLimits(ctx.db).hit(FOLLOW_RULE, str(follower_id))
    async with ctx.db.transaction() as tx:
        followed_id = await _hold_other(tx, follower_id, username)
        await queries.lock_follower.run(tx, str(follower_id))
        if not await queries.is_following.find(tx, follower_id, followed_id):
            domain.require_room(await queries.count_follows.find(tx, follower_id) or 0)
            await queries.insert_follow.run(tx, follower_id, followed_id, ctx.clock.now())
            await _announce(ctx, tx, follower_id, followed_id)
        return Follow(following=True, follower_count=await queries.follower_count.find(tx, followed_id) or 0)


async def unfollow(ctx: Context, follower_id: UUID, username: str) -> Follow:
    """Follow somebody no longer; again changes nothing. Raises `NotFound`, `Invalid` (`own_profile`), `TooMany`."""
    await RateLimits(ctx.db).hit(FOLLOW_RULE, str(follower_id))
    async with ctx.db.transaction() as tx:
        followed_id = await _hold_other(tx, follower_id, username)
        if await queries.delete_follow.run(tx, follower_id, followed_id):
            await _announce(ctx, tx, follower_id, followed_id)
        return Follow(following=False, follower_count=await queries.follower_count.find(tx, followed_id) or 0)


async def list_following(ctx: Context, follower_id: UUID, page: PageRequest) -> Page[Followed]:
    """Whom somebody follows, the newest first. Suspended people are left out until they are back."""
    async with ctx.db.connection() as connection:
        rows = await queries.following.list(connection, follower_id, page.limit, page.offset)
        total = await queries.count_following.find(connection, follower_id) or 0
    people = [
        Followed(row.id, row.username, row.display_name, media_url(row.avatar_id), row.followed_at) for row in rows
    ]
    return Page(people, total, page.limit, page.offset)


async def _hold_other(tx: Tx, follower_id: UUID, username: str) -> UUID:
    followed_id = await queries.hold_person.find(tx, username)
    if followed_id is None:
        raise _no_such_user()
    domain.require_other(follower_id, followed_id)
    return followed_id


async def _announce(ctx: Context, tx: Tx, follower_id: UUID, followed_id: UUID) -> None:
    """Tell all processes, with the commit, that this pair changed."""
    note = msgspec.json.encode({"follower_id": follower_id, "followed_id": followed_id}).decode()
    await ctx.bus.announce(tx, FOLLOW_CHANNEL, note)


# --- the door --------------------------------------------------------------------------------------------------


async def following_among(connection: Connection, followed_id: UUID, user_ids: Iterable[UUID]) -> set[UUID]:
    """Those of `user_ids` who follow `followed_id`."""
    asked = list(user_ids)
    rows = await queries.followers_among.list(connection, followed_id, asked) if asked else []
    return {row.id for row in rows}


async def followed_by(connection: Connection, follower_id: UUID) -> set[UUID]:
    """Whom somebody follows, without suspended people: at most `FOLLOWS_MAX`."""
    return {row.id for row in await queries.followed_ids.list(connection, follower_id)}


async def forget_profile(tx: Tx, user_id: UUID) -> None:
    """Somebody's account is being deleted: nothing of what they said of themselves stays."""
    before = await queries.lock_avatar.find(tx, user_id)
    await queries.forget_profile.run(tx, user_id)
    await files.discard(tx, [before])


async def forget_follows(tx: Tx, user_id: UUID, limit: int) -> int:
    """Take away so many of whom a deleted account follows and is followed by. Answers how many were left to take."""
    return await queries.delete_some_follows.run(tx, user_id, limit)


async def followers_after(connection: Connection, followed_id: UUID, after_id: UUID | None, limit: int) -> list[UUID]:
    """Who follows somebody, in the order of their ids, from the one after `after_id`."""
    return [row.id for row in await queries.followers_after.list(connection, followed_id, after_id, limit)]


def _found(row: ProfileRow | None) -> Profile:
    if row is None:
        raise _no_such_user()
    return Profile(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        bio=row.bio,
        links=row.links,
        avatar_url=media_url(row.avatar_id),
        follower_count=row.follower_count,
        following_count=row.following_count,
        is_following=row.is_following,
        created_at=row.created_at,
    )


def _no_such_user() -> NotFound:
    return NotFound("There is no such user.")
