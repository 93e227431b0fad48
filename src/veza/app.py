"""The one list of routers, static files and root aliases, behind one outer layer. Nothing else knows them all."""

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Router
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

import veza.about.api
import veza.accounts.api
import veza.admin.api
import veza.admin.money_api
import veza.auth.api
import veza.auth.recovery_api
import veza.auth.totp_api
import veza.chat.api
import veza.chat.moderation_api
import veza.entitlements.api
import veza.files.api
import veza.health.api
import veza.invoices.api
import veza.live.api
import veza.mail.api
import veza.orders.api
import veza.products.api
import veza.products.selling_api
import veza.recordings.api
import veza.refunds.api
import veza.reviews.api
import veza.sellers.api
import veza.users.api
import veza.webhooks.api
from veza.about.api import BODY_BYTES_MAX
from veza.about.openapi import document
from veza.auth.guard import POLICIES, provide_caller, provide_principal
from veza.context import Context
from veza.health.service import HealthService
from veza.http.errors import documented, on_error
from veza.http.outer import Outer
from veza.http.protocol import WHOLE
from veza.http.request import StrictRequest
from veza.http.response import JsonResponse
from veza.http.static import StaticFiles
from veza.kit.errors import NotFound
from veza.kit.lifespan import live

PREFIX = "/api/v1"
ROOT_ALIASES = ("/health", "/health/deep", "/healthz", "/readyz", "/metrics")
"""Deprecated addresses without the prefix (the deprecated ones): the same code, the same limits."""
SIGNED_IN = frozenset({"signed_in", "staff", "admin_only"})
DEPRECATED_SINCE = b"@1767225600"
"""2026-01-01 as RFC 9745 writes it."""

_OTHER_SPELLING = re.compile(r"/(?:\{[^/]*|[0-9A-Fa-f]{32}|urn:[^/]*)(?:/|$)")
"""Ids have one spelling, 36 characters; Litestar's converter would also take braces, URNs and no hyphens."""
_BEARER = SecurityScheme(
    type="http", scheme="bearer", bearer_format="JWT", description="The `access_token` of register, login or refresh."
)

Send = Callable[[Any], Awaitable[None]]


class VezaApp:
    """The ASGI application of the api process. `health.draining` turns readiness off before the server stops."""

    def __init__(self, ctx: Context, web_dist: Path) -> None:
        self.health = HealthService(ctx)
        self.litestar = the_api()
        self._ctx = ctx
        self._static = _web_app(web_dist)
        self._http = Outer(self._route, ctx.settings)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":  # not Litestar's: it has nothing to start, and may serve several of us
            await live(receive, send)

    async def _route(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        scope["state"].update(ctx=self._ctx, health=self.health)
        if path.startswith("/api/"):
            if _OTHER_SPELLING.search(path):
                scope["state"]["unrouted"] = True
                raise NotFound("There is nothing here.")
            await self.litestar(scope, receive, send)
        elif path in ROOT_ALIASES:
            scope = {**scope, "path": PREFIX + path, "raw_path": (PREFIX + path).encode()}
            await self.litestar(scope, receive, _deprecated(send, path))
        elif scope["method"] == "GET" and self._static.has(path):
            await self._static(scope, receive, send)
        else:
            scope["state"]["unrouted"] = True
            raise NotFound("There is nothing here.")


def create_app(ctx: Context) -> VezaApp:
    """The whole application over a context."""
    return VezaApp(ctx, Path(__file__).parent / "web_dist")


@cache
def _web_app(folder: Path) -> StaticFiles:
    return StaticFiles(folder)


@cache
def the_api() -> Litestar:
    """The API alone: made once, since each request brings the world it is about (`state` of its scope).

    Fails at once when a route declares no policy.
    """
    app = Litestar(
        [Router(PREFIX, route_handlers=[_with_common_failures(handler) for handler in _handlers()])],
        dependencies={
            "ctx": Provide(_provide_ctx, sync_to_thread=False),
            "health": Provide(_provide_health, sync_to_thread=False),
            "principal": Provide(provide_principal, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
        },
        exception_handlers={Exception: on_error},
        request_class=StrictRequest,
        response_class=JsonResponse,
        request_max_body_size=BODY_BYTES_MAX,
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="Veza",
            version="1",
            description="Sell your music, go live and get paid, from a server of your own.",
            create_examples=False,
            components=Components(security_schemes={"bearer": _BEARER}),
            # Ours is served by about/api.py with the routes that Litestar does not know; this one cannot be reached.
            path="/unserved",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
    )
    _require_policies(app)
    return app


def openapi_document(ctx: Context) -> bytes:
    """The document that `GET /api/v1/openapi.json` answers, without a server."""
    return document(the_api(), ctx.settings.hls_base_url)


def _provide_ctx(request: Request[Any, Any, Any]) -> Context:
    found: Context = request.scope["state"]["ctx"]
    return found


def _provide_health(request: Request[Any, Any, Any]) -> HealthService:
    found: HealthService = request.scope["state"]["health"]
    return found


def _handlers() -> Sequence[BaseRouteHandler]:
    return [
        *veza.auth.api.routes,
        *veza.auth.recovery_api.routes,
        *veza.auth.totp_api.routes,
        *veza.users.api.routes,
        *veza.mail.api.routes,
        *veza.files.api.routes,
        *veza.products.api.routes,
        *veza.products.selling_api.routes,
        *veza.entitlements.api.routes,
        *veza.reviews.api.routes,
        *veza.orders.api.routes,
        *veza.invoices.api.routes,
        *veza.refunds.api.routes,
        *veza.sellers.api.routes,
        *veza.webhooks.api.routes,
        *veza.live.api.routes,
        *veza.recordings.api.routes,
        *veza.chat.api.routes,
        *veza.chat.moderation_api.routes,
        *veza.accounts.api.routes,
        *veza.admin.api.routes,
        *veza.admin.money_api.routes,
        *veza.health.api.routes,
        *veza.about.api.routes,
    ]


def _with_common_failures(handler: BaseRouteHandler) -> BaseRouteHandler:
    """Document what any route may answer, so that generated clients know it."""
    assert isinstance(handler, HTTPRouteHandler)
    common = [400, 413, 415, 503] if {"POST", "PUT"} & set(handler.http_methods) else [400, 503]
    if handler.opt.get("policy") in SIGNED_IN:
        common += [401, 403]
        handler.security = [{"bearer": []}]
    elif handler.opt.get("policy") == "optional_user":
        handler.security = [{}, {"bearer": []}]
    handler.responses = {**documented(*common), **(handler.responses or {})}
    return handler


def _require_policies(app: Litestar) -> None:
    """Deny by default: a route that does not say who may call it stops the start."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            of_the_framework = "OPTIONS" in handler.http_methods or not route.path.startswith(PREFIX)
            if not of_the_framework and handler.opt.get("policy") not in POLICIES:
                raise RuntimeError(f"{route.path} declares no policy (auth/guard.py)")


def _deprecated(send: Any, path: str) -> Send:
    """Add RFC 9745's `Deprecation` and the successor's address to an answer."""
    headers = [(b"deprecation", DEPRECATED_SINCE), (b"link", f'<{PREFIX}{path}>; rel="successor-version"'.encode())]

    async def add(message: Any) -> None:
        if message["type"] in {"http.response.start", WHOLE}:
            message = {**message, "headers": [*message.get("headers", []), *headers]}
        await send(message)

    return add
