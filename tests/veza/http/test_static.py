"""The web app's files: the right bytes, the right cache, nothing that is not in the folder."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from veza.http.static import StaticFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>page")
    (tmp_path / "assets" / "app-1a2b.js").write_text("let a")
    (tmp_path / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(b"let a"))
    (tmp_path / "assets" / "app-1a2b.js.map").write_text("{}")
    (tmp_path / ".stamp").write_text("secret")
    return tmp_path


async def get(files: StaticFiles, path: str, accept: str = "") -> tuple[dict[str, str], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"accept-encoding", accept.encode())] if accept else []
    await files({"path": path, "headers": headers}, None, send)
    start, body = sent
    return {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]


async def test_a_hashed_asset_may_be_kept_for_ever(folder: Path) -> None:
    headers, body = await get(StaticFiles(folder), "/assets/app-1a2b.js")
    assert body == b"let a"
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in headers["cache-control"]
    assert headers["content-length"] == "5"


@pytest.mark.parametrize("path", ["/", "/index.html", "/live/0190", "/studio"])
async def test_every_page_address_is_the_page_and_never_cached(folder: Path, path: str) -> None:
    files = StaticFiles(folder)
    assert files.has(path)
    headers, body = await get(files, path)
    assert body == b"<!doctype html>page"
    assert headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/.stamp", "/../index.html", "/assets/../../etc/passwd.txt", "/assets/app-1a2b.js.map"]
)
def test_what_is_not_a_file_of_the_app_is_not_there(folder: Path, path: str) -> None:
    assert not StaticFiles(folder).has(path)


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("gzip", "gzip"),
        ("br, gzip", "gzip"),
        ("gzip;q=0", None),
        ("identity", None),
        ("", None),
        ("GZIP;q=0.5", "gzip"),
    ],
)
async def test_compressed_files_go_to_those_who_take_them(folder: Path, accept: str, encoding: str | None) -> None:
    headers, body = await get(StaticFiles(folder), "/assets/app-1a2b.js", accept)
    assert headers.get("content-encoding") == encoding
    assert (gzip.decompress(body) if encoding else body) == b"let a"
    assert headers["vary"] == "Accept-Encoding"


async def test_without_a_build_the_page_says_what_to_do(tmp_path: Path) -> None:
    files = StaticFiles(tmp_path / "none")
    assert not files.is_built
    headers, body = await get(files, "/")
    assert b"make run" in body
    assert headers["cache-control"] == "no-store"
