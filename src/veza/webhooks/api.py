"""Routes by which the providers tell us things (api.md, webhooks). No session: the signature says who speaks."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from veza.auth.guard import public
from veza.context import Context
from veza.http.envelope import Nothing, Ok, nothing
from veza.http.errors import documented
from veza.webhooks import service
from veza.webhooks.domain import BODY_BYTES_MAX, Provider

TAGS = ["Webhooks"]


@post(
    "/webhooks/hyperswitch",
    operation_id="receiveHyperswitchEvent",
    summary="Take an event of Hyperswitch",
    description=(
        "Signed by `X-Webhook-Signature-512` or `X-Hyperswitch-Signature`: hex HMAC-SHA512 of the exact body. Stored "
        "once and answered at once; applied by the worker."
    ),
    tags=TAGS,
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
    responses=documented(401, 404),
    **public,
)
async def receive_hyperswitch_event(request: Request[Any, Any, Any], ctx: NamedDependency[Context]) -> Ok[Nothing]:
    """Verified over the raw bytes."""
    await service.receive(ctx, Provider.HYPERSWITCH, await request.body(), request.headers)
    return nothing()


@post(
    "/webhooks/stripe",
    operation_id="receiveStripeEvent",
    summary="Take an event of Stripe",
    description="Signed by `Stripe-Signature`, of the account's or of the Connect endpoint.",
    tags=TAGS,
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
    responses=documented(401, 404),
    **public,
)
async def receive_stripe_event(request: Request[Any, Any, Any], ctx: NamedDependency[Context]) -> Ok[Nothing]:
    """Verified over the raw bytes."""
    await service.receive(ctx, Provider.STRIPE, await request.body(), request.headers)
    return nothing()


routes: list[BaseRouteHandler] = [receive_hyperswitch_event, receive_stripe_event]
