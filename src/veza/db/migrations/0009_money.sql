-- Orders, payments, the ledger, sellers and their transfers, events from providers, the audit (docs/reference/money.md).

-- What is written once and never touched again: whoever asks, the owner of the tables included.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end
$$;

-- --- orders ---------------------------------------------------------------------------------------------------

create sequence order_numbers;

create table orders (
    id               uuid        primary key,
    number           text        not null unique,
    buyer_id         uuid        not null references users (id),
    status           text        not null default 'pending' check (status in
        ('pending', 'completed', 'failed', 'cancelled', 'expired',
         'refund_pending', 'partially_refunded', 'refunded', 'disputed')),
    currency         text        not null check (currency ~ '^[A-Z]{3}$'),
    total_cents      bigint      not null check (total_cents >= 0),
    refunded_cents   bigint      not null default 0 check (refunded_cents between 0 and total_cents),
    -- the platform's share when it was placed, in hundredths of a percent
    fee_rate_bps     integer     not null check (fee_rate_bps between 0 and 9999),
    billing_name     text        not null default '',
    billing_address  text        not null default '',
    billing_country  text        not null default '',
    billing_vat_id   text        not null default '',
    -- until when it can be paid; an exclusive licence is held no longer than this
    expires_at       timestamptz not null,
    -- who ended it unpaid: money that comes late completes what the buyer did not give up
    ended_by         text        check (ended_by in ('buyer', 'time', 'provider')),
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    completed_at     timestamptz,
    check (status not in ('completed', 'refund_pending', 'partially_refunded', 'refunded', 'disputed')
           or completed_at is not null),
    check ((status in ('cancelled', 'expired')) = (ended_by is not null))
);
create index orders_of_buyer on orders (buyer_id, id desc);
create index orders_newest on orders (id desc);
create index orders_by_status on orders (status, id desc);
create index orders_to_expire on orders (expires_at) where status in ('pending', 'failed');

create table order_items (
    id                uuid    primary key,
    order_id          uuid    not null references orders (id),
    position          integer not null check (position >= 0),
    product_id        uuid    not null references products (id),
    license_id        uuid    references product_licenses (id),
    seller_id         uuid    not null references users (id),
    -- what was bought, as it was then
    title             text    not null,
    product_type      text    not null,
    license_name      text,
    license_exclusive boolean not null default false,
    license_terms     text,
    quantity          integer not null check (quantity between 1 and 99),
    unit_price_cents  bigint  not null check (unit_price_cents >= 0),
    total_cents       bigint  not null check (total_cents = unit_price_cents * quantity),
    fee_cents         bigint  not null check (fee_cents between 0 and total_cents),
    refunded_cents    bigint  not null default 0 check (refunded_cents between 0 and total_cents),
    -- an exclusive licence that this line holds or has bought
    holds_license     boolean not null default false,
    check (not holds_license or (license_exclusive and license_id is not null)),
    unique (order_id, position)
);
create unique index order_items_exclusive on order_items (license_id) where holds_license;
create index order_items_of_seller on order_items (seller_id, order_id desc);
create index order_items_of_product on order_items (product_id);

-- What happened to an order, for its timeline.
create table order_events (
    id         uuid        primary key,
    order_id   uuid        not null references orders (id),
    kind       text        not null,
    -- whose business it is: null everybody's in the order, else this seller's
    seller_id  uuid        references users (id),
    details    jsonb       not null default '{}',
    created_at timestamptz not null default now()
);
create index order_events_of_order on order_events (order_id, id);
create trigger order_events_kept before update or delete or truncate on order_events
    for each statement execute function refuse_change();

create index entitlements_of_order on entitlements (order_id) where order_id is not null;

-- --- payments -------------------------------------------------------------------------------------------------

