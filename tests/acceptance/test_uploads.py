"""Uploads over a real socket: cut, too large, empty, disguised, hostile, at once. Nothing half-made ever stays."""

import asyncio
import contextlib
import os
import struct
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from obstore.store import LocalStore
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.raw_http import raw_request
from tests.factories.server import serving
from tests.factories.shop import archive, new_product, png, send_file, wav

from veza.adapters.obstore_files import ObstoreFiles
from veza.app import create_app
from veza.context import Context
from veza.files import service as files
from veza.files.domain import DELETE_OBJECT, ObjectKind
from veza.products.processing import process_file

MIB = 1024 * 1024


@pytest.fixture
def ctx(ctx: Context) -> Context:
    """Small limits, so that small files meet them."""
    settings = replace(ctx.settings, upload_bytes_max=4 * MIB, storage_per_person_bytes=16 * MIB)
    return replace(ctx, settings=settings, files=WatchedFiles(ctx.settings.data_dir / "files"))


@pytest.fixture
def began(ctx: Context) -> asyncio.Event:
    """Set once an upload is being written."""
    assert isinstance(ctx.files, WatchedFiles)
    return ctx.files.began


@pytest.fixture
async def port(ctx: Context) -> AsyncIterator[int]:
    async with serving(create_app(ctx)) as found:
        yield found


@pytest.fixture
async def client(port: int) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=30) as found:
        yield found


@pytest.fixture
async def path(client: httpx.AsyncClient, ada: Person) -> str:
    return f"/marketplace/products/{(await new_product(client, ada))['id']}/files"


async def nothing_is_left(ctx: Context, client: httpx.AsyncClient, ada: Person, path: str) -> bool:
    """No file in the product, no row that is not on its way out, and after the worker's turn no object."""
    assert data_of(await client.get(path, headers=ada.headers))["files"] == []
    async with ctx.db.connection() as connection:
        rows = await connection.fetch("select payload from jobs where name = $1", DELETE_OBJECT)
        assert await connection.fetchval("select count(*) from stored_objects where state <> 'discarded'") == 0
    for row in rows:
        await files.delete_object(ctx, UUID(row["payload"]["id"]), ObjectKind(row["payload"]["kind"]))
    async with ctx.db.connection() as connection:
        assert await connection.fetchval("select count(*) from stored_objects") == 0
    folder = ctx.files.path("")
    assert folder is not None
    return not [found for _, _, names in os.walk(folder) for found in names]


