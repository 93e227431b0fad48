-- Objects in the file store, products with their files and licences, who owns what, and reviews (docs/reference/shop.md).

-- Every object of the store has its row before its first byte: what a crash leaves behind can be found and removed.
create table stored_objects (
    id           uuid        primary key,
    kind         text        not null check (kind in ('file', 'preview', 'cover', 'avatar')),
    owner_id     uuid        not null references users (id),
    state        text        not null default 'receiving' check (state in ('receiving', 'kept', 'discarded')),
    content_type text        not null default 'application/octet-stream',
    size_bytes   bigint      not null default 0 check (size_bytes >= 0),
    sha256       bytea       check (length(sha256) = 32),
    -- covers, previews and avatars are public, unless what they belong to was taken down
    is_public    boolean     not null default false,
    created_at   timestamptz not null default now(),
    -- of the present state
    changed_at   timestamptz not null default now(),
    check (not is_public or kind <> 'file'),
    check (state <> 'kept' or sha256 is not null)
);
create index stored_objects_unsettled on stored_objects (changed_at) where state <> 'kept';
-- How much one person keeps here.
create index stored_objects_of_owner on stored_objects (owner_id, size_bytes) where state <> 'discarded';

alter table users add column avatar_id uuid references stored_objects (id);
create index users_avatar on users (avatar_id) where avatar_id is not null;

create table products (
    id              uuid        primary key,
    seller_id       uuid        not null references users (id),
    -- names never change; lists show and find it without another look
    seller_username text        not null,
    type            text        not null check (type in
        ('track', 'album', 'beat', 'sample_pack', 'preset', 'service')),
    status          text        not null default 'draft' check (status in
        ('draft', 'published', 'archived', 'taken_down')),
    title           text        not null check (length(title) between 1 and 200),
    description     text        not null default '' check (length(description) <= 10000),
    tags            text[]      not null default '{}' check (cardinality(tags) <= 10),
    -- the product's own, or that of its cheapest licence
    price_cents     integer     not null check (price_cents = 0 or price_cents between 50 and 10000000),
    license_count   integer     not null default 0 check (license_count >= 0),

    cover_id        uuid        references stored_objects (id),
    cover_small_id  uuid        references stored_objects (id),
    -- of its first audio file, and the sum over all of them
    preview_id      uuid        references stored_objects (id),
    duration_ms     bigint      check (duration_ms >= 0),

    -- words folded by the application (kit/text.py): title A, seller and tags B, what files say C, description D
    search          tsvector    not null,
    title_key       text        collate "C" not null,
    -- 16,384 products that were published one after the other stand on one shelf (a trigger counts)
    shelf           integer,

    -- how many reviews gave 1, 2, 3, 4, 5
    rating_counts   integer[]   not null default '{0,0,0,0,0}' check (cardinality(rating_counts) = 5 and 0 <= all (rating_counts)),
    rating_count    integer     not null generated always as
        (rating_counts[1] + rating_counts[2] + rating_counts[3] + rating_counts[4] + rating_counts[5]) stored,
    rating_average  float8      generated always as (
        (round((rating_counts[1] + 2 * rating_counts[2] + 3 * rating_counts[3] + 4 * rating_counts[4] + 5 * rating_counts[5])::numeric
            / nullif(rating_counts[1] + rating_counts[2] + rating_counts[3] + rating_counts[4] + rating_counts[5], 0), 2))::float8) stored,
    -- the average in hundredths, then how many say so: one number to sort by
    rating_rank     bigint      not null generated always as (
        coalesce((100 * (rating_counts[1] + 2 * rating_counts[2] + 3 * rating_counts[3] + 4 * rating_counts[4] + 5 * rating_counts[5])::bigint)
            / nullif(rating_counts[1] + rating_counts[2] + rating_counts[3] + rating_counts[4] + rating_counts[5], 0), 0) * 10000000000
        + (rating_counts[1] + rating_counts[2] + rating_counts[3] + rating_counts[4] + rating_counts[5])) stored,

    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    -- the first time: an old product that comes back is not new
    published_at    timestamptz,
    takedown_reason text        check (length(takedown_reason) <= 500),
    taken_down_by   uuid        references users (id),

    check (status not in ('published') or published_at is not null),
    check ((status = 'taken_down') = (takedown_reason is not null)),
    check ((cover_id is null) = (cover_small_id is null))
);

-- The public list in each of its orders, whole and by type; the id decides between equals. Prices ride along: a page
-- that is narrowed to them is found in the index alone (over a million products 34 ms became 3). A seller's index holds
-- all that a storefront can be ordered by: what one person sells is sorted, without a look at its rows (78 ms became 2).
create index products_newest on products (published_at, id) include (price_cents) where status = 'published';
create index products_price on products (price_cents, id) where status = 'published';
create index products_rating on products (rating_rank, id) include (price_cents) where status = 'published';
create index products_title on products (title_key, id) include (price_cents) where status = 'published';
create index products_type_newest on products (type, published_at, id) include (price_cents) where status = 'published';
create index products_type_price on products (type, price_cents, id) where status = 'published';
create index products_type_rating on products (type, rating_rank, id) include (price_cents) where status = 'published';
create index products_type_title on products (type, title_key, id) include (price_cents) where status = 'published';
create index products_of_seller on products (seller_id, published_at, id)
    include (type, price_cents, rating_rank, title_key) where status = 'published';
create index products_own on products (seller_id, id desc);

