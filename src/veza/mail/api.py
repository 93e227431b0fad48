"""Routes about mail: which of it one wants, and turning a kind off from the mail itself, without logging in.

The one-click address has its word in the path, since mail programs post to what stands in a header (RFC 8058). Logs and
metrics hold the route's template, never the path.
"""

from typing import Any

from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody

from veza.auth.domain import Principal
from veza.auth.guard import public, signed_in
from veza.context import Context
from veza.http.envelope import Nothing, Ok, nothing, ok
from veza.http.errors import documented
from veza.kit.errors import Invalid
from veza.mail import preferences
from veza.mail.domain import ONE_CLICK, unsubscribe_page
from veza.mail.schemas import NotificationsAnswer, NotificationsBody, UnsubscribeBody

TAGS = ["Users"]


@get(
    "/users/me/notifications",
    **signed_in,
    operation_id="getNotifications",
    summary="Which mail one asked for",
    tags=TAGS,
    responses=documented(401, 403, 503),
)
async def get_notifications(
    principal: NamedDependency[Principal], ctx: NamedDependency[Context]
) -> Ok[NotificationsAnswer]:
    """None, until one asks."""
    return ok(NotificationsAnswer(await preferences.wants_stream_live(ctx, principal.user_id)))


@put(
    "/users/me/notifications",
    **signed_in,
    operation_id="setNotifications",
    summary="Ask for mail, or for none",
    description="Such mail goes to confirmed addresses only.",
    tags=TAGS,
    responses=documented(400, 401, 403, 415, 503),
)
async def set_notifications(
    data: JSONBody[NotificationsBody], principal: NamedDependency[Principal], ctx: NamedDependency[Context]
) -> Ok[NotificationsAnswer]:
    """Say which."""
    await preferences.set_stream_live(ctx, principal.user_id, wanted=data.stream_live)
    return ok(NotificationsAnswer(data.stream_live))


@post(
    "/mail/unsubscribe",
    **public,
    status_code=200,
    operation_id="unsubscribe",
    summary="Turn a kind of mail off, by the link in it",
    description="No log-in is needed; again changes nothing. 404 for a token that is not ours.",
    tags=TAGS,
    responses=documented(400, 404, 415, 503),
)
async def unsubscribe(data: JSONBody[UnsubscribeBody], ctx: NamedDependency[Context]) -> Ok[Nothing]:
    """Send no more of it."""
    await preferences.unsubscribe(ctx, data.token)
    return nothing()


@post(
    "/mail/unsubscribe/{token:str}",
    **public,
    status_code=200,
    operation_id="unsubscribeByOneClick",
    summary="Turn a kind of mail off, by a mail program",
    description="For the button of mail programs (RFC 8058): a form with `List-Unsubscribe=One-Click`. No log-in, no "
    "question; again changes nothing.",
    tags=TAGS,
    responses=documented(400, 404, 503),
)
async def unsubscribe_by_one_click(
    request: Request[Any, Any, Any], token: FromPath[str], ctx: NamedDependency[Context]
) -> Ok[Nothing]:
    """Send no more of it. The form may be urlencoded or multipart: both hold the two words as they are."""
    preferences.read_word(ctx, token)
    body = await request.body()
    if not all(word in body for word in ONE_CLICK.encode().split(b"=")):
        raise Invalid(f"The form must hold {ONE_CLICK}.")
    await preferences.unsubscribe(ctx, token)
    return nothing()


@get(
    "/mail/unsubscribe/{token:str}",
    **public,
    status_code=303,
    operation_id="openUnsubscribePage",
    summary="Where to turn a kind of mail off",
    description="For mail programs without such a button, which open the address: leads to the page that asks. Changes "
    "nothing by itself.",
    tags=TAGS,
    responses=documented(404, 503),
)
async def open_unsubscribe_page(token: FromPath[str], ctx: NamedDependency[Context]) -> Response[None]:
    """To the web app, with the token where no server sees it."""
    preferences.read_word(ctx, token)
    return Response(None, status_code=303, headers={"Location": unsubscribe_page(ctx.settings.public_url, token)})


routes: list[BaseRouteHandler] = [
    get_notifications,
    set_notifications,
    unsubscribe,
    unsubscribe_by_one_click,
    open_unsubscribe_page,
]
"""Paths are relative to /api/v1."""
