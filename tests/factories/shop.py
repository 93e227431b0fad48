"""Sellers, products and files for tests of the shop, through the API; and small files that are what they say."""

import io
import math
import struct
import wave
import zipfile
from typing import Any
from uuid import UUID

import httpx
from PIL import Image
from tests.factories.api import Person, data_of

from veza.context import Context
from veza.entitlements.service import grant
from veza.kit.ids import new_id
from veza.products.processing import process_file

PRODUCT = {"title": "Night drive", "price_cents": 499, "type": "track", "tags": ["house", "late night"]}


async def new_product(client: httpx.AsyncClient, seller: Person, **fields: Any) -> Any:
    """A draft."""
    answer = await client.post("/marketplace/products", json={**PRODUCT, **fields}, headers=seller.headers)
    return data_of(answer, 201)


async def send_file(
    client: httpx.AsyncClient, seller: Person, product_id: str, content: bytes, filename: str = "night drive.wav"
) -> httpx.Response:
    """Upload a file as raw bytes."""
    return await client.post(
        f"/marketplace/products/{product_id}/files",
        params={"filename": filename},
        content=content,
        headers={**seller.headers, "content-type": "application/octet-stream"},
    )


async def add_file(
    ctx: Context, client: httpx.AsyncClient, seller: Person, product_id: str, content: bytes | None = None
) -> Any:
    """A file that the worker has looked into."""
    file = data_of(await send_file(client, seller, product_id, content or wav()), 201)
    await process_file(ctx, UUID(file["id"]), is_last_try=True)
    files = data_of(await client.get(f"/marketplace/products/{product_id}/files", headers=seller.headers))["files"]
    return next(found for found in files if found["id"] == file["id"])


async def published(ctx: Context, client: httpx.AsyncClient, seller: Person, **fields: Any) -> Any:
    """A product on sale, with one file."""
    product = await new_product(client, seller, **fields)
    await add_file(ctx, client, seller, product["id"], wav(seconds=2.0))
    return data_of(await client.post(f"/marketplace/products/{product['id']}/publish", headers=seller.headers))


async def on_sale(client: httpx.AsyncClient, seller: Person, **fields: Any) -> Any:
    """A service on sale: nothing to upload, so many can be made."""
    product = await new_product(client, seller, **{"type": "service", **fields})
    return data_of(await client.post(f"/marketplace/products/{product['id']}/publish", headers=seller.headers))


async def give(
    ctx: Context, person: Person, product_id: str, *, license_id: str | None = None, bought: bool = True
) -> Any:
    """Let somebody own a product, as an order will."""
    async with ctx.db.transaction() as tx:
        return await grant(
            tx,
            person.id,
            UUID(product_id),
            license_id=UUID(license_id) if license_id else None,
            order_id=new_id() if bought else None,
        )


def wav(seconds: float = 4.0, *, hz: float = 440.0, rate: int = 8_000) -> bytes:
    """A mono tone."""
    count = int(seconds * rate)
    samples = (int(12_000 * math.sin(2 * math.pi * hz * place / rate)) for place in range(count))
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return held.getvalue()


def png(width: int = 600, height: int = 600, colour: str = "teal") -> bytes:
    """A picture of one colour."""
    held = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(held, "PNG")
    return held.getvalue()


def archive(**names: bytes) -> bytes:
    """A ZIP archive of small files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (names or {"kick.wav": wav(0.2)}).items():
            file.writestr(name, content)
    return held.getvalue()
