"""`veza demo` against a whole platform: what it makes can be seen and heard, and a second run adds nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.factories.platform import data_of, running_platform

pytestmark = [pytest.mark.xdist_group("machine"), pytest.mark.timeout(300)]

PRODUCTS = 6
SEED = 318
"""Of the first few hundred the one with the least to make, still of all six types."""


def run_demo(data_dir: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VEZA_")}
    command = [sys.executable, "-m", "veza", "demo", *arguments]
    return subprocess.run(
        command,
        env=environ | {"VEZA_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def products_of(client: httpx.Client) -> list[Any]:
    found: list[Any] = data_of(client.get("/marketplace/products", params={"limit": 100}))["products"]
    return found


def test_a_demo_is_seen_and_heard_and_made_once(tmp_path: Path) -> None:
    with (
        running_platform(tmp_path) as platform,
        httpx.Client(base_url=f"{platform.base_url}/api/v1", timeout=15) as client,
    ):
        arguments = ("--url", platform.base_url, "--products", str(PRODUCTS), "--seed", str(SEED))
        first = run_demo(tmp_path / "data", *arguments)
        assert first.returncode == 0, first.stderr
        assert f"{PRODUCTS} products with" in first.stdout
        made = products_of(client)
        assert len({product["type"] for product in made}) == len(made) == PRODUCTS
        assert all(product["cover_url"] and product["rating_count"] for product in made)
        for product in made:
            assert client.get(f"{platform.base_url}{product['cover_url']}").headers["content-type"] == "image/webp"
        heard = [product for product in made if product["preview_url"]]
        assert len(heard) >= PRODUCTS - 1
        preview = client.get(f"{platform.base_url}{heard[0]['preview_url']}")
        assert preview.headers["content-type"] == "audio/mp4"
        assert len(preview.content) > 10_000
        beat = data_of(client.get(f"/marketplace/products/{by_type(made, 'beat')['id']}"))
        assert beat["licenses"][0]["file_ids"]
        assert beat["licenses"][0]["price_cents"] == beat["price_cents"]
        artist = data_of(client.get(f"/users/{beat['seller']['username']}"))
        assert artist["display_name"]
        assert artist["avatar_url"]
        assert_can_log_in(client, first.stdout)

        second = run_demo(tmp_path / "data", *arguments)
        assert second.returncode == 0, second.stderr
        assert "Added 0 accounts, 0 products with 0 files, 0 streams and 0 reviews." in second.stdout
        assert products_of(client) == made

        password = password_in(first.stdout)
        assert password.encode() not in bytes(platform.log)
        assert password not in first.stderr


def by_type(products: list[Any], kind: str) -> Any:
    return next(product for product in products if product["type"] == kind)


def password_in(printed: str) -> str:
    found = re.search(r"with the password (\S+)", printed)
    assert found is not None
    return found[1]


def assert_can_log_in(client: httpx.Client, printed: str) -> None:
    email = re.search(r"Log in as (\S+)", printed)
    assert email is not None
    account = {"email": email[1], "password": password_in(printed)}
    assert data_of(client.post("/auth/login", json=account))["user"]["email"] == email[1]
