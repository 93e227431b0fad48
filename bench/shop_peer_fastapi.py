# mypy: ignore-errors
"""The peer of shop_list.py: the public list on FastAPI and SQLAlchemy, as their documentation shows it.

Pydantic models of the answer, an async session per request, ORM models with `selectinload`, a count of its own. Runs
under the platform's own uvicorn, uvloop and asyncpg. Never imported: its packages are only where `shop_peers.py` puts
them.
"""

import base64
import json
import os
import re
import unicodedata
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, Text, Uuid, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, deferred, mapped_column, relationship, selectinload

engine = create_async_engine(os.environ["SHOP_DSN"], pool_size=10)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class License(Base):
    __tablename__ = "product_licenses"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("products.id"))
    position: Mapped[int]
    name: Mapped[str]
    price_cents: Mapped[int]
    exclusive: Mapped[bool]
    terms: Mapped[str]
    file_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    retired_at: Mapped[datetime | None]


class Product(Base):
    __tablename__ = "products"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seller_id: Mapped[uuid.UUID]
    seller_username: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    type: Mapped[str]
    status: Mapped[str]
    price_cents: Mapped[int]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    cover_id: Mapped[uuid.UUID | None]
    cover_small_id: Mapped[uuid.UUID | None]
    preview_id: Mapped[uuid.UUID | None]
    duration_ms: Mapped[int | None]
    rating_average: Mapped[float | None]
    rating_count: Mapped[int]
    rating_rank: Mapped[int] = deferred(mapped_column())
    title_key: Mapped[str]
    search: Mapped[str] = deferred(mapped_column(TSVECTOR))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime]
    licenses: Mapped[list[License]] = relationship(
        primaryjoin="and_(Product.id == License.product_id, License.retired_at.is_(None))",
        order_by="License.position, License.id",
        viewonly=True,
    )


class SellerOut(BaseModel):
    id: uuid.UUID
    username: str


class LicenseOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    name: str
    price_cents: int
    exclusive: bool
    terms: str
    file_ids: list[uuid.UUID]


class ProductOut(BaseModel):
    id: uuid.UUID
    seller: SellerOut
    title: str
    description: str
    type: str
    price_cents: int
    currency: str
    status: str
    tags: list[str]
    cover_url: str | None
    cover_small_url: str | None
    preview_url: str | None
    duration_seconds: float | None
    licenses: list[LicenseOut]
    rating_average: float | None
    rating_count: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime
    takedown_reason: str | None


class Page(BaseModel):
    products: list[ProductOut]
    total: int
    limit: int
    offset: int
    next_cursor: str | None


class Answer(BaseModel):
    success: bool
    data: Page


class Asked(BaseModel):
    search: str = ""
    tag: str = ""
    sort: Literal["newest", "oldest", "price_asc", "price_desc", "rating", "title", "relevance"] = "newest"
    type: Literal["track", "album", "beat", "sample_pack", "preset", "service"] | None = None
    seller_id: uuid.UUID | None = None
    min_price: int | None = None
    max_price: int | None = None
    limit: Annotated[int, Query(ge=1, le=100)] = 20
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0


ORDERS = {
    "newest": Product.published_at.desc(),
    "oldest": Product.published_at.asc(),
    "price_asc": Product.price_cents.asc(),
    "price_desc": Product.price_cents.desc(),
    "rating": Product.rating_rank.desc(),
    "title": Product.title_key.asc(),
}


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as found:
        yield found


def fold(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


@app.get("/api/v1/marketplace/products")
async def products(asked: Annotated[Asked, Query()], db: Annotated[AsyncSession, Depends(session)]) -> Answer:
    wanted = select(Product).where(Product.status == "published")
    words = [f"'{word}':*" for word in re.findall(r"\w+", fold(asked.search))]
    if asked.tag:
        words.append("'#" + fold(asked.tag).replace("'", "''") + "'")
    tsquery = cast(" & ".join(words), TSQUERY)
    if words:
        wanted = wanted.where(Product.search.op("@@")(tsquery))
    if asked.type:
        wanted = wanted.where(Product.type == asked.type)
    if asked.seller_id:
        wanted = wanted.where(Product.seller_id == asked.seller_id)
    if asked.min_price is not None:
        wanted = wanted.where(Product.price_cents >= asked.min_price)
    if asked.max_price is not None:
        wanted = wanted.where(Product.price_cents <= asked.max_price)
    total = await db.scalar(select(func.count()).select_from(wanted.subquery()))
    rank = func.ts_rank(Product.search, tsquery).desc()
    order = rank if asked.sort == "relevance" else ORDERS[asked.sort]
    tie = Product.id.asc() if asked.sort in {"oldest", "price_asc", "title"} else Product.id.desc()
    page = wanted.options(selectinload(Product.licenses)).order_by(order, tie)
    found = (await db.scalars(page.limit(asked.limit + 1).offset(asked.offset))).all()
    shown = found[: asked.limit]
    cursor = None
    if len(found) > asked.limit:
        parts = [asked.sort, str(shown[-1].published_at), str(shown[-1].id), total, datetime.now(UTC).isoformat()]
        cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")
    return Answer(
        success=True,
        data=Page(
            products=[view(product) for product in shown],
            total=total or 0,
            limit=asked.limit,
            offset=asked.offset,
            next_cursor=cursor,
        ),
    )


def view(product: Product) -> ProductOut:
    return ProductOut(
        id=product.id,
        seller=SellerOut(id=product.seller_id, username=product.seller_username),
        title=product.title,
        description=product.description,
        type=product.type,
        price_cents=product.price_cents,
        currency="EUR",
        status=product.status,
        tags=product.tags,
        cover_url=media(product.cover_id),
        cover_small_url=media(product.cover_small_id),
        preview_url=media(product.preview_id),
        duration_seconds=None if product.duration_ms is None else product.duration_ms / 1000,
        licenses=[LicenseOut.model_validate(found) for found in product.licenses],
        rating_average=product.rating_average,
        rating_count=product.rating_count,
        created_at=product.created_at,
        updated_at=product.updated_at,
        published_at=product.published_at,
        takedown_reason=None,
    )


def media(object_id: uuid.UUID | None) -> str | None:
    return None if object_id is None else f"/api/v1/media/{object_id}"
