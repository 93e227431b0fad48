"""Config, the OpenAPI document and its page."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.factories.server import serving

from veza.app import create_app, openapi_document
from veza.context import Context


@pytest.fixture
async def client(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(ctx)) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1") as found:
        yield found


@pytest.fixture
def document(ctx: Context) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(openapi_document(ctx))
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in {"get", "post", "put", "delete"}
    ]


async def test_config_is_what_the_web_app_needs(client: httpx.AsyncClient) -> None:
    data = (await client.get("/config")).json()["data"]
    assert data["currency"] == "EUR"
    assert data["payments"] == {"mode": "disabled"}
    assert data["live"]["rtmp_url"].startswith("rtmp://")
    assert data["live"]["categories"][0] == "music"
    assert data["limits"]["username_max"] == 30


async def test_the_served_document_is_the_printed_one(client: httpx.AsyncClient, ctx: Context) -> None:
    served = await client.get("/openapi.json")
    assert served.content == openapi_document(ctx) == (await client.get("/openapi.json")).content
    assert served.json()["openapi"].startswith("3.1")


def test_every_operation_has_a_name_of_its_own_and_typed_failures(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    for where, operation in operations(document):
        assert operation.get("summary"), where
        if where.startswith("GET /hls"):
            continue
        assert {"400", "503"} <= operation["responses"].keys(), where
        for status, answer in operation["responses"].items():
            schema = next(iter(answer.get("content", {"": {}}).values())).get("schema", {})
            if status.startswith("4"):
                assert schema["$ref"] == "#/components/schemas/Failure", where


def test_playback_and_metrics_are_in_it(document: dict[str, Any]) -> None:
    assert "/hls/{stream_id}/media.m3u8" in document["paths"]
    assert "/api/v1/metrics" in document["paths"]


def test_protected_operations_say_so(document: dict[str, Any]) -> None:
    by_name = {operation["operationId"]: operation for _, operation in operations(document)}
    assert by_name["getHealth"].get("security") is None
    protected = [name for name, operation in by_name.items() if operation.get("security") == [{"bearer": []}]]
    assert len(protected) >= 8
    assert all("401" in by_name[name]["responses"] for name in protected)


def test_bodies_are_closed(document: dict[str, Any]) -> None:
    for where, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind in {"application/octet-stream", "multipart/form-data"}:  # a file
                continue
            text = json.dumps(content)
            assert "$ref" in text, where
            name = text.partition("#/components/schemas/")[2].partition('"')[0]
            assert document["components"]["schemas"][name]["additionalProperties"] is False, where


async def test_the_page_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text
    assert (
        "//" not in page.replace("<!doctype", "").partition("<body>")[2].replace("https://", "//") or "http" not in page
    )
    assert "/api-docs/swagger-ui-bundle.js" in page
