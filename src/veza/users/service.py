"""Use cases of public profiles."""

from uuid import UUID

from veza.context import Context
from veza.kit.errors import NotFound
from veza.users import queries
from veza.users.domain import Profile, ProfileChange
from veza.users.queries import ProfileRow


async def profile_of(ctx: Context, username: str) -> Profile:
    """A profile by its username, in any case. Raises `NotFound`, also for somebody who is suspended."""
    async with ctx.db.connection() as connection:
        return _found(await queries.profile_by_username.find(connection, username))


async def change_profile(ctx: Context, user_id: UUID, change: ProfileChange) -> Profile:
    """Change what is given. Raises `Invalid`."""
    checked = change.checked()
    async with ctx.db.transaction() as tx:
        await queries.change_profile.run(tx, user_id, checked.display_name, checked.bio, checked.links, ctx.clock.now())
        return _found(await queries.profile.find(tx, user_id))


def _found(row: ProfileRow | None) -> Profile:
    if row is None:
        raise NotFound("There is no such user.")
    return Profile(row.id, row.username, row.display_name, row.bio, row.links, None, row.created_at)


async def following_among(connection: object, followed_id: UUID, user_ids: object) -> set[UUID]:
    """STUB until the branch lands."""
    return set()
