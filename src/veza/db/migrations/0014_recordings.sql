-- Recordings of broadcasts (ADR 0019): one per broadcast, its pieces named here before their bytes are in the store.

alter table streams
    add column record            boolean not null default true,
    -- counts the pictures that media made of this broadcast; null: there is none
    add column thumbnail_version bigint;

-- A recording is a folder of the store: one object here, many pieces there. Pieces have no sum of their own.
alter table stored_objects drop constraint stored_objects_check1;
alter table stored_objects add constraint stored_objects_summed
    check (state <> 'kept' or sha256 is not null or kind = 'recording');
alter table stored_objects add constraint stored_objects_recordings_private check (not is_public or kind <> 'recording');

create table recordings (
    -- the broadcast's id, and that of the folder
    id                uuid        primary key references broadcasts (id),
    object_id         uuid        not null unique references stored_objects (id) check (object_id = id),
    stream_id         uuid        not null references streams (id),
    user_id           uuid        not null references users (id),
    -- the stream's when the broadcast began; its owner may change it
    title             text        not null check (length(title) between 1 and 140),
    started_at        timestamptz not null default now(),
    -- the broadcast is over
    ended_at          timestamptz,
    -- nothing more will be stored
    finished_at       timestamptz,
    published_at      timestamptz,
    -- what was said in the stream's room meanwhile: seqs above the first, up to the second
    chat_after_seq    bigint      not null default 0 check (chat_after_seq >= 0),
    chat_until_seq    bigint      check (chat_until_seq >= chat_after_seq),
    -- of its media, in ticks of 1/90,000 s, and what it lacks
    duration_ticks    bigint      not null default 0 check (duration_ticks >= 0),
    missing_ticks     bigint      not null default 0 check (missing_ticks >= 0),
    problem           text        check (problem in ('disk_full', 'store_failed', 'too_slow', 'interrupted')),
    size_bytes        bigint      not null default 0 check (size_bytes >= 0),
    peak_bps          bigint      not null default 0 check (peak_bps >= 0),
    target_duration_s integer     check (target_duration_s between 1 and 60),
    -- a picture lies beside the segments
    thumbnail_bytes   integer     check (thumbnail_bytes > 0),
    -- one file of everything, made when its owner asks for it
    mp4_status        text        check (mp4_status in ('making', 'ready', 'failed')),
    mp4_object_id     uuid        references stored_objects (id),
    check ((mp4_status is not distinct from 'ready') = (mp4_object_id is not null))
);
create index recordings_of_stream on recordings (stream_id, started_at desc, id desc);
create unique index recordings_open on recordings (stream_id) where ended_at is null;
create index recordings_unfinished on recordings (ended_at) where finished_at is null;
create index recordings_by_age on recordings (ended_at) where ended_at is not null;

-- What a decoder must know before the first segment; the bytes themselves, about a kilobyte.
create table recording_inits (
    recording_id uuid     not null references recordings (id) on delete cascade,
    number       bigint   not null,
    data         bytea    not null check (length(data) between 1 and 65536),
    codecs       text     not null,
    width        integer,
    height       integer,
    frame_rate   float8,
    primary key (recording_id, number)
);

create table recording_segments (
    recording_id    uuid    not null references recordings (id) on delete cascade,
    msn             bigint  not null,
    init            bigint  not null,
    -- expected: its bytes may be on their way; only what is stored is played
    state           text    not null default 'expected' check (state in ('expected', 'stored', 'lost')),
    discontinuity   boolean not null,
    program_time_ms bigint  not null,
    duration_ticks  integer not null check (duration_ticks > 0),
    size_bytes      integer not null check (size_bytes > 0),
    primary key (recording_id, msn),
    foreign key (recording_id, init) references recording_inits (recording_id, number) on delete cascade
);
