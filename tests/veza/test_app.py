"""The application's outermost manners: addresses, methods, aliases, pages."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.factories.server import serving

from veza.app import ROOT_ALIASES, create_app
from veza.context import Context


@pytest.fixture
async def client(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(ctx)) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as found:
        yield found


@pytest.mark.parametrize("path", [path for path in ROOT_ALIASES if path != "/metrics"])
async def test_root_aliases_say_the_same_and_that_they_are_deprecated(client: httpx.AsyncClient, path: str) -> None:
    old, new = await client.get(path), await client.get(f"/api/v1{path}")
    assert old.status_code == new.status_code
    assert old.json()["data"]["status"] == new.json()["data"]["status"]
    assert old.headers["deprecation"].startswith("@")
    assert old.headers["link"] == f'</api/v1{path}>; rel="successor-version"'
    assert "deprecation" not in new.headers


async def test_metrics_are_open_to_this_machine(client: httpx.AsyncClient) -> None:
    await client.get("/api/v1/health")
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'http_server_request_duration_seconds_count{method="GET",route="/api/v1/health",status="200"}' in answer.text


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/nothing", "/assets/gone.js", "/.env", "/live/gone.ts"])
async def test_what_is_not_there_is_404_with_the_envelope(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_wrong_method_is_405_and_says_which_are_right(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/api/v1/health")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


async def test_a_page_takes_no_post(client: httpx.AsyncClient) -> None:
    assert (await client.post("/studio")).status_code == 404


async def test_the_address_of_the_socket_takes_upgrades_only(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/ws")
    assert (answer.status_code, answer.json()["code"]) == (400, "upgrade_required")


async def test_bodies_past_the_limit_are_413(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/auth/login", content=b"x" * 300_000, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_chunked_body_past_the_limit_is_413_too(client: httpx.AsyncClient) -> None:
    async def drip() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 10_000

    headers = {"content-type": "application/json"}
    assert (await client.post("/api/v1/auth/login", content=drip(), headers=headers)).status_code == 413


async def test_a_body_that_is_not_json_is_415(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/login", content=b"a=b", headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_strangers_are_refused_before_their_body_is_read(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/live/streams", content=b"{{{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("path", ["/api/v1/live/streams/not-a-uuid", "/api/v1/live/streams/1e400"])
async def test_a_malformed_id_in_a_path_is_404(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("spelling", ["{{{}}}", "urn:uuid:{}"])
async def test_an_id_has_one_spelling(client: httpx.AsyncClient, ctx: Context, spelling: str) -> None:
    stream_id = await a_stream(client)
    assert (await client.get(f"/api/v1/live/streams/{stream_id}")).status_code == 200
    for other in (spelling.format(stream_id), stream_id.replace("-", "")):
        answer = await client.get(f"/api/v1/live/streams/{other}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def a_stream(client: httpx.AsyncClient) -> str:
    account = {"username": "ada", "email": "ada@example.com", "password": "a passphrase for tests"}
    tokens = (await client.post("/api/v1/auth/register", json=account)).json()["data"]
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    made = await client.post("/api/v1/live/streams", json={"title": "x"}, headers=headers)
    return str(made.json()["data"]["id"])


async def test_a_lost_database_is_503_with_a_wait(client: httpx.AsyncClient, ctx: Context) -> None:
    await ctx.db.close()
    answer = await client.get("/api/v1/live/streams")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert (await client.get("/api/v1/healthz")).status_code == 200
    deep = await client.get("/api/v1/health/deep")
    assert deep.status_code == 503
    assert deep.json()["data"]["status"] == "unhealthy"