-- One attempt to have an order paid. Its id at the provider is ours, and fixed before the first call.
create table payments (
    id                  uuid        primary key,
    order_id            uuid        not null references orders (id),
    attempt             integer     not null check (attempt >= 1),
    provider_payment_id text        not null unique check (length(provider_payment_id) = 30),
    -- creating: nobody knows yet whether the provider has it
    status              text        not null default 'creating' check (status in
        ('creating', 'pending', 'succeeded', 'failed', 'cancelled', 'expired', 'conflicted')),
    amount_cents        bigint      not null check (amount_cents > 0),
    currency            text        not null,
    client_secret       bytea,      -- sealed
    checkout_url        text,
    error_code          text,
    -- of the newest word of the provider that counted
    provider_updated_at timestamptz,
    -- when it was asked last, and how often in vain
    asked_at            timestamptz,
    ask_count           integer     not null default 0,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    paid_at             timestamptz,
    check ((status = 'succeeded') = (paid_at is not null)),
    unique (order_id, attempt)
);
create index payments_open on payments (coalesce(asked_at, created_at)) where status in ('creating', 'pending', 'failed');

-- Money that came for an order that can no longer be had: it goes back whole.
create table payment_returns (
    id                 uuid        primary key,
    payment_id         uuid        not null unique references payments (id),
    provider_refund_id text        not null unique check (length(provider_refund_id) = 30),
    amount_cents       bigint      not null check (amount_cents > 0),
    currency           text        not null,
    reason             text        not null,
    status             text        not null default 'pending' check (status in ('pending', 'succeeded', 'failed')),
    error_code         text,
    asked_at           timestamptz,
    created_at         timestamptz not null default now(),
    settled_at         timestamptz,
    check ((status = 'pending') = (settled_at is null))
);
create index payment_returns_open on payment_returns (coalesce(asked_at, created_at)) where status = 'pending';

-- --- the ledger -----------------------------------------------------------------------------------------------

-- Double entry: debits are positive, credits negative, and every transaction sums to zero in each currency.
create table ledger_transactions (
    id         uuid        primary key,
    kind       text        not null,
    -- what it books: once for each kind
    subject_id uuid        not null,
    order_id   uuid        references orders (id),
    created_at timestamptz not null default now(),
    unique (kind, subject_id)
);
create index ledger_transactions_of_order on ledger_transactions (order_id) where order_id is not null;

create table ledger_entries (
    id             bigint generated always as identity primary key,
    transaction_id uuid   not null references ledger_transactions (id),
    account        text   not null check (account in
        ('payments', 'platform_fee', 'seller_payable', 'seller_debt', 'provider_clearing', 'refunds')),
    -- whose it is, of the accounts that every seller has
    seller_id      uuid   references users (id),
    amount_cents   bigint not null check (amount_cents <> 0),
    currency       text   not null check (currency ~ '^[A-Z]{3}$'),
    check ((account in ('seller_payable', 'seller_debt')) = (seller_id is not null))
);
create index ledger_entries_of_transaction on ledger_entries (transaction_id);
create index ledger_entries_of_seller on ledger_entries (seller_id, account, currency) include (amount_cents) where seller_id is not null;

create function require_balance() returns trigger language plpgsql as $$
declare wrong text;
begin
    select currency into wrong from ledger_entries where transaction_id = new.transaction_id
    group by currency having sum(amount_cents) <> 0 limit 1;
    if found then
        raise exception 'ledger transaction % does not sum to zero in %', new.transaction_id, wrong
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end
$$;
create constraint trigger ledger_balanced after insert on ledger_entries
    deferrable initially deferred for each row execute function require_balance();
create trigger ledger_entries_kept before update or delete or truncate on ledger_entries
    for each statement execute function refuse_change();
create trigger ledger_transactions_kept before update or delete or truncate on ledger_transactions
    for each statement execute function refuse_change();

-- What the comparison of ledger, orders and providers found, each time.
create table ledger_checks (
    id          uuid        primary key,
    checked_at  timestamptz not null default now(),
    is_balanced boolean     not null,
    -- a list of {code, sentence, difference_cents?, subject_id?}
    differences jsonb       not null default '[]'
);
create index ledger_checks_newest on ledger_checks (checked_at desc);

