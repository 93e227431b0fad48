"""Routes under /users: public profiles."""

from litestar import get, put
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody

from veza.auth.domain import Principal
from veza.auth.guard import public, signed_in
from veza.context import Context
from veza.http.envelope import Ok, ok
from veza.http.errors import documented
from veza.users import service
from veza.users.schemas import ProfileAnswer, ProfileBody, profile_answer, profile_change


@get(
    "/users/{username:str}",
    **public,
    status_code=200,
    operation_id="getProfile",
    summary="A public profile",
    tags=["Users"],
    responses=documented(404, 503),
)
async def get_profile(username: FromPath[str], ctx: NamedDependency[Context]) -> Ok[ProfileAnswer]:
    """A profile by username, in any case."""
    return ok(profile_answer(await service.profile_of(ctx, username)))


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


routes: list[BaseRouteHandler] = [get_profile, change_profile]
"""Paths are relative to /api/v1."""
