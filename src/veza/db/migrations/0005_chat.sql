-- The conversation in chat rooms (chat.md): messages, standings, moderators, audit, tickets, who is there.

alter table chat_rooms
    add column blocked_words text[]      not null default '{}' check (cardinality(blocked_words) <= 200),
    add column deleted_count bigint      not null default 0 check (deleted_count between 0 and last_seq),
    -- the stream was deleted: nobody reads or writes any more
    add column closed_at     timestamptz;

create table chat_messages (
    room_id        uuid        not null references chat_rooms (id),
    seq            bigint      not null check (seq > 0),
    id             uuid        not null unique,
    user_id        uuid        not null references users (id),
    -- what a resend is known by
    nonce          text        not null check (length(nonce) between 1 and 64),
    badge          text        check (badge in ('host', 'moderator', 'staff')),
    -- a deleted message keeps its place and loses its words
    content        text        not null check (length(content) <= 500),
    reply_to       uuid,
    created_at     timestamptz not null default now(),
    deleted_at     timestamptz,
    -- the room's last seq when it was deleted: who has seen less than that must be told on return
    deleted_at_seq bigint,
    primary key (room_id, seq),
    unique (room_id, user_id, nonce),
    check ((deleted_at is null) = (deleted_at_seq is null)),
    check ((deleted_at is null) = (content <> ''))
);
create index chat_messages_deleted on chat_messages (room_id, deleted_at_seq) where deleted_at is not null;
-- the rate of one person over all rooms, and slow mode in one
create index chat_messages_of_user on chat_messages (user_id, created_at desc);

-- Sanctions in force. A time-out is a sanction with an end; what has ended may stay until it is replaced.
create table chat_sanctions (
    room_id    uuid        not null references chat_rooms (id),
    user_id    uuid        not null references users (id),
    kind       text        not null check (kind in ('ban', 'timeout')),
    until      timestamptz,
    created_by uuid        not null references users (id),
    created_at timestamptz not null default now(),
    primary key (room_id, user_id),
    check ((kind = 'timeout') = (until is not null))
);
create index chat_sanctions_newest on chat_sanctions (room_id, created_at desc);

create table chat_moderators (
    room_id    uuid        not null references chat_rooms (id),
    user_id    uuid        not null references users (id),
    created_at timestamptz not null default now(),
    primary key (room_id, user_id)
);

create table chat_audit (
    id             uuid        primary key,
    room_id        uuid        not null references chat_rooms (id),
    actor_id       uuid        not null references users (id),
    action         text        not null check (action in ('delete_message', 'timeout', 'end_timeout', 'ban', 'unban',
                                                          'settings', 'add_moderator', 'remove_moderator')),
    target_user_id uuid        references users (id),
    message_id     uuid,
    details        jsonb       not null default '{}',
    created_at     timestamptz not null default now()
);
create index chat_audit_newest on chat_audit (room_id, id desc);

-- Unlogged: a ticket lives for 30 s, and a list of who is there for as long as the process that wrote it.
create unlogged table chat_tickets (
    ticket_hash bytea       primary key check (length(ticket_hash) = 32),
    user_id     uuid        not null,
    session_id  uuid        not null,
    expires_at  timestamptz not null
);
create index chat_tickets_expiry on chat_tickets (expires_at);

create unlogged table chat_presence (
    node         text        not null check (length(node) <= 64),
    room_id      uuid        not null,
    user_id      uuid        not null,
    seen_at      timestamptz not null,
    primary key (room_id, user_id, node)
);
create index chat_presence_age on chat_presence (seen_at);
