"""Bodies of the routes under /users."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from veza.http.envelope import Body
from veza.users.domain import Follow, Followed, Profile, ProfileChange

_Text = Annotated[str, Meta(max_length=4096)]
_Link = Annotated[str, Meta(max_length=4096)]


class ProfileBody(Body, frozen=True, kw_only=True):
    """Only the fields that are sent are changed."""

    display_name: _Text | UnsetType = UNSET
    bio: _Text | UnsetType = UNSET
    links: Annotated[list[_Link], Meta(max_length=100)] | UnsetType = UNSET


class ProfileAnswer(msgspec.Struct, frozen=True):
    """What anybody may see of a user. `is_following`: the caller follows them; false for guests."""

    id: UUID
    username: str
    display_name: str
    bio: str
    links: list[str]
    avatar_url: str | None
    follower_count: int
    following_count: int
    is_following: bool
    created_at: datetime


class FollowAnswer(msgspec.Struct, frozen=True):
    """Whether the caller follows them now, and how many do."""

    following: bool
    follower_count: int


class FollowedAnswer(msgspec.Struct, frozen=True):
    """Somebody whom the caller follows, since `followed_at`."""

    id: UUID
    username: str
    display_name: str
    avatar_url: str | None
    followed_at: datetime


class FollowingAnswer(msgspec.Struct, frozen=True):
    """A page of whom the caller follows."""

    users: list[FollowedAnswer]
    total: int
    limit: int
    offset: int


def profile_answer(profile: Profile) -> ProfileAnswer:
    """A profile, for anybody."""
    return ProfileAnswer(
        profile.id,
        profile.username,
        profile.display_name,
        profile.bio,
        profile.links,
        profile.avatar_url,
        profile.follower_count,
        profile.following_count,
        profile.is_following,
        profile.created_at,
    )


def follow_answer(follow: Follow) -> FollowAnswer:
    """Where the caller stands with somebody."""
    return FollowAnswer(follow.following, follow.follower_count)


def followed_answer(person: Followed) -> FollowedAnswer:
    """One entry of the list."""
    return FollowedAnswer(person.id, person.username, person.display_name, person.avatar_url, person.followed_at)


def profile_change(body: ProfileBody) -> ProfileChange:
    """What a body asks for."""
    return ProfileChange(
        display_name=None if body.display_name is UNSET else body.display_name,
        bio=None if body.bio is UNSET else body.bio,
        links=None if body.links is UNSET else body.links,
    )
