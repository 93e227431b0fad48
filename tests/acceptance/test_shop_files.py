"""What products hold, through the application's own door: files, previews, covers; and that nothing is left behind."""

import os
from collections.abc import AsyncIterator
from typing import Any

import httpx
from tests.factories.api import Person, data_of, refusal_of
from tests.factories.shop import add_file, archive, new_product, png, published, send_file, wav

from veza.context import Context
from veza.files import service as files
from veza.files.domain import DELETE_OBJECT, ObjectKind
from veza.kit.ids import new_id


async def deletions(ctx: Context) -> list[Any]:
    async with ctx.db.connection() as connection:
        rows = await connection.fetch("select payload from jobs where name = $1 order by id", DELETE_OBJECT)
    return [row["payload"] for row in rows]


async def test_what_audio_says_of_itself_is_shown_and_its_preview_can_be_heard(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    product = await published(ctx, client, ada)
    listed = data_of(await client.get(f"/marketplace/products/{product['id']}/files"))
    assert listed["total"] == 1
    file = listed["files"][0]
    assert (len(file["peaks"]), file["sample_rate_hz"], file["channels"]) == (800, 8000, 1)
    assert file["preview_seconds"] <= 1.1
    answer = await client.get(file["preview_url"].removeprefix("/api/v1"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mp4")
    assert "immutable" in answer.headers["cache-control"]
    part = await client.get(file["preview_url"].removeprefix("/api/v1"), headers={"range": "bytes=0-7"})
    assert (part.status_code, part.content) == (206, answer.content[:8])
    assert part.content[4:8] == b"ftyp"


async def test_a_cover_is_re_encoded_and_replaces_the_one_before(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    product = await new_product(client, ada)
    path = f"/marketplace/products/{product['id']}/cover"
    first = data_of(await client.put(path, content=png(2000, 1000), headers=ada.headers))
    answer = await client.get(first["cover_url"].removeprefix("/api/v1"))
    assert (answer.headers["content-type"], answer.content[:4], answer.content[8:12]) == (
        "image/webp",
        b"RIFF",
        b"WEBP",
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await client.get(first["cover_small_url"].removeprefix("/api/v1"))).status_code == 200
    second = data_of(await client.put(path, files={"file": ("c.png", png(colour="red"))}, headers=ada.headers))
    assert second["cover_url"] != first["cover_url"]
    assert refusal_of(await client.get(first["cover_url"].removeprefix("/api/v1"))) == (404, "not_found")
    assert len(await deletions(ctx)) == 2
    none = data_of(await client.delete(path, headers=ada.headers))
    assert (none["cover_url"], none["cover_small_url"]) == (None, None)
    assert data_of(await client.delete(path, headers=ada.headers))["cover_url"] is None
    assert len(await deletions(ctx)) == 4


async def test_files_are_put_in_order_renamed_and_taken_out(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    product = await new_product(client, ada, type="album")
    path = f"/marketplace/products/{product['id']}/files"
    made = [await add_file(ctx, client, ada, product["id"], wav(1.0, hz=hz)) for hz in (200, 300, 400)]
    ids = [file["id"] for file in made]
    turned = data_of(await client.put(f"{path}/order", json={"file_ids": ids[::-1]}, headers=ada.headers))
    assert [file["id"] for file in turned["files"]] == ids[::-1]
    for wrong in (ids[:2], [*ids, ids[0]], [*ids[:2], str(new_id())]):
        answer = await client.put(f"{path}/order", json={"file_ids": wrong}, headers=ada.headers)
        assert refusal_of(answer) == (400, "validation_error")
    named = data_of(await client.put(f"{path}/{ids[0]}", json={"title": " Intro "}, headers=ada.headers))
    assert named["title"] == "Intro"
    assert data_of(await client.delete(f"{path}/{ids[1]}", headers=ada.headers)) == {}
    assert refusal_of(await client.delete(f"{path}/{ids[1]}", headers=ada.headers)) == (404, "not_found")
    left = data_of(await client.get(path, headers=ada.headers))["files"]
    assert [file["id"] for file in left] == [ids[2], ids[0]]
    shown = data_of(await client.get(f"/marketplace/products/{product['id']}", headers=ada.headers))
    assert shown["duration_seconds"] == 2.0
    assert shown["preview_url"] == left[0]["preview_url"]
    assert {payload["kind"] for payload in await deletions(ctx)} == {"file", "preview"}


async def test_the_last_file_of_what_is_on_sale_stays(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    product = await published(ctx, client, ada)
    path = f"/marketplace/products/{product['id']}"
    file = data_of(await client.get(f"{path}/files"))["files"][0]
    assert refusal_of(await client.delete(f"{path}/files/{file['id']}", headers=ada.headers)) == (409, "not_ready")
    assert data_of(await client.get(f"{path}/files"))["total"] == 1


async def test_the_same_content_again_is_the_file_that_is_there(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    product = await new_product(client, ada)
    first = data_of(await send_file(client, ada, product["id"], wav()), 201)
    second = data_of(await send_file(client, ada, product["id"], wav(), "another name.wav"), 200)
    assert second["id"] == first["id"]
    assert len(await deletions(ctx)) == 1


async def test_a_multipart_form_is_taken_as_well(client: httpx.AsyncClient, ada: Person) -> None:
    product = await new_product(client, ada)
    answer = await client.post(
        f"/marketplace/products/{product['id']}/files",
        files={"note": (None, "hello"), "file": ("Ünder the sea.wav", wav(), "text/html")},
        headers=ada.headers,
    )
    file = data_of(answer, 201)
    assert (file["filename"], file["format"], file["size_bytes"]) == ("Ünder the sea.wav", "wav", len(wav()))


async def test_an_archive_is_looked_into(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    product = await new_product(client, ada, type="sample_pack")
    file = await add_file(ctx, client, ada, product["id"], archive(**{"a.wav": wav(0.1), "b.wav": wav(0.1)}))
    assert (file["format"], file["status"], file["duration_seconds"]) == ("zip", "ready", None)


async def test_an_avatar_is_shown_and_replaced(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    first = data_of(await client.put("/users/me/avatar", content=png(), headers=ada.headers))
    assert (await client.get(first["avatar_url"].removeprefix("/api/v1"))).headers["content-type"] == "image/webp"
    second = data_of(await client.put("/users/me/avatar", content=png(colour="red"), headers=ada.headers))
    assert second["avatar_url"] != first["avatar_url"]
    assert data_of(await client.get("/users/ada"))["avatar_url"] == second["avatar_url"]
    assert refusal_of(await client.get(first["avatar_url"].removeprefix("/api/v1"))) == (404, "not_found")
    assert data_of(await client.delete("/users/me/avatar", headers=ada.headers))["avatar_url"] is None


async def test_the_sweep_leaves_what_is_named_and_removes_the_rest(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    await published(ctx, client, ada)
    named = {found.key async for found in ctx.files.list()}
    assert len(named) == 2  # the file and its preview
    left = await files.receive(
        ctx, ada.id, ObjectKind.FILE, _pieces(b"left behind"), filename="x", bytes_max=100, judge=lambda _: "x/y"
    )
    await ctx.files.put("file/00/" + str(new_id()), _pieces(b"never known"), filename="x", content_type="x/y")
    assert await files.sweep(ctx) == 0  # both may still be on their way
    async with ctx.db.connection() as connection:
        await connection.execute("update stored_objects set changed_at = now() - interval '2 days'")
    for found in [found async for found in ctx.files.list()]:
        path = ctx.files.path(found.key)
        assert path is not None
        os.utime(path, (1_700_000_000, 1_700_000_000))
    assert await files.sweep(ctx) == 2
    assert {found.key async for found in ctx.files.list()} == named
    async with ctx.db.connection() as connection:
        assert await connection.fetchval("select count(*) from stored_objects where id = $1", left.id) == 0


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content
