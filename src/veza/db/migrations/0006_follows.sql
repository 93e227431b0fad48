-- Who follows whom (api.md, follows).

create table follows (
    follower_id uuid        not null references users (id) on delete cascade,
    followed_id uuid        not null references users (id) on delete cascade,
    created_at  timestamptz not null,
    primary key (follower_id, followed_id),
    check (follower_id <> followed_id)
);
create index follows_of_followed on follows (followed_id, follower_id);
-- The list of whom one follows, in its order.
create index follows_newest on follows (follower_id, created_at desc, followed_id desc);
-- The few to leave out of lists and counts, so that nobody reads all users for them.
create index users_suspended on users (id) where suspended_at is not null;

-- Kept by triggers, so that a profile never counts a crowd and a deleted account is subtracted as well. Whom one person
-- follows is bounded, and counted when it is asked for.
alter table users add column follower_count integer not null default 0 check (follower_count >= 0);

create function count_followers() returns trigger language plpgsql as $$
begin
    update users u set follower_count = u.follower_count + case tg_op when 'INSERT' then c.n else -c.n end
    from (select followed_id, count(*)::integer as n from changed group by followed_id) c
    where u.id = c.followed_id;
    return null;
end
$$;
create trigger follows_inserted after insert on follows referencing new table as changed
    for each statement execute function count_followers();
create trigger follows_deleted after delete on follows referencing old table as changed
    for each statement execute function count_followers();
