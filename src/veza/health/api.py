"""Health routes: `/health`, `/healthz`, `/readyz`, `/health/deep` and `/metrics` (api.md, health)."""

import ipaddress
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec

from veza import metrics
from veza.auth.guard import public
from veza.context import Context
from veza.health.domain import OverallStatus, Readiness
from veza.health.schemas import CheckView, ConfigSummary, DeepHealthView, ReadinessView, SimpleHealth
from veza.health.service import HealthService
from veza.http.envelope import Ok, ok
from veza.http.errors import documented
from veza.kit.errors import Forbidden

_PROXY_HEADERS = ("x-forwarded-for", "x-real-ip", "forwarded", "via")


@get("/health", operation_id="getHealth", summary="Simple health check", tags=["Health"], **public)
async def simple() -> Ok[SimpleHealth]:
    """Answer `ok`, always."""
    return ok(SimpleHealth("ok"))


@get("/healthz", operation_id="getLiveness", summary="Liveness probe", tags=["Health"], **public)
async def liveness() -> Ok[SimpleHealth]:
    """Answer while the event loop turns; looks at nothing outside."""
    return ok(SimpleHealth("ok"))


@get(
    "/readyz",
    operation_id="getReadiness",
    summary="Readiness probe",
    tags=["Health"],
    responses={503: ResponseSpec(Ok[ReadinessView], description="Not ready: the same data.", generate_examples=False)},
    **public,
)
async def readiness(health: NamedDependency[HealthService]) -> Response[Ok[ReadinessView]]:
    """`ready` or `degraded` with 200, `not_ready` with 503."""
    found = await health.readiness()
    status = 503 if found is Readiness.NOT_READY else 200
    return Response(ok(ReadinessView(found.value)), status_code=status)


@get(
    "/health/deep",
    operation_id="getDeepHealth",
    summary="Deep health check",
    tags=["Health"],
    responses={503: ResponseSpec(Ok[DeepHealthView], description="Unhealthy: the same data.", generate_examples=False)},
    **public,
)
async def deep(health: NamedDependency[HealthService], ctx: NamedDependency[Context]) -> Response[Ok[DeepHealthView]]:
    """Every check, bounded to a second and cached for five."""
    found = await health.deep()
    view = DeepHealthView(
        status=found.status.value,
        timestamp=ctx.clock.now(),
        checks={name: CheckView(c.status.value, c.latency_ms, c.details) for name, c in found.checks.items()},
        config=ConfigSummary(
            jwt_secret_set=bool(ctx.keys.access_token),
            stripe_connect_enabled=ctx.payouts is not None,
            platform_fee_rate=float(ctx.settings.platform_fee_rate),
            transfer_retry_enabled=ctx.payouts is not None,
        ),
    )
    return Response(ok(view), status_code=503 if found.status is OverallStatus.UNHEALTHY else 200)


@get(
    "/metrics",
    operation_id="getMetrics",
    summary="Metrics of all processes",
    description="Prometheus text. Open to loopback clients and to the networks of `VEZA_METRICS_ALLOW`.",
    tags=["Health"],
    media_type="text/plain",
    responses=documented(403),
    **public,
)
async def metrics_text(request: Request[Any, Any, Any], ctx: NamedDependency[Context]) -> Response[bytes]:
    """Prometheus text over all processes."""
    address = ipaddress.ip_address(request.scope["state"]["client_address"])
    # A proxy on this machine that nobody told us of speaks for strangers, although it calls from loopback.
    is_ours = address.is_loopback and not any(name in request.headers for name in _PROXY_HEADERS)
    if not (is_ours or any(address in network for network in ctx.settings.metrics_allow)):
        raise Forbidden("Metrics are open to this machine only.")
    return Response(metrics.render(), headers={"content-type": metrics.CONTENT_TYPE}, media_type="text/plain")


routes = [simple, liveness, readiness, deep, metrics_text]
