"""What people own, through the application's own door: the library, download links, and when those are dead."""

from typing import Any

import httpx
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.shop import add_file, archive, give, new_product, published, send_file, wav

from veza.context import Context
from veza.entitlements.service import revoke


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
