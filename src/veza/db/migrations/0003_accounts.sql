-- Accounts, their sessions and refresh tokens (api.md, accounts).

create table users (
    id             uuid        primary key,
    username       text        not null check (username ~ '^[A-Za-z0-9_-]{3,30}$'),
    email          text        not null check (length(email) between 3 and 254),
    -- the address as it is compared: case folded by the application, whatever the locale of the database
    email_key      text        not null constraint users_email_key unique,
    password_hash  text        not null,
    role           text        not null default 'user' check (role in ('user', 'moderator', 'admin')),
    email_verified boolean     not null default false,
    suspended_at   timestamptz,
    display_name   text        not null default '' check (length(display_name) <= 60),
    bio            text        not null default '' check (length(bio) <= 2000),
    links          text[]      not null default '{}' check (cardinality(links) <= 10),
    created_at     timestamptz not null,
    updated_at     timestamptz not null
);
create unique index users_username_key on users (lower(username));

-- One login and all that is refreshed from it: the "family" of its refresh tokens.
create table sessions (
    id            uuid        primary key,
    user_id       uuid        not null references users (id) on delete cascade,
    user_agent    text        not null check (length(user_agent) <= 256),
    network       text        not null check (length(network) <= 64),
    remember_me   boolean     not null,
    created_at    timestamptz not null,
    last_used_at  timestamptz not null,
    idle_until    timestamptz not null,
    expires_at    timestamptz not null,
    revoked_at    timestamptz,
    revoke_reason text check (revoke_reason in ('logout', 'reuse', 'password', 'suspended', 'limit')),
    check ((revoked_at is null) = (revoke_reason is null))
);
create index sessions_of_user on sessions (user_id, last_used_at desc) where revoked_at is null;
create index sessions_expiry on sessions (expires_at);

-- Only hashes. A used token stays until its session goes: that is how a replay is recognised.
create table refresh_tokens (
    token_hash bytea       primary key check (length(token_hash) = 32),
    session_id uuid        not null references sessions (id) on delete cascade,
    created_at timestamptz not null,
    used_at    timestamptz
);
create index refresh_tokens_of_session on refresh_tokens (session_id);
