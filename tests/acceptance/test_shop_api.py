"""The shop through the application's own door: a product's life, its files, its cover, the library and downloads."""

import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.factories.api import api_client, data_of, refusal_of
from tests.factories.shop import (
    PRODUCT,
    Person,
    add_file,
    archive,
    give,
    join,
    new_product,
    on_sale,
    png,
    published,
    send_file,
    wav,
)

from veza.auth.domain import Role
from veza.auth.service import change_role
from veza.context import Context
from veza.entitlements.service import revoke
from veza.files import service as files
from veza.files.domain import DELETE_OBJECT, ObjectKind
from veza.kit.ids import new_id
from veza.products.processing import process_file

UNKNOWN = "01890000-0000-7000-8000-000000000000"
PRODUCT_FIELDS = {
    "id", "seller", "title", "description", "type", "price_cents", "currency", "status", "tags", "cover_url",
    "cover_small_url", "preview_url", "duration_seconds", "licenses", "rating_average", "rating_count", "created_at",
    "updated_at", "published_at",
}  # fmt: skip


@pytest.fixture
async def client(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client(ctx) as found:
        yield found


@pytest.fixture
async def ada(client: httpx.AsyncClient) -> Person:
    return await join(client, "ada")


@pytest.fixture
async def bob(client: httpx.AsyncClient) -> Person:
    return await join(client, "bob")


async def deletions(ctx: Context) -> list[Any]:
    async with ctx.db.connection() as connection:
        rows = await connection.fetch("select payload from jobs where name = $1 order by id", DELETE_OBJECT)
    return [row["payload"] for row in rows]


async def test_a_product_begins_as_a_draft_that_nobody_else_sees(
    client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    product = await new_product(client, ada, description="Slow.\r\nVery slow.")
    assert product.keys() == PRODUCT_FIELDS | {"files_ready", "files_processing", "files_failed", "takedown_reason"}
    assert (product["status"], product["seller"]) == ("draft", {"id": str(ada.id), "username": "ada"})
    assert (product["price_cents"], product["currency"], product["description"]) == (499, "EUR", "Slow.\nVery slow.")
    assert (product["rating_average"], product["rating_count"]) == (None, 0)
    path = f"/marketplace/products/{product['id']}"
    for headers in ({}, bob.headers):
        assert refusal_of(await client.get(path, headers=headers)) == (404, "not_found")
    assert data_of(await client.get(path, headers=ada.headers)).keys() == PRODUCT_FIELDS
    assert data_of(await client.get("/marketplace/products"))["products"] == []
    assert data_of(await client.get("/sell/products", headers=ada.headers))["total"] == 1
    assert data_of(await client.get("/sell/products", headers=bob.headers))["total"] == 0


async def test_a_digital_product_is_published_once_a_file_is_ready(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    product = await new_product(client, ada)
    path = f"/marketplace/products/{product['id']}"
    assert refusal_of(await client.post(f"{path}/publish", headers=ada.headers)) == (409, "not_ready")
    file = data_of(await send_file(client, ada, product["id"], wav()), 201)
    assert (file["status"], file["title"], file["filename"]) == ("processing", "night drive", "night drive.wav")
    assert (file["format"], file["size_bytes"], file["duration_seconds"]) == ("wav", len(wav()), None)
    assert refusal_of(await client.post(f"{path}/publish", headers=ada.headers)) == (409, "not_ready")
    await process_file(ctx, UUID(file["id"]), is_last_try=False)
    shown = data_of(await client.post(f"{path}/publish", headers=ada.headers))
    assert (shown["status"], shown["files_ready"], shown["duration_seconds"]) == ("published", 1, 4.0)
    assert shown["preview_url"].startswith("/api/v1/media/")
    again = data_of(await client.post(f"{path}/publish", headers=ada.headers))
    assert again["published_at"] == shown["published_at"]
    assert data_of(await client.get("/marketplace/products"))["products"][0]["id"] == product["id"]


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


async def test_a_service_needs_no_file(client: httpx.AsyncClient, ada: Person) -> None:
    assert (await on_sale(client, ada, title="Mixing"))["status"] == "published"


async def test_archiving_hides_a_product_until_it_is_published_again(client: httpx.AsyncClient, ada: Person) -> None:
    product = await on_sale(client, ada)
    path = f"/marketplace/products/{product['id']}"
    for _ in range(2):
        assert data_of(await client.delete(path, headers=ada.headers)) == {}
    assert refusal_of(await client.get(path)) == (404, "not_found")
    assert data_of(await client.get("/marketplace/products"))["total"] == 0
    again = data_of(await client.post(f"{path}/publish", headers=ada.headers))
    assert (again["status"], again["published_at"]) == ("published", product["published_at"])
    assert data_of(await client.get("/marketplace/products"))["total"] == 1


async def test_only_the_seller_changes_a_product(client: httpx.AsyncClient, ada: Person, bob: Person) -> None:
    draft, sold = await new_product(client, ada), await on_sale(client, ada)
    for product, refusal in ((draft, (404, "not_found")), (sold, (403, "forbidden"))):
        path = f"/marketplace/products/{product['id']}"
        for answer in (
            await client.put(path, json={"title": "Mine"}, headers=bob.headers),
            await client.delete(path, headers=bob.headers),
            await client.post(f"{path}/publish", headers=bob.headers),
            await client.put(f"{path}/cover", content=png(), headers=bob.headers),
            await client.delete(f"{path}/cover", headers=bob.headers),
            await send_file(client, bob, product["id"], wav()),
            await client.put(f"{path}/files/order", json={"file_ids": [str(new_id())]}, headers=bob.headers),
        ):
            assert refusal_of(answer) == refusal
        assert refusal_of(await client.put(path, json={"title": "Mine"}))[0] == 401


async def test_only_what_is_sent_changes(client: httpx.AsyncClient, ada: Person) -> None:
    product = await new_product(client, ada, description="Kept")
    path = f"/marketplace/products/{product['id']}"
    changed = data_of(await client.put(path, json={"title": " Dawn ", "price_cents": 0}, headers=ada.headers))
    assert (changed["title"], changed["price_cents"], changed["description"]) == ("Dawn", 0, "Kept")
    assert changed["tags"] == product["tags"]
    changed = data_of(await client.put(path, json={"type": "album", "tags": []}, headers=ada.headers))
    assert (changed["type"], changed["tags"], changed["title"]) == ("album", [], "Dawn")


async def test_the_type_is_fixed_once_published(client: httpx.AsyncClient, ada: Person) -> None:
    product = await on_sale(client, ada)
    answer = await client.put(f"/marketplace/products/{product['id']}", json={"type": "track"}, headers=ada.headers)
    assert refusal_of(answer) == (409, "type_is_fixed")


async def test_licences_have_their_own_price_files_and_terms(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    product = await new_product(client, ada, type="beat")
    file = await add_file(ctx, client, ada, product["id"])
    path = f"/marketplace/products/{product['id']}"
    tiers = [
        {"name": "Lease", "price_cents": 2900, "terms": "2,000 copies.", "file_ids": [file["id"]]},
        {"name": "Exclusive", "price_cents": 50_000, "exclusive": True},
    ]
    shown = data_of(await client.put(path, json={"licenses": tiers}, headers=ada.headers))
    assert [(tier["name"], tier["exclusive"], tier["file_ids"]) for tier in shown["licenses"]] == [
        ("Lease", False, [file["id"]]),
        ("Exclusive", True, []),
    ]
    assert shown["price_cents"] == 2900
    lease = shown["licenses"][0]
    kept = [{"id": lease["id"], "name": "Lease 2", "price_cents": 3900}]
    shown = data_of(await client.put(path, json={"licenses": kept}, headers=ada.headers))
    assert [(tier["id"], tier["name"], tier["price_cents"]) for tier in shown["licenses"]] == [
        (lease["id"], "Lease 2", 3900)
    ]
    await client.post(f"{path}/publish", headers=ada.headers)
    listed = data_of(await client.get("/marketplace/products"))["products"][0]
    assert listed["licenses"] == shown["licenses"]
    assert listed["price_cents"] == 3900


@pytest.mark.parametrize(
    ("tier", "field"),
    [
        ({"name": "  ", "price_cents": 100}, "licenses.0.name"),
        ({"name": "x" * 81, "price_cents": 100}, "licenses.0.name"),
        ({"name": "a\nb", "price_cents": 100}, "licenses.0.name"),
        ({"name": "A", "price_cents": 49}, "licenses.0.price_cents"),
        ({"name": "A", "price_cents": -1}, "licenses.0.price_cents"),
        ({"name": "A", "price_cents": 10_000_001}, "licenses.0.price_cents"),
        ({"name": "A", "price_cents": 100, "terms": "x" * 10_001}, "licenses.0.terms"),
        (
            {"name": "A", "price_cents": 100, "file_ids": ["01890000-0000-7000-8000-000000000000"]},
            "licenses.0.file_ids",
        ),
        ({"name": "A", "price_cents": 100, "id": "01890000-0000-7000-8000-000000000000"}, "licenses.0.id"),
        ({"name": "A", "price_cents": 100, "colour": "red"}, "licenses.0.colour"),
        ({"name": "A"}, "licenses.0.price_cents"),
    ],
)
async def test_a_licence_that_is_not_right_is_named(
    client: httpx.AsyncClient, ada: Person, tier: dict[str, Any], field: str
) -> None:
    answer = await client.post("/marketplace/products", json={**PRODUCT, "licenses": [tier]}, headers=ada.headers)
    assert refusal_of(answer) == (400, "validation_error")
    assert answer.json()["fields"][0]["field"] == field
    assert data_of(await client.get("/sell/products", headers=ada.headers))["total"] == 0


async def test_a_licence_of_another_product_is_refused(client: httpx.AsyncClient, ada: Person, bob: Person) -> None:
    hers = await new_product(client, ada, licenses=[{"name": "A", "price_cents": 100}])
    his = await new_product(client, bob)
    stolen = [{"id": hers["licenses"][0]["id"], "name": "Mine", "price_cents": 0}]
    answer = await client.put(f"/marketplace/products/{his['id']}", json={"licenses": stolen}, headers=bob.headers)
    assert answer.json()["fields"][0]["field"] == "licenses.0.id"
    shown = data_of(await client.get(f"/marketplace/products/{hers['id']}", headers=ada.headers))
    assert shown["licenses"] == hers["licenses"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\u0007b"}, "title"),
        ({"title": 3}, "title"),
        ({"description": "x" * 10_001}, "description"),
        ({"tags": ["x"] * 11}, "tags"),
        ({"tags": ["x" * 31]}, "tags.0"),
        ({"tags": ["ok", " "]}, "tags.1"),
        ({"price_cents": 49}, "price_cents"),
        ({"price_cents": -1}, "price_cents"),
        ({"price_cents": 10_000_001}, "price_cents"),
        ({"price_cents": 4.99}, "price_cents"),
        ({"price_cents": "499"}, "price_cents"),
        ({"price_cents": 10**100}, "price_cents"),
        ({"type": "cassette"}, "type"),
        ({"status": "published"}, "status"),
        ({"seller_id": "x"}, "seller_id"),
    ],
)
async def test_a_field_that_is_not_right_is_named(
    client: httpx.AsyncClient, ada: Person, fields: dict[str, Any], field: str
) -> None:
    answer = await client.post("/marketplace/products", json={**PRODUCT, **fields}, headers=ada.headers)
    assert refusal_of(answer) == (400, "validation_error")
    assert answer.json()["fields"][0]["field"] == field


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "x" * 200},
        {"description": "x" * 10_000},
        {"tags": ["é" * 30, *(str(number) for number in range(9))]},
        {"price_cents": 50},
        {"price_cents": 10_000_000},
        {"price_cents": 0},
        {"title": "🎹 العربية 音楽 \u200d"},
    ],
)
async def test_a_field_at_its_limit_is_taken(client: httpx.AsyncClient, ada: Person, fields: dict[str, Any]) -> None:
    product = await new_product(client, ada, **fields)
    assert {name: product[name] for name in fields} == fields


