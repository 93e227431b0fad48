-- Refunds, disputes, and what downloads they stop (docs/reference/orders.md).

-- downloaded: the first bytes were sent; suspended: kept back while its money may be on its way back.
alter table entitlements
    add column downloaded_at timestamptz,
    add column suspended_at  timestamptz;

-- A buyer's quarrel with their bank about a payment, by the newest word that counted (refunds/domain.py).
create table disputes (
    id                  uuid        primary key,
    order_id            uuid        not null references orders (id),
    payment_id          uuid        not null references payments (id),
    provider_dispute_id text        not null unique check (length(provider_dispute_id) <= 255),
    status              text        not null check (status in
        ('opened', 'challenged', 'cancelled', 'won', 'expired', 'accepted', 'lost')),
    amount_cents        bigint      not null check (amount_cents > 0),
    currency            text        not null check (currency ~ '^[A-Z]{3}$'),
    -- of a dispute that cost the money: what of it there was left to give back
    taken_cents         bigint      not null default 0 check (taken_cents between 0 and amount_cents),
    opened_at           timestamptz not null,
    -- over, with all that follows from it
    settled_at          timestamptz,
    check (status not in ('opened', 'challenged') or settled_at is null)
);
create index disputes_of_order on disputes (order_id, id);

-- Money of an order that goes back to its buyer. Its id at the provider is ours, and fixed before the first call.
create table refunds (
    id                 uuid        primary key,
    order_id           uuid        not null references orders (id),
    payment_id         uuid        not null references payments (id),
    -- null: a lost dispute took it, and nobody has to be asked
    provider_refund_id text        unique check (length(provider_refund_id) = 30),
    dispute_id         uuid        unique references disputes (id),
    requested_by       text        not null check (requested_by in ('buyer', 'seller', 'admin', 'dispute')),
    actor_id           uuid        references users (id),
    amount_cents       bigint      not null check (amount_cents > 0),
    currency           text        not null check (currency ~ '^[A-Z]{3}$'),
    reason             text        not null check (length(reason) between 1 and 200),
    details            text        not null default '' check (length(details) <= 2000),
    status             text        not null default 'pending' check (status in ('pending', 'succeeded', 'failed')),
    error_code         text,
    -- when the provider was asked last, and how often: null and 0 while it cannot have heard of it
    asked_at           timestamptz,
    ask_count          integer     not null default 0,
    created_at         timestamptz not null,
    settled_at         timestamptz,
    check ((status = 'pending') = (settled_at is null)),
    check ((requested_by = 'dispute') = (dispute_id is not null)),
    check ((dispute_id is null) = (provider_refund_id is not null)),
    check ((dispute_id is null) = (actor_id is not null)),
    check ((asked_at is null) = (ask_count = 0))
);
create index refunds_of_order on refunds (order_id, id);
-- Two partial refunds at once can exceed the payment at the provider: an order has one under way.
create unique index refunds_under_way on refunds (order_id) where status = 'pending';
create index refunds_to_ask on refunds (coalesce(asked_at, created_at)) where status = 'pending';

create table refund_items (
    refund_id     uuid   not null references refunds (id),
    order_item_id uuid   not null references order_items (id),
    amount_cents  bigint not null check (amount_cents > 0),
    primary key (refund_id, order_item_id)
);
