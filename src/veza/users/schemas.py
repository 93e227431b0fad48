"""Bodies of the routes under /users."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from veza.http.envelope import Body
from veza.users.domain import Profile, ProfileChange

_Text = Annotated[str, Meta(max_length=4096)]
_Link = Annotated[str, Meta(max_length=4096)]


class ProfileBody(Body, frozen=True, kw_only=True):
    """Only the fields that are sent are changed."""

    display_name: _Text | UnsetType = UNSET
    bio: _Text | UnsetType = UNSET
    links: Annotated[list[_Link], Meta(max_length=100)] | UnsetType = UNSET


class ProfileAnswer(msgspec.Struct, frozen=True):
    """What anybody may see of a user."""

    id: UUID
    username: str
    display_name: str
    bio: str
    links: list[str]
    avatar_url: str | None
    created_at: datetime


def profile_answer(profile: Profile) -> ProfileAnswer:
    """A profile, for anybody."""
    return ProfileAnswer(
        profile.id,
        profile.username,
        profile.display_name,
        profile.bio,
        profile.links,
        profile.avatar_url,
        profile.created_at,
    )


def profile_change(body: ProfileBody) -> ProfileChange:
    """What a body asks for."""
    return ProfileChange(
        display_name=None if body.display_name is UNSET else body.display_name,
        bio=None if body.bio is UNSET else body.bio,
        links=None if body.links is UNSET else body.links,
    )
