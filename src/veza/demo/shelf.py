"""Puts one artist's products on sale: makes what is missing, and leaves alone what is there."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from veza.demo import factory, words
from veza.demo.catalogue import ProductSpec
from veza.demo.client import Person

Maker = Callable[..., Awaitable[Any]]
"""Calls a function of `factory` in a child process."""
_LOOK_EVERY_S = 0.5
_READY_WITHIN_S = 300.0


@dataclass(frozen=True, slots=True)
class Shelved:
    """What was done for one product. `is_waiting`: its files were not ready in time."""

    is_new: bool = False
    files: int = 0
    is_waiting: bool = False


class Shelf:
    """The products of one artist, by title."""

    def __init__(self, seller: Person, make: Maker, there: dict[str, Any]) -> None:
        self._seller, self._make, self._there = seller, make, there

    @classmethod
    async def of(cls, seller: Person, make: Maker) -> "Shelf":
        """With what is there already."""
        products = await seller.pages("/sell/products", "products")
        return cls(seller, make, {product["title"]: product for product in products})

    async def put(self, spec: ProductSpec) -> Shelved:
        """Bring a product to where it belongs. One that was on sale once is left as its seller has it now."""
        product = self._there.get(spec.title)
        is_new = product is None
        if product is None:
            product = await self._seller.post("/marketplace/products", self._body(spec))
        elif product["published_at"] is not None:
            return Shelved()
        path = f"/marketplace/products/{product['id']}"
        if product["cover_url"] is None:
            picture = await self._make(factory.make_cover, spec.artist.palette, spec.seed, spec.style)
            await self._seller.send("PUT", f"{path}/cover", picture)
        files, added = await self._send_files(spec, path)
        if len(product["licenses"]) < len(spec.tiers):
            await self._seller.put(path, {"licenses": _licenses(spec, files)})
        if spec.fate == "draft":
            return Shelved(is_new, added)
        if not await self._is_ready(path):
            return Shelved(is_new, added, is_waiting=True)
        await self._seller.post(f"{path}/publish")
        if spec.fate == "archived":
            await self._seller.delete(path)
        return Shelved(is_new, added)

    def _body(self, spec: ProductSpec) -> dict[str, Any]:
        return {
            "type": spec.type,
            "title": spec.title,
            "description": spec.description,
            "tags": list(spec.tags),
            "price_cents": spec.price_cents,
        }

    async def _send_files(self, spec: ProductSpec, path: str) -> tuple[dict[str, str], int]:
        """The ids of all files by name, and how many were sent."""
        there = await self._files(path)
        ids = {file["filename"]: file["id"] for file in there}
        missing = [file for file in spec.files if file.filename not in ids]
        if missing:
            for file, content in zip(missing, await self._make(factory.make_files, missing), strict=True):
                sent = await self._seller.send("POST", f"{path}/files", content, filename=file.filename)
                ids[file.filename] = sent["id"]
        return ids, len(missing)

    async def _is_ready(self, path: str) -> bool:
        """Wait until all files are looked into. False when that takes too long."""
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                while any(file["status"] == "processing" for file in await self._files(path)):  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError:
            return False
        return True

    async def _files(self, path: str) -> list[Any]:
        found: list[Any] = (await self._seller.get(f"{path}/files"))["files"]
        return found


def _licenses(spec: ProductSpec, ids: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": tier.name,
            "price_cents": tier.price_cents,
            "exclusive": tier.exclusive,
            "terms": words.TERMS[tier.name],
            "file_ids": [ids[name] for name in tier.filenames],
        }
        for tier in spec.tiers
    ]
