"""Every statement on `jobs`. Ends are fenced: they change a job only while the lease they name is still its own."""

from typing import Any
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value

CHANNEL = "jobs"


class PickedJob(msgspec.Struct, frozen=True):
    """A job as the worker took it. `attempts` counts this one. `status` is `dead` when its tries were used up."""

    id: int
    name: str
    payload: dict[str, Any]
    attempts: int
    max_attempts: int
    status: str


class HeldLease(msgspec.Struct, frozen=True):
    """A lease that was prolonged."""

    id: int
    lease: UUID


insert = Value(
    int,
    """
    insert into jobs (name, payload, run_at, unique_key, max_attempts)
    values ($1, $2, now() + make_interval(secs => $3), $4, $5)
    on conflict (unique_key) where unique_key is not null and status <> 'dead' do nothing
    returning id
    """,
)

wake_workers = Command("select pg_notify('jobs', '')")

pick = Query(
    PickedJob,
    """
    with lost as (
      select id from jobs
      where status = 'running' and lease_until < now() and name = any($4::text[])
      order by lease_until limit $1 for update skip locked
    ), due as (
      select id from jobs
      where status = 'queued' and run_at <= now() and name = any($4::text[])
      order by run_at limit $1 for update skip locked
    ), chosen as (
      select id from lost union all select id from due limit $1
    )
    update jobs set
      status = case when attempts >= max_attempts then 'dead' else 'running' end,
      attempts = least(attempts + 1, max_attempts),
      lease = case when attempts >= max_attempts then null else $2::uuid end,
      lease_until = case when attempts >= max_attempts then null else now() + make_interval(secs => $3) end,
      last_error = case when attempts >= max_attempts then coalesce(last_error, 'the worker ended in the middle of it')
                        else last_error end
    from chosen where jobs.id = chosen.id
    returning jobs.id, jobs.name, jobs.payload, jobs.attempts, jobs.max_attempts, jobs.status
    """,
)
"""$1 how many, $2 the new lease, $3 its length in seconds, $4 the names this worker knows."""

finish = Command("delete from jobs where id = $1 and lease = $2")

fail = Value(
    str,
    """
    update jobs set
      status = case when attempts >= max_attempts or $5 then 'dead' else 'queued' end,
      run_at = now() + make_interval(secs => $3), last_error = $4, lease = null, lease_until = null
    where id = $1 and lease = $2
    returning status
    """,
)
"""$3 seconds until the next try, $4 what went wrong, $5 whether to give up now."""

give_back = Command(
    """
    update jobs set status = 'queued', run_at = now(), attempts = attempts - 1, lease = null, lease_until = null
    where id = $1 and lease = $2
    """
)
"""The worker is told to stop: the try does not count."""

prolong = Query(
    HeldLease,
    """
    update jobs set lease_until = now() + make_interval(secs => $3)
    from unnest($1::bigint[], $2::uuid[]) as held (held_id, held_lease)
    where jobs.id = held.held_id and jobs.lease = held.held_lease
    returning jobs.id, jobs.lease
    """,
)

seconds_to_next = Value(
    float,
    """
    select greatest(extract(epoch from run_at - now()), 0)::float8
    from jobs where status = 'queued' and name = any($1::text[]) order by run_at limit 1
    """,
)
"""No row when nothing waits. (`greatest` over an aggregate would answer 0 then: it ignores NULL.)"""

claim_slot = Value(
    int,
    """
    with slot as (
      insert into job_slots (name, started_at)
      values ($1, to_timestamp(floor(extract(epoch from now())::float8 / $2::float8) * $2::float8))
      on conflict (name) do update set started_at = excluded.started_at
        where job_slots.started_at < excluded.started_at
      returning name
    )
    insert into jobs (name, payload, unique_key, max_attempts)
    select slot.name, '{}'::jsonb, 'periodic:' || slot.name, 1 from slot
    on conflict (unique_key) where unique_key is not null and status <> 'dead' do nothing
    returning id
    """,
)
"""$1 the name, $2 the length of a slot in seconds: one job per slot, however many workers ask."""

forget_dead_periodic = Command("delete from jobs where status = 'dead' and unique_key = 'periodic:' || $1")
"""A periodic job that failed is run by its next slot; the newest failure is all that need be kept."""
