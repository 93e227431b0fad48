"""SQL of public profiles, on columns of `users` that belong to this slice."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query


class ProfileRow(msgspec.Struct, frozen=True):
    """A profile as it is stored."""

    id: UUID
    username: str
    display_name: str
    bio: str
    links: list[str]
    created_at: datetime


profile_by_username = Query(
    ProfileRow,
    """
    select id, username, display_name, bio, links, created_at
    from users where lower(username) = lower($1) and suspended_at is null
    """,
)
profile = Query(ProfileRow, "select id, username, display_name, bio, links, created_at from users where id = $1")
change_profile = Command(
    """
    update users set
        display_name = coalesce($2, display_name), bio = coalesce($3, bio), links = coalesce($4::text[], links),
        updated_at = $5
    where id = $1
    """
)
