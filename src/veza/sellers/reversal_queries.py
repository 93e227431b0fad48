"""SQL of money that comes back from sellers. Who locks a transfer and a reversal locks the transfer first."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class LockedTransferRow(msgspec.Struct, frozen=True):
    """A transfer whose row is locked. `is_under_way`: it may be sent at this moment, or have been."""

    id: UUID
    seller_id: UUID
    order_id: UUID
    status: str
    amount_cents: int
    recovered_cents: int
    currency: str
    is_under_way: bool


class TakenRow(msgspec.Struct, frozen=True):
    """What was taken back of a transfer so far: in all, before it was sent, and by reversals asked for or done."""

    taken_cents: int
    payable_cents: int
    reduced_cents: int
    asked_cents: int


class ReversalRow(msgspec.Struct, frozen=True):
    """What one refund takes back of one transfer."""

    id: UUID
    amount_cents: int
    payable_cents: int


class PartRow(msgspec.Struct, frozen=True):
    """A reversal, and so much of it as can be taken now."""

    id: UUID
    cents: int


class DueReversalRow(msgspec.Struct, frozen=True):
    """A reversal that somebody should try. `retry_count` tells one try from the next."""

    id: UUID
    retry_count: int


class ClaimedReversalRow(msgspec.Struct, frozen=True):
    """A reversal that the holder of the claim may ask for."""

    id: UUID
    refund_id: UUID
    transfer_id: UUID
    seller_id: UUID
    order_id: UUID
    provider_transfer_id: str
    account_id: str
    reverse_cents: int
    currency: str
    retry_count: int
    generation: int
    unknown_since: datetime | None


# --- taking back -----------------------------------------------------------------------------------------------

lock_transfer = Query(
    LockedTransferRow,
    """
    select id, seller_id, order_id, status, amount_cents, recovered_cents, currency,
           claim is not null or unknown_since is not null or coalesce(error_code, '') = 'amount_mismatch'
               as is_under_way
    from transfers where order_id = $1 and seller_id = $2 for update
    """,
)
taken = Query(
    TakenRow,
    """
    select coalesce(sum(amount_cents), 0)::bigint as taken_cents,
           coalesce(sum(payable_cents), 0)::bigint as payable_cents,
           coalesce((select sum(amount_cents) from debt_recoveries where transfer_id = $1 and reduced), 0)::bigint
               as reduced_cents,
           coalesce(sum(reverse_cents), 0)::bigint as asked_cents
    from reversals where transfer_id = $1
    """,
)
of_refund = Query(
    ReversalRow, "select id, amount_cents, payable_cents from reversals where refund_id = $1 and transfer_id = $2"
)
insert = Command(
    """
    insert into reversals (id, refund_id, transfer_id, seller_id, order_id, amount_cents, currency, payable_cents,
        reverse_cents, owed_cents, status)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """
)
shrink = Command(
    """
    update transfers set amount_cents = amount_cents - $3, recovered_cents = recovered_cents + $2,
        status = case when amount_cents - $3 > recovered_cents + $2 then status
                      when amount_cents = $3 then 'reversed' else 'completed' end,
        completed_at = case when amount_cents - $3 > recovered_cents + $2 or amount_cents = $3 then completed_at
                            else $4 end,
        next_retry_at = case when amount_cents - $3 > recovered_cents + $2 then next_retry_at end,
        error_code = case when amount_cents - $3 > recovered_cents + $2 then error_code end,
        error = case when amount_cents - $3 > recovered_cents + $2 then error end,
        claim = case when amount_cents - $3 > recovered_cents + $2 then claim end,
        claimed_until = case when amount_cents - $3 > recovered_cents + $2 then claimed_until end,
        updated_at = now()
    where id = $1
    """
)
"""$2 cents pay debts, $3 go back; one that has nothing left to send is over."""

# --- debts -----------------------------------------------------------------------------------------------------

owed = Query(
    PartRow,
    """
    select id, owed_cents as cents from reversals
    where seller_id = $1 and currency = $2 and owed_cents > 0 order by id limit $3 for update
    """,
)
"""The oldest first."""
recover = Command(
    """
    update reversals set owed_cents = owed_cents - $2, recovered_cents = recovered_cents + $2, updated_at = now(),
        status = case when status = 'owed' and owed_cents = $2 then 'done' else status end
    where id = $1
    """
)
waiting = Query(
    PartRow,
    """
    select id, reverse_cents as cents from reversals
    where transfer_id = $1 and status = 'waiting' order by id for update
    """,
)
reduce = Command(
    """
    update reversals set reverse_cents = 0, recovered_cents = recovered_cents + $2, updated_at = now(),
        status = case when owed_cents > 0 then 'owed' else 'done' end
    where id = $1
    """
)
"""A transfer that was not sent pays it itself."""
insert_recovery = Command(
    "insert into debt_recoveries (id, reversal_id, transfer_id, amount_cents, reduced) values ($1, $2, $3, $4, $5)"
)

# --- asking the provider ---------------------------------------------------------------------------------------

begin_waiting = Query(
    DueReversalRow,
    """
    update reversals set status = 'pending', updated_at = now() where transfer_id = $1 and status = 'waiting'
    returning id, retry_count
    """,
)
restate = Command(
    """
    update transfers t set reversed_cents = reversed_cents + $2, updated_at = now(),
        status = case
            when exists (select from reversals r where r.transfer_id = t.id and r.status in ('waiting', 'pending'))
                then 'reversal_pending'
            when reversed_cents + $2 = 0 then 'completed'
            when reversed_cents + $2 = amount_cents - recovered_cents then 'reversed'
            else 'partially_reversed' end
    where id = $1
    """
)
"""A transfer that was sent, after $2 cents of it came back."""
lock_of_reversal = Value(
    UUID,
    """
    select id from transfers where id = (select transfer_id from reversals where id = $1) for update
    """,
)
claim = Query(
    ClaimedReversalRow,
    """
    update reversals r set claim = $2, claimed_until = now() + make_interval(secs => $3), next_retry_at = null,
        updated_at = now()
    from transfers t
    where r.id = $1 and t.id = r.transfer_id and r.status = 'pending' and coalesce(r.next_retry_at, $4) <= $4
      and (r.claim is null or r.claimed_until < now())
      and not exists (select from reversals o where o.transfer_id = r.transfer_id and o.id <> r.id
                      and o.claim is not null and o.claimed_until >= now())
    returning r.id, r.refund_id, r.transfer_id, r.seller_id, r.order_id, t.stripe_transfer_id as provider_transfer_id,
        t.account_id, r.reverse_cents, r.currency, r.retry_count, r.generation, r.unknown_since
    """,
)
"""One of a transfer at a time."""
begin_call = Command(
    """
    update reversals set generation = $3, updated_at = now(),
        unknown_since = case when generation = $3 then coalesce(unknown_since, $4) else $4 end,
        claimed_until = now() + make_interval(secs => $5)
    where id = $1 and claim = $2
    """
)
"""Before the call: from now on the key may have had its effect, whoever dies. No row: another took over."""
ended = Command(
    """
    update reversals set reversed_cents = $3, owed_cents = owed_cents + reverse_cents - $3, reverse_cents = $3,
        provider_reversal_id = $4, error_code = $5,
        status = case when owed_cents + reverse_cents - $3 > 0 then 'owed' else 'done' end,
        unknown_since = null, claim = null, claimed_until = null, updated_at = now()
    where id = $1 and claim = $2
    """
)
"""$3 cents came back; the rest is owed."""
lessened = Command(
    """
    update reversals set owed_cents = owed_cents + reverse_cents - $3, reverse_cents = $3, generation = generation + 1,
        unknown_since = null, error_code = $4, retry_count = retry_count + 1, next_retry_at = null,
        claim = null, claimed_until = null, updated_at = now()
    where id = $1 and claim = $2
    """
)
"""Only $3 cents are there: they are asked for under a new key, the rest is owed."""
not_ended = Command(
    """
    update reversals set retry_count = $3, next_retry_at = $4, error_code = $5, claim = null, claimed_until = null,
        updated_at = now()
    where id = $1 and claim = $2
    """
)
others_pending = Query(
    DueReversalRow,
    """
    select id, retry_count from reversals
    where transfer_id = $1 and status = 'pending' and id <> $2 and next_retry_at is null order by id
    """,
)
due = Query(
    DueReversalRow,
    """
    select id, retry_count from reversals
    where status = 'pending' and coalesce(next_retry_at, created_at) <= $1 and (claim is null or claimed_until < now())
    order by coalesce(next_retry_at, created_at) limit $2
    """,
)
refunds_of_transfer = Query(
    ReversalRow, "select refund_id as id, amount_cents, payable_cents from reversals where transfer_id = $1"
)
transfer_at_provider = Value(UUID, "select id from transfers where id = $1 and stripe_transfer_id = $2")