async def test_tags_that_are_the_same_stand_once(client: httpx.AsyncClient, ada: Person) -> None:
    product = await new_product(client, ada, tags=["Électro", "electro", " ÉLECTRO ", "Deep  House", "deep house"])
    assert product["tags"] == ["Électro", "Deep  House"]


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


async def test_the_library_shows_what_one_owns_and_downloads_it(
    ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    product = await published(ctx, client, ada)
    assert data_of(await client.get("/marketplace/library", headers=bob.headers)) == {
        "items": [],
        "total": 0,
        "limit": 20,
        "offset": 0,
    }
    held = await give(ctx, bob, product["id"])
    item = data_of(await client.get("/marketplace/library", headers=bob.headers))["items"][0]
    assert (item["id"], item["order_id"]) == (str(held.id), str(held.order_id))
    assert (item["product"]["title"], item["product"]["is_on_sale"]) == ("Night drive", True)
    file = item["files"][0]
    path = f"/marketplace/library/{item['id']}/files/{file['id']}/download"
    link = data_of(await client.get(path, headers=bob.headers))
    assert link["url"].startswith("http://localhost:8080/api/v1/downloads/")
    whole = await client.get(link["url"])
    assert (whole.status_code, whole.content) == (200, wav(seconds=2.0))
    assert whole.headers["content-disposition"].startswith('attachment; filename="night drive.wav"')
    assert whole.headers["cache-control"] == "private, no-store"
    part = await client.get(link["url"], headers={"range": "bytes=-10"})
    assert (part.status_code, part.content) == (206, whole.content[-10:])
    assert refusal_of(await client.get(path, headers=ada.headers)) == (404, "not_found")
    assert refusal_of(await client.get(path))[0] == 401


async def test_a_link_is_dead_when_it_is_old_or_no_longer_owned(
    ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person, clock: Any
) -> None:
    product = await published(ctx, client, ada)
    held = await give(ctx, bob, product["id"])
    item = data_of(await client.get("/marketplace/library", headers=bob.headers))["items"][0]
    path = f"/marketplace/library/{item['id']}/files/{item['files'][0]['id']}/download"
    old = data_of(await client.get(path, headers=bob.headers))["url"]
    clock.turn(15 * 60 + 1)
    assert refusal_of(await client.get(old)) == (410, "gone")
    fresh = data_of(await client.get(path, headers=bob.headers))["url"]
    assert (await client.get(fresh)).status_code == 200
    async with ctx.db.transaction() as tx:
        assert await revoke(tx, held.id)
    assert refusal_of(await client.get(fresh)) == (410, "gone")
    assert refusal_of(await client.get(path, headers=bob.headers)) == (404, "not_found")
    assert data_of(await client.get("/marketplace/library", headers=bob.headers))["items"] == []
    for forged in (fresh[:-2] + "AA", fresh + "A", "http://localhost:8080/api/v1/downloads/x"):
        assert refusal_of(await client.get(forged)) == (404, "not_found")


async def test_buyers_keep_what_was_archived_taken_down_or_taken_out(
    ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    product = await new_product(client, ada, type="album")
    path = f"/marketplace/products/{product['id']}"
    first = await add_file(ctx, client, ada, product["id"], wav(1.0))
    await client.post(f"{path}/publish", headers=ada.headers)
    await give(ctx, bob, product["id"])
    second = await add_file(ctx, client, ada, product["id"], wav(1.5))
    data_of(await client.delete(f"{path}/files/{first['id']}", headers=ada.headers))
    await client.delete(path, headers=ada.headers)
    late = await join(client, "late")
    await give(ctx, late, product["id"])

    async def owned(person: Person) -> set[str]:
        item = data_of(await client.get("/marketplace/library", headers=person.headers))["items"][0]
        assert item["product"]["is_on_sale"] is False
        for file in item["files"]:
            link = f"/marketplace/library/{item['id']}/files/{file['id']}/download"
            url = data_of(await client.get(link, headers=person.headers))["url"]
            assert (await client.get(url)).status_code == 200
        return {file["id"] for file in item["files"]}

    assert await owned(bob) == {first["id"], second["id"]}
    assert await owned(late) == {second["id"]}


async def test_a_licence_gives_only_its_files(
    ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    product = await new_product(client, ada, type="beat")
    mp3, stems = [await add_file(ctx, client, ada, product["id"], found) for found in (wav(1.0), archive())]
    tiers = [{"name": "Lease", "price_cents": 100, "file_ids": [mp3["id"]]}, {"name": "All", "price_cents": 900}]
    path = f"/marketplace/products/{product['id']}"
    lease, all_of_it = data_of(await client.put(path, json={"licenses": tiers}, headers=ada.headers))["licenses"]
    await give(ctx, bob, product["id"], license_id=lease["id"])
    await give(ctx, bob, product["id"], license_id=all_of_it["id"])
    await client.put(path, json={"licenses": []}, headers=ada.headers)
    items = data_of(await client.get("/marketplace/library", headers=bob.headers))["items"]
    assert {item["license"]["name"]: {file["id"] for file in item["files"]} for item in items} == {
        "Lease": {mp3["id"]},
        "All": {mp3["id"], stems["id"]},
    }
    refused = f"/marketplace/library/{items[1]['id']}/files/{stems['id']}/download"
    assert items[1]["license"]["name"] == "Lease"
    assert refusal_of(await client.get(refused, headers=bob.headers)) == (404, "not_found")


async def test_sellers_may_download_their_own_files_and_nobody_elses(
    ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    product = await new_product(client, ada)
    file = data_of(await send_file(client, ada, product["id"], wav()), 201)
    path = f"/marketplace/products/{product['id']}/files/{file['id']}/download"
    url = data_of(await client.get(path, headers=ada.headers))["url"]
    assert (await client.get(url)).content == wav()
    assert refusal_of(await client.get(path, headers=bob.headers)) == (404, "not_found")


async def test_the_staff_take_a_product_down_and_give_it_back(
    ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    product = await published(ctx, client, ada)
    path = f"/marketplace/products/{product['id']}"
    admin_path = f"/admin/products/{product['id']}"
    body = {"reason": "Someone else's song."}
    assert refusal_of(await client.post(f"{admin_path}/takedown", json=body, headers=bob.headers))[0] == 403
    await change_role(ctx, bob.id, Role.MODERATOR)
    assert refusal_of(await client.post(f"{admin_path}/restore", headers=bob.headers)) == (409, "not_taken_down")
    assert refusal_of(await client.post(f"{admin_path}/takedown", json={"reason": " "}, headers=bob.headers))[0] == 400
    await client.put(f"{path}/cover", content=png(), headers=ada.headers)
    shown = data_of(await client.get(path))
    down = data_of(await client.post(f"{admin_path}/takedown", json=body, headers=bob.headers))
    assert (down["status"], down["takedown_reason"]) == ("taken_down", "Someone else's song.")
    for gone in (shown["preview_url"], shown["cover_url"], shown["cover_small_url"]):
        assert refusal_of(await client.get(gone.removeprefix("/api/v1"))) == (404, "not_found")
    assert refusal_of(await client.get(path)) == (404, "not_found")
    assert data_of(await client.get(path, headers=bob.headers))["status"] == "taken_down"
    own = data_of(await client.get("/sell/products?status=taken_down", headers=ada.headers))["products"][0]
    assert own["takedown_reason"] == "Someone else's song."
    for answer in (
        await client.post(f"{path}/publish", headers=ada.headers),
        await client.put(path, json={"title": "Other"}, headers=ada.headers),
        await client.delete(path, headers=ada.headers),
    ):
        assert refusal_of(answer) == (409, "taken_down")
    back = data_of(await client.post(f"{admin_path}/restore", headers=bob.headers))
    assert (back["status"], back["takedown_reason"]) == ("archived", None)
    data_of(await client.post(f"{path}/publish", headers=ada.headers))
    assert (await client.get(shown["cover_url"].removeprefix("/api/v1"))).status_code == 200


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