-- What a search looks words up in. Measured over a million products (bench/shop_million.py):
--   * Every beginning of a word (up to 20 letters) is a key of the index: to look for a prefix is to look for one key,
--     which costs a fifth of a walk over all words that begin so, and several at once skip through each other.
--   * Keys begin with the product's shelf, so that a search can take one shelf after the other, the newest first, and
--     stop when it has enough: it no longer matters how common a word is.
--   * The type, and the price roughly, are keys too: a rare one beside a common word is found like a rare word.
-- Two words of which one stands in every tenth product took 60 to 170 ms by an index on `search`, and take 2 to 8 so.
create function product_keys(search tsvector, type text, price_cents integer, shelf integer) returns tsvector
    language sql immutable parallel safe cost 10000
begin atomic
    select array_to_tsvector(array_agg(lpad(to_hex(shelf), 4, '0') || left(word, letters)))
    from unnest(tsvector_to_array(search) || array[
             '@' || type,
             -- the steps stand in listing.py too
             '$' || width_bucket(price_cents, array[1, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000])
         ]) word,
         generate_series(case when left(word, 1) in ('#', '@', '$') then length(word) else 1 end,
                         case when left(word, 1) in ('#', '@', '$') then length(word) else least(20, length(word)) end) letters;
end;

-- fastupdate off: a search must not read a pending list first
create index products_keys on products using gin (product_keys(search, type, price_cents, shelf))
    with (fastupdate = off) where status = 'published';

-- How many products are published, so that the unfiltered list need not count them.
create table product_totals (
    published bigint not null check (published >= 0),
    -- how many were ever put on a shelf
    shelved   bigint not null check (shelved >= 0)
);
insert into product_totals values (0, 0);

create function shelve_product() returns trigger language plpgsql as $$
begin
    update product_totals set shelved = shelved + 1 returning shelved / 16384 into new.shelf;
    return new;
end
$$;
create trigger products_shelved before insert or update of published_at on products
    for each row when (new.published_at is not null and new.shelf is null) execute function shelve_product();

create function count_published() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.status = 'published' then
            update product_totals set published = published + 1;
        end if;
    elsif (old.status = 'published') <> (new.status = 'published') then
        update product_totals set published = published + case when new.status = 'published' then 1 else -1 end;
    end if;
    return null;
end
$$;
create trigger products_published after insert or update of status on products
    for each row execute function count_published();

create function uncount_published() returns trigger language plpgsql as $$
begin
    if old.status = 'published' then
        update product_totals set published = published - 1;
    end if;
    return null;
end
$$;
create trigger products_unpublished after delete on products
    for each row execute function uncount_published();

create table product_files (
    id               uuid        primary key,
    product_id       uuid        not null references products (id),
    object_id        uuid        not null references stored_objects (id),
    position         integer     not null check (position >= 0),
    -- as it is offered for download
    filename         text        not null check (length(filename) between 1 and 200),
    title            text        not null check (length(title) between 1 and 200),
    format           text        not null,
    content_type     text        not null,
    size_bytes       bigint      not null check (size_bytes > 0),
    sha256           bytea       not null check (length(sha256) = 32),
    status           text        not null default 'processing' check (status in ('processing', 'ready', 'failed')),
    failure          text        check (length(failure) <= 500),

    -- found by looking into the file (processing/)
    duration_ms      bigint      check (duration_ms >= 0),
    loudness_lufs    float8,
    sample_rate_hz   integer,
    channels         integer,
    bit_rate_bps     bigint,
    peaks            bytea       check (length(peaks) = 800),
    preview_id       uuid        references stored_objects (id),
    preview_start_ms bigint,
    preview_ms       bigint      check (preview_ms <= 30000),
    artist           text        not null default '',
    isrc             text        not null default '',
    bpm              float8,
    musical_key      text        not null default '',
    entry_count      integer,

    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    -- taken out of the product; those who owned it before keep it
    removed_at       timestamptz,
    check ((status = 'failed') = (failure is not null))
);
create index product_files_of_product on product_files (product_id, position, id);
create unique index product_files_content on product_files (product_id, sha256) where removed_at is null;
create index product_files_object on product_files (object_id);

create table product_licenses (
    id          uuid        primary key,
    product_id  uuid        not null references products (id),
    position    integer     not null check (position >= 0),
    name        text        not null check (length(name) between 1 and 80),
    price_cents integer     not null check (price_cents = 0 or price_cents between 50 and 10000000),
    exclusive   boolean     not null default false,
    terms       text        not null default '' check (length(terms) <= 10000),
    -- the files that it gives; empty means all of the product's
    file_ids    uuid[]      not null default '{}' check (cardinality(file_ids) <= 200),
    created_at  timestamptz not null default now(),
    -- no longer offered; those who bought it keep it
    retired_at  timestamptz
);
create index product_licenses_of_product on product_licenses (product_id, position, id);

-- Who owns what, and by which order. Kept when revoked: an order's history needs it.
create table entitlements (
    id         uuid        primary key,
    user_id    uuid        not null references users (id),
    product_id uuid        not null references products (id),
    license_id uuid        references product_licenses (id),
    -- null: given by hand
    order_id   uuid,
    granted_at timestamptz not null default now(),
    revoked_at timestamptz
);
create unique index entitlements_once on entitlements (user_id, product_id, license_id, order_id) nulls not distinct;
create index entitlements_of_user on entitlements (user_id, granted_at desc, id desc) where revoked_at is null;
create index entitlements_of_product on entitlements (product_id) where revoked_at is null;

create table reviews (
    id         uuid        primary key,
    product_id uuid        not null references products (id),
    buyer_id   uuid        not null references users (id),
    order_id   uuid        not null,
    rating     smallint    not null check (rating between 1 and 5),
    comment    text        not null check (length(comment) between 1 and 2000),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (product_id, buyer_id)
);
create index reviews_newest on reviews (product_id, created_at desc, id desc);
