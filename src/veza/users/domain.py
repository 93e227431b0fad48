"""What a public profile may hold, and who may follow whom. Accounts, names and roles are `auth`'s."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from veza.kit.errors import Conflict, FieldProblem, Invalid

DISPLAY_NAME_MAX = 60
BIO_MAX = 2000
LINKS_MAX = 10
LINK_MAX = 200
FOLLOWS_MAX = 5_000
"""Whom one person may follow: lists and counts of it are read at once."""
FOLLOW_CHANGES_PER_MINUTE = 60

FOLLOW_CHANNEL = "veza_follow"
"""Bus topic: `{"follower_id", "followed_id"}` as JSON, at each change of who follows whom."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What anybody may see of a user. An empty `display_name` means: show the username.

    `is_following`: the person who asks follows this one.
    """

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


@dataclass(frozen=True, slots=True)
class Follow:
    """Where somebody stands with another person, and how many follow that person now."""

    following: bool
    follower_count: int


@dataclass(frozen=True, slots=True)
class Followed:
    """Somebody in the list of whom one follows."""

    id: UUID
    username: str
    display_name: str
    avatar_url: str | None
    followed_at: datetime


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """The fields to change; None leaves one as it is."""

    display_name: str | None = None
    bio: str | None = None
    links: list[str] | None = None

    def checked(self) -> "ProfileChange":
        """The same, trimmed. Raises `Invalid` with every field that is wrong."""
        name = None if self.display_name is None else self.display_name.strip()
        bio = None if self.bio is None else self.bio.replace("\r\n", "\n").strip()
        links = None if self.links is None else [link.strip() for link in self.links]
        problems: list[FieldProblem] = []
        if name is not None and (len(name) > DISPLAY_NAME_MAX or not name.isprintable()):
            problems.append(FieldProblem("display_name", f"must be at most {DISPLAY_NAME_MAX} printable characters"))
        if bio is not None and (len(bio) > BIO_MAX or not bio.replace("\n", "").replace("\t", "").isprintable()):
            problems.append(FieldProblem("bio", f"must be at most {BIO_MAX:,} printable characters"))
        if links is not None and len(links) > LINKS_MAX:
            problems.append(FieldProblem("links", f"must be at most {LINKS_MAX}"))
        problems.extend(
            FieldProblem(f"links.{index}", f"must be a web address of at most {LINK_MAX} characters")
            for index, link in enumerate(links or [])
            if not is_web_address(link)
        )
        if problems:
            raise Invalid("Some fields are not right.", *problems[: LINKS_MAX + 3])
        return ProfileChange(name, bio, links)


def require_other(follower_id: UUID, followed_id: UUID) -> None:
    """Raise `Invalid` (`own_profile`) when somebody would follow themselves."""
    if follower_id == followed_id:
        raise Invalid("You cannot follow yourself.", code="own_profile")


def require_room(following: int) -> None:
    """Raise `Conflict` (`too_many_follows`) for somebody who follows as many as one may."""
    if following >= FOLLOWS_MAX:
        raise Conflict(f"You follow {FOLLOWS_MAX:,} people. Unfollow somebody first.", code="too_many_follows")


def is_web_address(text: str) -> bool:
    """Whether a link may be shown: http or https, a host, no login inside, nothing that cannot be printed."""
    if not 0 < len(text) <= LINK_MAX or not text.isprintable() or " " in text or "\\" in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
