-- Money back from sellers: reversals of what was sent, debts, and what later transfers keep back (docs/reference/money.md).

-- `amount_cents` is what of the share is still to be had: less from now on, when a part goes back before it was sent.
-- `recovered_cents` of it pay the seller's debts and are never sent.
alter table transfers
    add column recovered_cents bigint not null default 0,
    drop constraint transfers_amount_cents_check,
    drop constraint transfers_check,
    drop constraint transfers_check2,
    add constraint transfers_amount_cents_check check (amount_cents >= 0),
    add constraint transfers_recovered_cents_check check (recovered_cents between 0 and amount_cents),
    add constraint transfers_reversed_cents_check check (reversed_cents between 0 and amount_cents - recovered_cents),
    -- with nothing left to send it ends unsent: `reversed` when all of it went back, `completed` when the rest paid debts
    add constraint transfers_ended_check check (
        status not in ('completed', 'reversal_pending', 'reversed', 'partially_reversed')
        or (completed_at is not null and stripe_transfer_id is not null)
        or (status in ('completed', 'reversed') and amount_cents = recovered_cents));

-- What a refund takes back from a seller: one row for each refund and transfer, whatever way the money comes.
-- At any moment amount = payable + reverse + owed + recovered.
create table reversals (
    id                   uuid        primary key,
    -- of the slice above; once for each transfer
    refund_id            uuid        not null,
    transfer_id          uuid        not null references transfers (id),
    seller_id            uuid        not null references users (id),
    order_id             uuid        not null references orders (id),
    amount_cents         bigint      not null check (amount_cents > 0),
    currency             text        not null,
    -- taken from what was not sent yet
    payable_cents        bigint      not null default 0 check (payable_cents >= 0),
    -- asked of the provider; in the end, what came back
    reverse_cents        bigint      not null default 0 check (reverse_cents >= 0),
    reversed_cents       bigint      not null default 0 check (reversed_cents in (0, reverse_cents)),
    -- what the provider cannot get, until later transfers pay it
    owed_cents           bigint      not null default 0 check (owed_cents >= 0),
    recovered_cents      bigint      not null default 0 check (recovered_cents >= 0),
    -- waiting: the transfer is under way, and nobody knows how it ends; pending: to be asked of the provider
    status               text        not null check (status in ('waiting', 'pending', 'owed', 'done')),
    retry_count          integer     not null default 0 check (retry_count >= 0),
    next_retry_at        timestamptz,
    error_code           text,
    -- the n of its key reversal:<refund>:<transfer>:<n>
    generation           integer     not null default 1,
    unknown_since        timestamptz,
    claim                uuid,
    claimed_until        timestamptz,
    provider_reversal_id text        unique,
    created_at           timestamptz not null default now(),
    updated_at           timestamptz not null default now(),
    unique (refund_id, transfer_id),
    check (amount_cents = payable_cents + reverse_cents + owed_cents + recovered_cents),
    check ((claim is null) = (claimed_until is null)),
    check (claim is null or status = 'pending'),
    check (reversed_cents = 0 or provider_reversal_id is not null),
    check (status in ('waiting', 'pending')
           or (reversed_cents = reverse_cents and (status = 'owed') = (owed_cents > 0)))
);
create index reversals_of_transfer on reversals (transfer_id);
create index reversals_due on reversals (coalesce(next_retry_at, created_at)) where status = 'pending';
create index reversals_owed on reversals (seller_id, id) where owed_cents > 0;

-- What paid a debt, each time. `reduced`: the transfer itself, when it turned out that it was never sent; then it is less by this.
create table debt_recoveries (
    id           uuid        primary key,
    reversal_id  uuid        not null references reversals (id),
    transfer_id  uuid        not null references transfers (id),
    amount_cents bigint      not null check (amount_cents > 0),
    reduced      boolean     not null default false,
    created_at   timestamptz not null default now()
);
create index debt_recoveries_of_reversal on debt_recoveries (reversal_id);
create index debt_recoveries_of_transfer on debt_recoveries (transfer_id);
create trigger debt_recoveries_kept before update or delete or truncate on debt_recoveries
    for each statement execute function refuse_change();
