"""The Health section of the API document, sample by sample, and the deprecated root routes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import httpx
import pytest
from tests.factories.server import serving

from veza.app import create_app
from veza.context import Context
from veza.settings import Address


@pytest.fixture
async def client(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    """The application, with somebody who accepts encoders."""
    rtmp = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    address = Address("127.0.0.1", rtmp.sockets[0].getsockname()[1])
    app = create_app(replace(ctx, settings=replace(ctx.settings, rtmp_addr=address)))
    async with rtmp, serving(app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as found:
        yield found


@pytest.mark.parametrize("prefix", ["/api/v1", ""])
async def test_simple_health(client: httpx.AsyncClient, prefix: str) -> None:
    answer = await client.get(f"{prefix}/health")
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "data": {"status": "ok"}}


@pytest.mark.parametrize("prefix", ["/api/v1", ""])
async def test_deep_health(client: httpx.AsyncClient, prefix: str) -> None:
    answer = await client.get(f"{prefix}/health/deep")
    data = answer.json()["data"]
    assert (answer.status_code, data["status"]) == (200, "healthy")
    assert datetime.fromisoformat(data["timestamp"]).tzinfo is not None
    assert data["timestamp"].endswith("Z")
    assert data["checks"]["database"]["status"] == "ok"
    assert data["checks"]["redis"] == {"status": "disabled"}
    assert data["checks"]["disk"]["details"]["free_gb"] > 0
    assert data["config"] == {
        "jwt_secret_set": True,
        "stripe_connect_enabled": False,
        "platform_fee_rate": 0.1,
        "transfer_retry_enabled": False,
    }


@pytest.mark.parametrize("prefix", ["/api/v1", ""])
async def test_probes(client: httpx.AsyncClient, prefix: str) -> None:
    assert (await client.get(f"{prefix}/healthz")).status_code == 200
    ready = await client.get(f"{prefix}/readyz")
    assert (ready.status_code, ready.json()["data"]) == (200, {"status": "ready"})


@pytest.mark.parametrize("path", ["/health", "/health/deep", "/healthz", "/readyz", "/metrics"])
async def test_root_routes_are_deprecated_and_name_their_successor(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert "deprecation" in answer.headers
    assert f"/api/v1{path}" in answer.headers["link"]


async def test_metrics_are_not_for_strangers(ctx: Context) -> None:
    transport = httpx.ASGITransport(create_app(ctx), client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://veza.test") as stranger:
        for path in ("/metrics", "/api/v1/metrics"):
            answer = await stranger.get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded", "via"])
async def test_metrics_are_not_for_strangers_behind_a_proxy_on_this_machine(
    client: httpx.AsyncClient, header: str
) -> None:
    assert (await client.get("/metrics", headers={header: "203.0.113.9"})).status_code == 403


async def test_nothing_tells_where_or_what_we_run_on(client: httpx.AsyncClient, ctx: Context) -> None:
    text = (await client.get("/api/v1/health/deep")).text
    for secret in (str(ctx.settings.data_dir), "127.0.0.1", "postgres", "18."):
        assert secret not in text