class WatchedFiles(ObstoreFiles):
    """The real store, which says when an object begins to be written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(LocalStore(prefix=folder, mkdir=True), folder)
        self.began = asyncio.Event()

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, filename: str, content_type: str) -> None:
        self.began.set()
        await super().put(key, chunks, filename=filename, content_type=content_type)


@contextlib.asynccontextmanager
async def discarding(ctx: Context) -> AsyncIterator[asyncio.Event]:
    """Set once something was discarded: its job has been announced."""
    heard = asyncio.Event()
    connection = await asyncpg.connect(ctx.db.dsn)
    try:
        await connection.add_listener("jobs", lambda *_: heard.set())
        yield heard
    finally:
        await connection.close()


@pytest.mark.parametrize("sent", [0, 1_000, 200_000])
@pytest.mark.parametrize("is_chunked", [False, True])
async def test_an_upload_that_is_cut_leaves_nothing(
    ctx: Context, port: int, client: httpx.AsyncClient, sent: int, is_chunked: bool
) -> None:
    ada = await join(client, "ada")
    path = f"/marketplace/products/{(await new_product(client, ada))['id']}/files"
    length = {"transfer-encoding": "chunked"} if is_chunked else {"content-length": str(3 * MIB)}
    headers = {**ada.headers, **length, "content-type": "application/octet-stream"}
    async with (
        discarding(ctx) as discarded,
        raw_request(port, "POST", f"/api/v1{path}?filename=a.wav", headers) as request,
    ):
        content = wav(40.0)[:sent]
        if is_chunked and content:
            await request.send_chunk(content)
        else:
            await request.send(content)
        if sent > files.HEAD_BYTES:
            assert isinstance(ctx.files, WatchedFiles)
            await ctx.files.began.wait()
        request.cut()
        if sent > files.HEAD_BYTES:
            await discarded.wait()
    assert await nothing_is_left(ctx, client, ada, path)


async def test_a_form_that_ends_in_the_middle_is_refused(
    ctx: Context, port: int, client: httpx.AsyncClient, ada: Person, path: str
) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + wav(1.0)
    headers = {**ada.headers, "content-length": str(len(body)), "content-type": "multipart/form-data; boundary=x"}
    async with raw_request(port, "POST", f"/api/v1{path}", headers) as request:
        await request.send(body)
        status, answer = await request.answer()
    assert status == 400, answer
    assert await nothing_is_left(ctx, client, ada, path)


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("multipart/form-data", b"--x--", (400, "malformed_form")),
        ("multipart/form-data; boundary=" + "y" * 71, b"", (400, "malformed_form")),
        ("multipart/form-data; boundary=x", b"no form at all", (400, "malformed_form")),
        ("multipart/form-data; boundary=x", b"--x--\r\n", (400, "validation_error")),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n--x--\r\n',
            (400, "validation_error"),
        ),
        ("application/json", b"{}", (415, "unsupported_media_type")),
        ("application/x-www-form-urlencoded", b"file=x", (415, "unsupported_media_type")),
        ("application/octet-stream", b"", (400, "empty_file")),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n\r\n--x--\r\n',
            (400, "empty_file"),
        ),
    ],
)
async def test_what_is_no_upload_is_refused(
    client: httpx.AsyncClient, content_type: str, body: bytes, expected: tuple[int, str]
) -> None:
    ada = await join(client, "ada")
    path = f"/marketplace/products/{(await new_product(client, ada))['id']}/files"
    answer = await client.post(path, content=body, headers={**ada.headers, "content-type": content_type})
    assert refusal_of(answer) == expected


async def test_a_file_may_be_as_large_as_allowed_and_no_larger(
    ctx: Context, client: httpx.AsyncClient, ada: Person, path: str
) -> None:
    whole = wav_of(4 * MIB)
    assert refusal_of(await send_file(client, ada, path.split("/")[3], whole + b"x")) == (413, "too_large")

    async def unannounced() -> AsyncIterator[bytes]:
        for start in range(0, 5 * MIB, MIB):
            yield whole[start : start + MIB] or b"x" * MIB

    headers = {**ada.headers, "content-type": "application/octet-stream"}
    answer = await client.post(path, params={"filename": "a.wav"}, content=unannounced(), headers=headers)
    assert refusal_of(answer) == (413, "too_large")
    form = await client.post(path, files={"file": ("a.wav", whole + b"x")}, headers=ada.headers)
    assert refusal_of(form) == (413, "too_large")
    assert await nothing_is_left(ctx, client, ada, path)
    data_of(await client.post(path, files={"file": ("a.wav", whole)}, headers=ada.headers), 201)


async def test_one_person_keeps_no_more_than_allowed(client: httpx.AsyncClient, ada: Person) -> None:
    bob = await join(client, "bob")
    for number in range(4):
        product = await new_product(client, ada)
        data_of(await send_file(client, ada, product["id"], wav_of(4 * MIB - 8, number)), 201)
    product = await new_product(client, ada)
    assert refusal_of(await send_file(client, ada, product["id"], wav_of(MIB))) == (409, "storage_full")
    data_of(await send_file(client, bob, (await new_product(client, bob))["id"], wav_of(MIB)), 201)


DISGUISES: dict[str, bytes] = {
    "page.wav": b"<!doctype html><script>alert(1)</script>",
    "drawing.mp3": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "program.flac": b"\x7fELF" + bytes(200),
    "windows.wav": b"MZ" + bytes(200),
    "script.wav": b"#!/bin/sh\nrm -rf /\n",
    "picture.wav": png(80, 80),
    "archive.wav": archive(),
    "list.mp3": b"#EXTM3U\n#EXT-X-VERSION:3\n/etc/passwd\n",
    "concat.wav": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "text.wav": b"just words",
    "noughts.wav": bytes(5_000),
    "both.wav": wav(0.1) + archive(),
}


@pytest.mark.parametrize("name", DISGUISES)
async def test_content_decides_and_not_the_name(
    ctx: Context, client: httpx.AsyncClient, ada: Person, path: str, name: str
) -> None:
    answer = await send_file(client, ada, path.split("/")[3], DISGUISES[name], name)
    if answer.status_code == 201:  # what only a look at all of it can tell is for the worker
        await process_file(ctx, UUID(data_of(answer, 201)["id"]), is_last_try=True)
        file = data_of(await client.get(path, headers=ada.headers))["files"][0]
        assert file["status"] == "failed"
        assert file["failure"]
        return
    assert refusal_of(answer) == (415, "unsupported_media_type")
    assert await nothing_is_left(ctx, client, ada, path)


BROKEN: dict[str, bytes] = {
    "half.wav": wav(4.0)[: len(wav(4.0)) // 2],
    "head.wav": wav(4.0)[:44],
    "short.wav": wav(4.0)[:20],
    "huge id3.mp3": b"ID3\x04\x00\x00" + bytes([0, 120, 0, 0]) + bytes(1_966_080),
    "channels.wav": wav(1.0)[:22] + struct.pack("<H", 60_000) + wav(1.0)[24:],
    "rate.wav": wav(1.0)[:24] + struct.pack("<I", 0) + wav(1.0)[28:],
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_file_fails_with_a_reason_that_only_its_seller_sees(
    ctx: Context, client: httpx.AsyncClient, ada: Person, path: str, name: str
) -> None:
    file = data_of(await send_file(client, ada, path.split("/")[3], BROKEN[name], name), 201)
    await process_file(ctx, UUID(file["id"]), is_last_try=False)
    shown = data_of(await client.get(path, headers=ada.headers))["files"][0]
    assert (shown["status"], shown["preview_url"]) == ("failed", None)
    assert shown["failure"].endswith(".")
    again = data_of(await client.post(f"{path}/{file['id']}/retry", headers=ada.headers))
    assert (again["status"], again["failure"]) == ("processing", None)
    assert refusal_of(await client.post(f"{path}/{file['id']}/retry", headers=ada.headers)) == (409, "not_failed")
    data_of(await client.delete(f"{path}/{file['id']}", headers=ada.headers))
    assert await nothing_is_left(ctx, client, ada, path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd.wav", "passwd.wav"),
        ("C:\\music\\take 1.wav", "take 1.wav"),
        ("a\u202evaw.exe.wav", "avaw.exe.wav"),
        ("", "file"),
        ("   .wav", "wav"),
        ("x" * 500 + ".wav", "x" * 196 + ".wav"),
    ],
)
async def test_names_are_only_names(
    client: httpx.AsyncClient, ada: Person, path: str, name: str, expected: str
) -> None:
    file = data_of(await send_file(client, ada, path.split("/")[3], wav(0.5), name), 201)
    assert file["filename"] == expected


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a<script>alert(1)</script>",
        png()[:200],
        wav(0.1),
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 200_000, 200_000) + b"\x08\x02\0\0\0" + bytes(40),
        png(10, 10),
    ],
)
async def test_a_cover_that_is_no_picture_of_ours_is_refused(
    ctx: Context, client: httpx.AsyncClient, ada: Person, path: str, content: bytes
) -> None:
    cover = path.removesuffix("files") + "cover"
    answer = await client.put(cover, content=content, headers=ada.headers)
    assert answer.status_code == 415, answer.text
    assert refusal_of(answer)[1] in {"unsupported_media_type", "unreadable_image"}
    assert refusal_of(await client.put(cover, content=b"", headers=ada.headers)) == (400, "empty_file")
    assert await nothing_is_left(ctx, client, ada, path)


async def test_a_file_sent_five_times_at_once_is_there_once(
    ctx: Context, client: httpx.AsyncClient, ada: Person, path: str
) -> None:
    product_id = path.split("/")[3]
    answers = await asyncio.gather(*(send_file(client, ada, product_id, wav(10.0)) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert data_of(await client.get(path, headers=ada.headers))["total"] == 1


async def test_a_product_taken_down_meanwhile_gets_no_file(
    ctx: Context, port: int, client: httpx.AsyncClient, ada: Person, began: asyncio.Event
) -> None:
    path = f"/marketplace/products/{(await new_product(client, ada))['id']}/files"
    content = wav(40.0)
    headers: dict[str, Any] = {**ada.headers, "content-length": str(len(content)), "content-type": "audio/wav"}
    async with raw_request(port, "POST", f"/api/v1{path}?filename=a.wav", headers) as request:
        await request.send(content[:200_000])
        await began.wait()
        async with ctx.db.connection() as connection:
            await connection.execute(
                "update products set status = 'taken_down', takedown_reason = 'x' where id = $1", path.split("/")[3]
            )
        await request.send(content[200_000:])
        status, answer = await request.answer()
    assert (status, b'"taken_down"' in answer) == (409, True)
    assert await nothing_is_left(ctx, client, ada, path)


def wav_of(size_bytes: int, number: int = 0) -> bytes:
    """A WAV of exactly this size, different for each number."""
    body = size_bytes - 44
    head = b"RIFF" + struct.pack("<I", size_bytes - 8) + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 1, 1, 44_100, 88_200, 2, 16)
    return head + b"data" + struct.pack("<I", body) + bytes([number + 1]) * body
