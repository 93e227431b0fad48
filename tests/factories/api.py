"""A client of the whole application in this process: the real dispatcher, routes, guards and database, no socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from veza.app import create_app
from veza.context import Context

BASE = "http://localhost:8080/api/v1"


@asynccontextmanager
async def api_client(ctx: Context, *, address: str = "203.0.113.7") -> AsyncIterator[httpx.AsyncClient]:
    """Calls seem to come from `address`. Cookies are kept, as a browser does."""
    transport = httpx.ASGITransport(create_app(ctx), client=(address, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


def data_of(answer: httpx.Response, status: int = 200) -> Any:
    """`data` of a success with this status."""
    body = answer.json()
    assert (answer.status_code, body["success"]) == (status, True), body
    return body["data"]


def refusal_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a failure in the one envelope."""
    body = answer.json()
    assert body["success"] is False
    assert isinstance(body["error"], str)
    assert body["request_id"] == answer.headers["x-request-id"]
    return answer.status_code, body["code"]


def bearer(access_token: str) -> dict[str, str]:
    """The header that says who is calling."""
    return {"Authorization": f"Bearer {access_token}"}


PASSWORD = "SecureP@ssw0rd"


async def sign_up(client: httpx.AsyncClient, username: str = "johndoe", password: str = PASSWORD) -> Any:
    """Register `username` with `<username>@example.com`; answers `data`."""
    body = {"username": username, "email": f"{username}@example.com", "password": password}
    return data_of(await client.post("/auth/register", json=body), 201)


async def log_in(client: httpx.AsyncClient, username: str = "johndoe", password: str = PASSWORD) -> Any:
    """Log `username` in; answers `data`."""
    body = {"email": f"{username}@example.com", "password": password}
    return data_of(await client.post("/auth/login", json=body))


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in."""

    id: UUID
    username: str
    headers: dict[str, str]


async def join(client: httpx.AsyncClient, username: str) -> Person:
    """Register somebody."""
    data = await sign_up(client, username)
    return Person(UUID(data["user"]["id"]), username, bearer(data["access_token"]))
