-- Chat rooms, streams and their broadcasts (api.md, live). A stream's room id is the stream id.

create table chat_rooms (
    id                uuid        primary key,
    owner_id          uuid        not null references users (id),
    -- changes only when continuity is lost; seq counts the messages of one room
    epoch             uuid        not null,
    last_seq          bigint      not null default 0 check (last_seq >= 0),
    enabled           boolean     not null default true,
    slow_mode_seconds integer     not null default 0 check (slow_mode_seconds between 0 and 3600),
    followers_only    boolean     not null default false,
    created_at        timestamptz not null default now()
);

create table streams (
    id             uuid        primary key references chat_rooms (id),
    user_id        uuid        not null references users (id),
    title          text        not null check (length(title) between 1 and 140),
    description    text        not null default '' check (length(description) <= 5000),
    category       text        not null check (category in
        ('music', 'talk', 'podcast', 'gaming', 'news', 'education', 'entertainment', 'other')),
    tags           text[]      not null default '{}' check (cardinality(tags) <= 10),
    -- words folded by the application (kit/text.py); no parser and no locale of the server takes part
    search         tsvector    not null,

    -- the key itself is in neither: a keyed hash to look it up, an authenticated ciphertext to show it to its owner
    key_hash       bytea       not null constraint streams_key_hash unique check (length(key_hash) = 32),
    key_sealed     bytea       not null,
    key_version    integer     not null default 1 check (key_version >= 1),

    status         text        not null default 'draft' check (status in ('draft', 'live', 'interrupted', 'ended')),
    is_live        boolean     not null generated always as (status in ('live', 'interrupted')) stored,
    -- the present or the last period on air
    broadcast_id   uuid,
    node           text        not null default '',
    audio_only     boolean     not null default false,
    started_at     timestamptz,
    interrupted_at timestamptz,
    ended_at       timestamptz,
    last_beat_at   timestamptz,
    viewer_count   integer     not null default 0 check (viewer_count >= 0),
    peak_viewers   integer     not null default 0 check (peak_viewers >= viewer_count),

    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    deleted_at     timestamptz,

    check ((status = 'draft') = (broadcast_id is null)),
    check ((status = 'draft') = (started_at is null)),
    check ((status = 'ended') = (ended_at is not null)),
    check ((status = 'interrupted') = (interrupted_at is not null)),
    check (status in ('live', 'interrupted') or viewer_count = 0),
    check (deleted_at is null or status not in ('live', 'interrupted'))
);

-- The public list, in its order: on air first, by viewers, then the newest. Drafts are unlisted.
create index streams_listed on streams (is_live desc, viewer_count desc, started_at desc, id desc)
    where status <> 'draft' and deleted_at is null;
create index streams_of_user on streams (user_id, id desc) where deleted_at is null;
create index streams_on_air on streams (last_beat_at) where status in ('live', 'interrupted');
create index streams_search on streams using gin (search) where status <> 'draft' and deleted_at is null;

create table broadcasts (
    id           uuid        primary key,
    stream_id    uuid        not null references streams (id),
    node         text        not null,
    started_at   timestamptz not null default now(),
    ended_at     timestamptz,
    peak_viewers integer     not null default 0 check (peak_viewers >= 0),
    audio_only   boolean     not null default false,
    end_reason   text        check (end_reason in ('encoder', 'owner', 'deleted', 'lost', 'replaced')),
    check ((ended_at is null) = (end_reason is null))
);
create index broadcasts_of_stream on broadcasts (stream_id, started_at desc);
-- At most one broadcast of a stream is open.
create unique index broadcasts_open on broadcasts (stream_id) where ended_at is null;