-- --- sellers --------------------------------------------------------------------------------------------------

create table seller_accounts (
    user_id           uuid        primary key references users (id),
    -- at the provider; null while it is being made
    account_id        text        unique,
    -- in the key of its creation: raised only after a definitive refusal
    generation        integer     not null default 1,
    can_receive       boolean     not null default false,
    payouts_enabled   boolean     not null default false,
    details_submitted boolean     not null default false,
    disabled_reason   text,
    requirements_due  integer     not null default 0,
    is_gone           boolean     not null default false,
    checked_at        timestamptz,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    check (account_id is not null or not can_receive)
);

-- A seller's net share of an order, on its way from the platform to their connected account.
create table transfers (
    id                 uuid        primary key,
    seller_id          uuid        not null references users (id),
    order_id           uuid        not null references orders (id),
    amount_cents       bigint      not null check (amount_cents > 0),
    platform_fee_cents bigint      not null check (platform_fee_cents >= 0),
    currency           text        not null,
    status             text        not null check (status in
        ('waiting_for_seller', 'pending', 'completed', 'failed', 'permanently_failed',
         'reversal_pending', 'reversed', 'partially_reversed')),
    retry_count        integer     not null default 0 check (retry_count >= 0),
    next_retry_at      timestamptz,
    error_code         text,
    error              text,
    -- the n of its key transfer:<id>:<n>; raised only after a definitive refusal, and after a look that none exists
    generation         integer     not null default 1,
    -- since when the outcome of the key is not known
    unknown_since      timestamptz,
    -- where it was first sent to: an account that changes in between does not get it twice
    account_id         text,
    -- who may say how the present try ended, and until when nobody else takes over
    claim              uuid,
    claimed_until      timestamptz,
    stripe_transfer_id text        unique,
    reversed_cents     bigint      not null default 0 check (reversed_cents between 0 and amount_cents),
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    completed_at       timestamptz,
    unique (order_id, seller_id),
    check ((claim is null) = (claimed_until is null)),
    check (status not in ('completed', 'reversal_pending', 'reversed', 'partially_reversed')
           or (completed_at is not null and stripe_transfer_id is not null))
);
create index transfers_of_seller on transfers (seller_id, id desc);
create index transfers_newest on transfers (id desc);
create index transfers_by_status on transfers (status, id desc);
create index transfers_due on transfers (coalesce(next_retry_at, created_at)) where status in ('pending', 'failed');
create index transfers_waiting on transfers (seller_id) where status = 'waiting_for_seller';

-- --- events from providers, and the audit ---------------------------------------------------------------------

create table webhook_events (
    id          uuid        primary key,
    provider    text        not null check (provider in ('hyperswitch', 'stripe')),
    -- the provider's, or the hash of the body: kept for ever, since a delivery can come again at any time
    event_id    text        not null check (length(event_id) <= 255),
    kind        text        not null default '',
    -- as it was received; forgotten after 90 days
    body        bytea,
    status      text        not null default 'received' check (status in
        ('received', 'applied', 'ignored', 'flagged', 'failed')),
    -- why it had no effect
    note        text,
    deliveries  integer     not null default 1,
    received_at timestamptz not null default now(),
    handled_at  timestamptz,
    unique (provider, event_id)
);
create index webhook_events_newest on webhook_events (id desc);
create index webhook_events_by_status on webhook_events (status, id desc);

create table audit_entries (
    id           uuid        primary key,
    -- null: Veza itself, or a provider
    actor_id     uuid        references users (id),
    action       text        not null,
    subject_kind text        not null,
    subject_id   text        not null,
    details      jsonb       not null default '{}',
    request_id   text,
    created_at   timestamptz not null default now()
);
create index audit_entries_newest on audit_entries (id desc);
create index audit_entries_of_subject on audit_entries (subject_kind, subject_id, id desc);
create trigger audit_entries_kept before update or delete or truncate on audit_entries
    for each statement execute function refuse_change();
