-- Counters of rate limits and answers kept for Idempotency-Key (api.md, answers).

-- Unlogged: a crash of the server may forget counters, never data.
create unlogged table rate_counters (
    key        text        primary key check (length(key) <= 300),
    count      integer     not null,
    expires_at timestamptz not null
);
create index rate_counters_expiry on rate_counters (expires_at);

create table idempotency_keys (
    user_id      uuid        not null,
    route        text        not null,
    key          text        not null check (length(key) between 1 and 255),
    body_sha256  bytea       not null check (length(body_sha256) = 32),
    -- null while the first request runs; then what its answer named, never the answer itself (no secret is stored)
    resource_id  uuid,
    locked_until timestamptz not null,
    expires_at   timestamptz not null,
    primary key (user_id, route, key)
);
create index idempotency_keys_expiry on idempotency_keys (expires_at);
