"""Generated and hostile requests over the whole API: never a 5xx, never an answer that the document does not know."""

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import anyio
import httpx
import pytest
from tests.factories.server import serving

from veza.app import create_app
from veza.context import Context

HERE = Path(__file__).parent
ACCOUNT = {"username": "fuzz", "email": "fuzz@example.com", "password": "a long fuzzing passphrase"}
ENDS_THE_SESSION = ["logout", "endSession", "changePassword"]
EXAMPLES = 25
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "negative_data_rejection", "unsupported_method", "ignored_auth",
]  # fmt: skip


@pytest.fixture
async def base_url(ctx: Context) -> AsyncIterator[str]:
    """The application with limits that a fuzzer does not hit, and the real clock that its tokens need."""
    settings = replace(
        ctx.settings,
        login_failures_per_account=10_000,
        login_failures_per_network=1_000_000,
        registrations_per_network=1_000_000,
    )
    async with serving(create_app(replace(ctx, settings=settings))) as port:
        yield f"http://127.0.0.1:{port}"


async def fuzz(base_url: str, folder: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = [
        str(Path(sys.executable).with_name("st")), "--config-file", str(HERE / "schemathesis.toml"), "run",
        f"{base_url}/api/v1/openapi.json", "--url", base_url, "--exclude-path-regex", "^/hls/", "--phases",
        "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES), "--request-timeout", "20", "--no-color",
        "--checks", ",".join(CHECKS), "--generation-database", "none", *options,
    ]  # fmt: skip
    return await anyio.run_process(command, check=False, cwd=folder)


@pytest.mark.timeout(400)
async def test_strangers_find_nothing_that_breaks(base_url: str, tmp_path: Path) -> None:
    done = await fuzz(base_url, tmp_path)
    assert done.returncode == 0, done.stdout.decode()[-6000:]


@pytest.mark.timeout(400)
async def test_people_who_are_logged_in_find_nothing_that_breaks(base_url: str, tmp_path: Path) -> None:
    async with httpx.AsyncClient(base_url=f"{base_url}/api/v1") as client:
        tokens = (await client.post("/auth/register", json=ACCOUNT)).json()["data"]
        await client.post("/live/streams", json={"title": "x"}, headers=bearer(tokens["access_token"]))
    excluded = [option for name in ENDS_THE_SESSION for option in ("--exclude-operation-id", name)]
    done = await fuzz(base_url, tmp_path, "--header", f"Authorization: Bearer {tokens['access_token']}", *excluded)
    assert done.returncode == 0, done.stdout.decode()[-6000:]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
