"""`GET /config`, `GET /openapi.json` and `GET /docs`."""

from typing import Any, Literal

from litestar import Request, Response, get
from litestar.di import NamedDependency

from veza import __version__
from veza.about.openapi import document
from veza.about.schemas import ConfigView, Limits, LiveConfig, PaymentsConfig
from veza.auth import domain as accounts
from veza.auth.guard import public
from veza.context import Context
from veza.files.domain import IMAGE_BYTES_MAX
from veza.http.envelope import Ok, ok
from veza.live import domain as live
from veza.orders import cart as orders
from veza.products import domain as products
from veza.reviews import domain as reviews

BODY_BYTES_MAX = 256 * 1024

_DOCS_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Veza API</title>
<link rel="stylesheet" href="/api-docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui">The API document is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</div>
<script src="/api-docs/swagger-ui-bundle.js"></script>
<script src="/api-docs/start.js"></script>
</body>
</html>
"""


@get("/config", operation_id="getConfig", summary="What the web app needs to start", tags=["About"], **public)
async def config(ctx: NamedDependency[Context]) -> Ok[ConfigView]:
    """Modes, addresses and limits of this install."""
    settings = ctx.settings
    return ok(
        ConfigView(
            version=__version__,
            currency=settings.currency,
            payments=PaymentsConfig(mode=_payments_mode(ctx)),
            live=LiveConfig(
                rtmp_url=settings.rtmp_base_url,
                hls_url=settings.hls_base_url,
                part_target_ms=live.PART_TARGET_MS,
                grace_s=settings.live_grace_s,
                categories=[category.value for category in live.Category],
            ),
            limits=Limits(
                username_min=accounts.USERNAME_MIN,
                username_max=accounts.USERNAME_MAX,
                password_min=accounts.PASSWORD_MIN,
                password_max=accounts.PASSWORD_MAX,
                stream_title_max=live.TITLE_MAX,
                stream_description_max=live.DESCRIPTION_MAX,
                tags_max=live.TAGS_MAX,
                body_bytes_max=BODY_BYTES_MAX,
                product_title_max=products.TITLE_MAX,
                product_description_max=products.DESCRIPTION_MAX,
                price_min_cents=products.PRICE_MIN_CENTS,
                price_max_cents=products.PRICE_MAX_CENTS,
                licenses_max=products.LICENSES_MAX,
                license_terms_max=products.TERMS_MAX,
                product_files_max=products.FILES_MAX,
                upload_bytes_max=settings.upload_bytes_max,
                image_bytes_max=IMAGE_BYTES_MAX,
                review_max=reviews.COMMENT_MAX,
                cart_items_max=orders.ITEMS_MAX,
                quantity_max=orders.QUANTITY_MAX,
            ),
        )
    )


def _payments_mode(ctx: Context) -> Literal["disabled", "sandbox", "live"]:
    if ctx.payments is None:
        return "disabled"
    return "sandbox" if ctx.settings.uses_sandbox else "live"


@get("/openapi.json", operation_id="getOpenApi", summary="This document", tags=["About"], **public)
async def openapi(request: Request[Any, Any, Any], ctx: NamedDependency[Context]) -> Response[bytes]:
    """The OpenAPI 3.1 document."""
    body = document(request.app, ctx.settings.hls_base_url)
    return Response(body, media_type="application/json", headers={"cache-control": "no-cache"})


@get(
    "/docs", operation_id="getDocs", summary="This document as a page", tags=["About"], media_type="text/html", **public
)
async def docs() -> Response[str]:
    """The document as a page; loads nothing from other hosts."""
    return Response(_DOCS_PAGE, media_type="text/html", headers={"cache-control": "no-cache"})


routes = [config, openapi, docs]
