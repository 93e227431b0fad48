"""SQL of public profiles, on columns of `users` that belong to this slice, and of who follows whom."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class ProfileRow(msgspec.Struct, frozen=True):
    """A profile as it is stored."""

    id: UUID
    username: str
    display_name: str
    bio: str
    links: list[str]
    avatar_id: UUID | None
    follower_count: int
    following_count: int
    is_following: bool
    created_at: datetime


class PersonRow(msgspec.Struct, frozen=True):
    """Somebody's id."""

    id: UUID


class FollowedRow(msgspec.Struct, frozen=True):
    """Somebody in the list of whom one follows."""

    id: UUID
    username: str
    display_name: str
    avatar_id: UUID | None
    followed_at: datetime


profile_by_username = Query(
    ProfileRow,
    """
    select u.id, u.username, u.display_name, u.bio, u.links, u.avatar_id, u.follower_count,
           (select count(*) from follows f where f.follower_id = u.id and not exists
                (select from users s where s.id = f.followed_id and s.suspended_at is not null)) as following_count,
           exists (select from follows f where f.follower_id = $2 and f.followed_id = u.id) as is_following,
           u.created_at
    from users u where lower(u.username) = lower($1) and u.suspended_at is null
    """,
)
profile = Query(
    ProfileRow,
    """
    select u.id, u.username, u.display_name, u.bio, u.links, u.avatar_id, u.follower_count,
           (select count(*) from follows f where f.follower_id = u.id and not exists
                (select from users s where s.id = f.followed_id and s.suspended_at is not null)) as following_count,
           false as is_following, u.created_at
    from users u where u.id = $1
    """,
)
"""As its owner sees it."""
change_profile = Command(
    """
    update users set
        display_name = coalesce($2, display_name), bio = coalesce($3, bio), links = coalesce($4::text[], links),
        updated_at = $5
    where id = $1
    """
)

lock_avatar = Value(UUID, "select avatar_id from users where id = $1 for no key update")
set_avatar = Command("update users set avatar_id = $2, updated_at = $3 where id = $1")

forget_profile = Command("update users set display_name = '', bio = '', links = '{}', avatar_id = null where id = $1")

# --- follows ---------------------------------------------------------------------------------------------------

hold_person = Value(
    UUID, "select id from users where lower(username) = lower($1) and suspended_at is null for key share"
)
"""Held until the transaction ends: nobody is deleted between being found and being followed."""
lock_follower = Command("select pg_advisory_xact_lock(hashtextextended('veza.follows.' || $1::text, 0))")
is_following = Value(bool, "select exists (select from follows where follower_id = $1 and followed_id = $2)")
count_follows = Value(int, "select count(*) from follows where follower_id = $1")
insert_follow = Command("insert into follows (follower_id, followed_id, created_at) values ($1, $2, $3)")
delete_follow = Command("delete from follows where follower_id = $1 and followed_id = $2")
follower_count = Value(int, "select follower_count from users where id = $1")
following = Query(
    FollowedRow,
    """
    select u.id, u.username, u.display_name, u.avatar_id, f.created_at as followed_at
    from follows f join users u on u.id = f.followed_id
    where f.follower_id = $1 and u.suspended_at is null
    order by f.created_at desc, f.followed_id desc
    limit $2 offset $3
    """,
)
count_following = Value(
    int,
    """
    select count(*) from follows f where f.follower_id = $1 and not exists
        (select from users s where s.id = f.followed_id and s.suspended_at is not null)
    """,
)
followed_ids = Query(
    PersonRow,
    """
    select f.followed_id as id from follows f where f.follower_id = $1 and not exists
        (select from users s where s.id = f.followed_id and s.suspended_at is not null)
    """,
)
followers_among = Query(
    PersonRow, "select follower_id as id from follows where followed_id = $1 and follower_id = any($2::uuid[])"
)
followers_after = Query(
    PersonRow,
    """
    select follower_id as id from follows where followed_id = $1 and ($2::uuid is null or follower_id > $2)
    order by follower_id limit $3
    """,
)
delete_some_follows = Command(
    """
    delete from follows where (follower_id, followed_id) in (
        (select follower_id, followed_id from follows where follower_id = $1 limit $2)
        union all
        (select follower_id, followed_id from follows where followed_id = $1 limit $2)
        limit $2)
    """
)
