"""Products through the application's own door: their life, their licences, and who may do what with them."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.factories.api import Person, data_of, refusal_of
from tests.factories.shop import PRODUCT, add_file, new_product, on_sale, png, published, send_file, wav

from veza.auth.domain import Role
from veza.auth.service import change_role
from veza.context import Context
from veza.kit.ids import new_id
from veza.products.processing import process_file

UNKNOWN = "01890000-0000-7000-8000-000000000000"
PRODUCT_FIELDS = {
    "id", "seller", "title", "description", "type", "price_cents", "currency", "status", "tags", "cover_url",
    "cover_small_url", "preview_url", "duration_seconds", "licenses", "rating_average", "rating_count", "created_at",
    "updated_at", "published_at", "takedown_reason",
}  # fmt: skip


async def test_a_product_begins_as_a_draft_that_nobody_else_sees(
    client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    product = await new_product(client, ada, description="Slow.\r\nVery slow.")
    assert product.keys() == PRODUCT_FIELDS | {"files_ready", "files_processing", "files_failed"}
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
    seen = data_of(await client.get(path, headers=bob.headers))
    assert (seen["status"], seen["takedown_reason"]) == ("taken_down", "Someone else's song.")
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
