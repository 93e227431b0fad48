"""SQL of products and their licences. Lists for everybody are `list_queries.py`, files `file_queries.py`."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class ProductRow(msgspec.Struct, frozen=True):
    """A product as it is stored, without its licences."""

    id: UUID
    seller_id: UUID
    seller_username: str
    type: str
    status: str
    title: str
    description: str
    tags: list[str]
    price_cents: int
    cover_id: UUID | None
    cover_small_id: UUID | None
    preview_id: UUID | None
    duration_ms: int | None
    rating_average: float | None
    rating_counts: list[int]
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    takedown_reason: str | None


class LicenseRow(msgspec.Struct, frozen=True):
    """A licence that is offered."""

    id: UUID
    product_id: UUID
    name: str
    price_cents: int
    exclusive: bool
    terms: str
    file_ids: list[UUID]


class FileCountsRow(msgspec.Struct, frozen=True):
    """How the files of a product stand."""

    product_id: UUID
    ready: int
    processing: int
    failed: int


class HeardRow(msgspec.Struct, frozen=True):
    """What a file says of itself."""

    title: str
    artist: str


class ObjectRow(msgspec.Struct, frozen=True):
    """An object of the store that a product shows."""

    id: UUID | None


product = Query(
    ProductRow,
    """
    select id, seller_id, seller_username, type, status, title, description, tags, price_cents, cover_id,
           cover_small_id, preview_id, duration_ms, rating_average, rating_counts, created_at, updated_at,
           published_at, takedown_reason
    from products where id = $1
    """,
)
lock_product = Query(
    ProductRow,
    """
    select id, seller_id, seller_username, type, status, title, description, tags, price_cents, cover_id,
           cover_small_id, preview_id, duration_ms, rating_average, rating_counts, created_at, updated_at,
           published_at, takedown_reason
    from products where id = $1 for no key update
    """,
)
products = Query(
    ProductRow,
    """
    select id, seller_id, seller_username, type, status, title, description, tags, price_cents, cover_id,
           cover_small_id, preview_id, duration_ms, rating_average, rating_counts, created_at, updated_at,
           published_at, takedown_reason
    from products where id = any($1::uuid[])
    """,
)
own = Query(
    ProductRow,
    """
    select id, seller_id, seller_username, type, status, title, description, tags, price_cents, cover_id,
           cover_small_id, preview_id, duration_ms, rating_average, rating_counts, created_at, updated_at,
           published_at, takedown_reason
    from products
    where seller_id = $1 and ($2::text is null or status = $2) and ($3::text is null or search @@ $3::tsquery)
    order by id desc limit $4 offset $5
    """,
)
count_own = Value(
    int,
    """
    select count(*) from products
    where seller_id = $1 and ($2::text is null or status = $2) and ($3::text is null or search @@ $3::tsquery)
    """,
)
lock_seller = Command("select pg_advisory_xact_lock(hashtextextended('veza.products.' || $1::text, 0))")
insert_product = Command(
    """
    insert into products (id, seller_id, seller_username, type, title, description, tags, price_cents, title_key,
        search, license_count)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::tsvector, $11)
    """
)
update_details = Command(
    """
    update products set type = $2, title = $3, description = $4, tags = $5, price_cents = $6, title_key = $7,
        search = $8::text::tsvector, license_count = $9, updated_at = now()
    where id = $1
    """
)
set_search = Command("update products set search = $2::text::tsvector where id = $1")
publish = Command(
    """
    update products set status = 'published', published_at = coalesce(published_at, now()), updated_at = now()
    where id = $1
    """
)
set_status = Command(
    """
    update products set status = $2, takedown_reason = $3, taken_down_by = $4, updated_at = now() where id = $1
    """
)
set_offer = Command("update products set price_cents = $2, license_count = $3, updated_at = now() where id = $1")
set_cover = Command("update products set cover_id = $2, cover_small_id = $3, updated_at = now() where id = $1")
count_rating = Command(
    """
    update products set rating_counts = (
        select array_agg(n - (place = $2)::int + (place = $3)::int order by place)
        from unnest(rating_counts) with ordinality as c (n, place))
    where id = $1
    """
)
"""$2 the rating that goes, $3 the one that comes; 0 for none."""

# --- licences --------------------------------------------------------------------------------------------------

licenses = Query(
    LicenseRow,
    """
    select id, product_id, name, price_cents, exclusive, terms, file_ids from product_licenses
    where product_id = any($1::uuid[]) and retired_at is null order by product_id, position, id
    """,
)
licenses_by_id = Query(
    LicenseRow,
    """
    select id, product_id, name, price_cents, exclusive, terms, file_ids from product_licenses
    where id = any($1::uuid[])
    """,
)
put_license = Command(
    """
    insert into product_licenses (id, product_id, position, name, price_cents, exclusive, terms, file_ids)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (id) do update set position = excluded.position, name = excluded.name,
        price_cents = excluded.price_cents, exclusive = excluded.exclusive, terms = excluded.terms,
        file_ids = excluded.file_ids
    """
)
retire_licenses = Command(
    """
    update product_licenses set retired_at = now()
    where product_id = $1 and retired_at is null and not id = any($2::uuid[])
    """
)
drop_file_from_licenses = Command(
    """
    update product_licenses set file_ids = array_remove(file_ids, $2)
    where product_id = $1 and retired_at is null and $2 = any(file_ids)
    """
)

# --- what a product's files add to it --------------------------------------------------------------------------

heard = Query(
    HeardRow,
    """
    select title, artist from product_files where product_id = $1 and removed_at is null
    order by position, id limit 200
    """,
)
file_counts = Query(
    FileCountsRow,
    """
    select product_id, count(*) filter (where status = 'ready') as ready,
           count(*) filter (where status = 'processing') as processing,
           count(*) filter (where status = 'failed') as failed
    from product_files where product_id = any($1::uuid[]) and removed_at is null group by product_id
    """,
)
sum_up_audio = Command(
    """
    update products p set
        duration_ms = (select sum(f.duration_ms) from product_files f
            where f.product_id = p.id and f.removed_at is null and f.status = 'ready'),
        preview_id = (select f.preview_id from product_files f
            where f.product_id = p.id and f.removed_at is null and f.status = 'ready' and f.preview_id is not null
            order by f.position, f.id limit 1)
    where p.id = $1
    """
)
public_objects = Query(
    ObjectRow,
    """
    select unnest(array[cover_id, cover_small_id]) as id from products where id = $1
    union select preview_id from product_files where product_id = $1 and preview_id is not null
    """,
)

# --- the end of a seller ---------------------------------------------------------------------------------------

lock_some_of = Query(
    ObjectRow,
    "select id from products where seller_id = $1 and seller_username <> $2 order by id limit $3 for update",
)
retire = Command(
    """
    update products set seller_username = $2, search = $3::text::tsvector, updated_at = now(),
        status = case when status = 'taken_down' then status else 'archived' end
    where id = $1
    """
)
all_objects = Query(
    ObjectRow,
    """
    select unnest(array[cover_id, cover_small_id, preview_id]) as id from products where id = any($1::uuid[])
    union select unnest(array[object_id, preview_id]) from product_files where product_id = any($1::uuid[])
    """,
)
remove_files = Command("delete from product_files where product_id = any($1::uuid[])")
remove_licenses = Command("delete from product_licenses where product_id = any($1::uuid[])")
remove_products = Command("delete from products where id = any($1::uuid[])")
