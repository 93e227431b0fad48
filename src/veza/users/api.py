"""Routes under /users: public profiles, and following the people behind them."""

from typing import Any

from litestar import Request, delete, get, put
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from veza.auth.domain import Principal
from veza.auth.guard import optional_user, signed_in
from veza.context import Context
from veza.files.domain import IMAGE_BYTES_MAX
from veza.http.envelope import Limit, Offset, Ok, ok
from veza.http.errors import documented
from veza.http.upload import open_upload
from veza.kit.page import PageRequest
from veza.users import service
from veza.users.schemas import (
    FollowAnswer,
    FollowingAnswer,
    ProfileAnswer,
    ProfileBody,
    follow_answer,
    followed_answer,
    profile_answer,
    profile_change,
)


@get(
    "/users/{username:str}",
    **optional_user,
    status_code=200,
    operation_id="getProfile",
    summary="A public profile",
    description="By username, in any case. `is_following` says whether the caller follows them; false for guests.",
    tags=["Users"],
    responses=documented(404, 503),
)
async def get_profile(
    username: FromPath[str], caller: NamedDependency[Principal | None], ctx: NamedDependency[Context]
) -> Ok[ProfileAnswer]:
    """A profile as the caller sees it."""
    caller_id = None if caller is None else caller.user_id
    return ok(profile_answer(await service.profile_of(ctx, username, caller_id)))


@put(
    "/users/me",
    **signed_in,
    status_code=200,
    operation_id="changeProfile",
    summary="Change one's own profile",
    tags=["Users"],
    responses=documented(400, 401, 403, 415, 503),
)
async def change_profile(
    data: JSONBody[ProfileBody], principal: NamedDependency[Principal], ctx: NamedDependency[Context]
) -> Ok[ProfileAnswer]:
    """Change the fields that are sent."""
    return ok(profile_answer(await service.change_profile(ctx, principal.user_id, profile_change(data))))


@put(
    "/users/me/avatar",
    **signed_in,
    status_code=200,
    operation_id="setAvatar",
    summary="Replace one's picture",
    description="JPEG, PNG, WebP or GIF, up to 20 MiB and 64 megapixels; it is re-encoded. The body is the picture "
    "itself, or a multipart form with it.",
    tags=["Users"],
    request_max_body_size=None,
    responses=documented(400, 401, 403, 413, 415, 429, 503),
)
async def set_avatar(
    request: Request[Any, Any, Any], principal: NamedDependency[Principal], ctx: NamedDependency[Context]
) -> Ok[ProfileAnswer]:
    """Take in a picture."""
    upload = await open_upload(request, None, bytes_max=IMAGE_BYTES_MAX)
    return ok(profile_answer(await service.set_avatar(ctx, principal.user_id, upload.chunks)))


@delete(
    "/users/me/avatar",
    **signed_in,
    status_code=200,
    operation_id="removeAvatar",
    summary="Remove one's picture",
    tags=["Users"],
    responses=documented(401, 403, 503),
)
async def remove_avatar(principal: NamedDependency[Principal], ctx: NamedDependency[Context]) -> Ok[ProfileAnswer]:
    """Show none any more."""
    return ok(profile_answer(await service.remove_avatar(ctx, principal.user_id)))


@get(
    "/users/me/following",
    **signed_in,
    status_code=200,
    operation_id="listFollowing",
    summary="Whom one follows",
    description="The newest first. Suspended people are left out until they are back.",
    tags=["Users"],
    responses=documented(400, 401, 403, 503),
)
async def list_following(
    principal: NamedDependency[Principal],
    ctx: NamedDependency[Context],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[FollowingAnswer]:
    """A page of whom the caller follows."""
    page = await service.list_following(ctx, principal.user_id, PageRequest(limit, offset))
    return ok(FollowingAnswer([followed_answer(person) for person in page.items], page.total, limit, offset))


@put(
    "/users/{username:str}/follow",
    **signed_in,
    status_code=200,
    operation_id="followUser",
    summary="Follow somebody",
    description="Again changes nothing. 400 `own_profile` for oneself; 409 `too_many_follows` above 5,000.",
    tags=["Users"],
    responses=documented(400, 401, 403, 404, 409, 429, 503),
)
async def follow_user(
    username: FromPath[str], principal: NamedDependency[Principal], ctx: NamedDependency[Context]
) -> Ok[FollowAnswer]:
    """Follow a person by username, in any case."""
    return ok(follow_answer(await service.follow(ctx, principal.user_id, username)))


@delete(
    "/users/{username:str}/follow",
    **signed_in,
    status_code=200,
    operation_id="unfollowUser",
    summary="Unfollow somebody",
    description="Again changes nothing. 400 `own_profile` for oneself.",
    tags=["Users"],
    responses=documented(400, 401, 403, 404, 429, 503),
)
async def unfollow_user(
    username: FromPath[str], principal: NamedDependency[Principal], ctx: NamedDependency[Context]
) -> Ok[FollowAnswer]:
    """Follow a person no longer."""
    return ok(follow_answer(await service.unfollow(ctx, principal.user_id, username)))


routes: list[BaseRouteHandler] = [
    get_profile,
    change_profile,
    set_avatar,
    remove_avatar,
    list_following,
    follow_user,
    unfollow_user,
]
"""Paths are relative to /api/v1."""
