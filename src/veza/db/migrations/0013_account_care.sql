-- What an account needs over its life: links by mail, a second factor, which mail somebody wants, exports, its end.

-- The row of a deleted account stays, for what names it: orders, invoices, the ledger, the audit. It holds nobody's data
-- any more. It is suspended as well, so that whatever leaves out people who were shut out leaves it out too.
alter table users add column deleted_at timestamptz;
alter table users add constraint users_deleted_shut_out check (deleted_at is null or suspended_at is not null);

-- Links that prove who reads a mailbox. The token itself is nowhere: it is an HMAC of the row's id, made when the mail is
-- written, and known by its hash.
create table email_links (
    id         uuid        primary key,
    user_id    uuid        not null references users (id) on delete cascade,
    purpose    text        not null check (purpose in ('verify_email', 'reset_password')),
    token_hash bytea       not null constraint email_links_token unique check (length(token_hash) = 32),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    -- used, or a newer one was made
    closed_at  timestamptz
);
create unique index email_links_open on email_links (user_id, purpose) where closed_at is null;
create index email_links_of_user on email_links (user_id, purpose, created_at);
create index email_links_age on email_links (created_at);

-- The second factor (RFC 6238). It counts once `enabled_at` is set.
create table totp_secrets (
    user_id       uuid        primary key references users (id) on delete cascade,
    secret_sealed bytea       not null,
    -- of the last code that was taken: a code is good once
    last_step     bigint      not null default 0,
    created_at    timestamptz not null,
    enabled_at    timestamptz
);
-- Keyed hashes: 50 random bits could be guessed from a plain one.
create table recovery_codes (
    user_id   uuid        not null references totp_secrets (user_id) on delete cascade,
    code_hash bytea       not null check (length(code_hash) = 32),
    used_at   timestamptz,
    primary key (user_id, code_hash)
);

-- Which mail somebody asked for. No row: none of it.
create table mail_preferences (
    user_id     uuid        primary key references users (id) on delete cascade,
    stream_live boolean     not null default false,
    updated_at  timestamptz not null default now()
);

-- Word to followers that a broadcast began: how far it got, so that nobody hears twice.
create table live_announcements (
    broadcast_id uuid        primary key references broadcasts (id),
    user_id      uuid        not null references users (id),
    -- the last follower who was looked at
    after_id     uuid,
    mails        integer     not null default 0 check (mails >= 0),
    created_at   timestamptz not null default now(),
    done_at      timestamptz
);
create index live_announcements_of_user on live_announcements (user_id, created_at desc);

-- Which kinds there are is the application's business (files/domain.py); who sees them, this table's.
alter table stored_objects drop constraint stored_objects_kind_check;
alter table stored_objects add constraint stored_objects_kind_check check (kind ~ '^[a-z_]{1,30}$');
alter table stored_objects add constraint stored_objects_private check (not is_public or kind <> 'export');

-- Copies of what is known of somebody, made for them.
create table account_exports (
    id          uuid        primary key,
    user_id     uuid        not null references users (id),
    status      text        not null default 'pending' check (status in ('pending', 'ready', 'failed', 'expired')),
    object_id   uuid        references stored_objects (id),
    size_bytes  bigint      check (size_bytes > 0),
    created_at  timestamptz not null default now(),
    finished_at timestamptz,
    expires_at  timestamptz,
    check ((status = 'ready') = (object_id is not null)),
    check ((status = 'pending') = (finished_at is null)),
    check (status <> 'ready' or (size_bytes is not null and expires_at is not null))
);
create unique index account_exports_pending on account_exports (user_id) where status = 'pending';
create index account_exports_of_user on account_exports (user_id, id desc);
create index account_exports_expiry on account_exports (expires_at) where status = 'ready';
