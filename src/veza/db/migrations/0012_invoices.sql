-- Invoices and credit notes: numbers without gaps, what each says, and the paper it became (docs/reference/orders.md).

-- The last number of a series in a year. Its row is locked from the moment a number is taken until the commit, so a
-- transaction that fails leaves no gap.
create table invoice_counters (
    series         text        not null check (series in ('INV', 'CN')),
    year           integer     not null check (year between 2000 and 9999),
    last_number    bigint      not null check (last_number >= 1),
    -- dates follow the numbers, whoever began first
    last_issued_at timestamptz not null,
    primary key (series, year)
);

-- Which kinds there are is the application's business (files/domain.py); a document is its reader's alone. What the
-- platform owes to law belongs to nobody, and fills nobody's room.
alter table stored_objects drop constraint stored_objects_kind_check;
alter table stored_objects add constraint stored_objects_kind_check check (kind ~ '^[a-z_]{1,30}$');
alter table stored_objects add constraint stored_objects_documents_private check (not is_public or kind <> 'document');
alter table stored_objects alter column owner_id drop not null;
alter table stored_objects add constraint stored_objects_owned check (owner_id is not null or kind = 'document');

create table invoices (
    id           uuid        primary key,
    kind         text        not null check (kind in ('invoice', 'credit_note')),
    order_id     uuid        not null references orders (id),
    -- of a credit note: what it was issued for, and the invoice that it corrects
    refund_id    uuid        unique,
    invoice_id   uuid        references invoices (id),
    buyer_id     uuid        not null references users (id),
    series       text        not null,
    year         integer     not null,
    sequence     bigint      not null check (sequence >= 1),
    number       text        not null unique,
    currency     text        not null check (currency ~ '^[A-Z]{3}$'),
    total_cents  bigint      not null check (total_cents >= 0),
    vat_cents    bigint      not null check (vat_cents between 0 and total_cents),
    -- everything that is printed, as it was then
    snapshot     jsonb       not null,
    issued_at    timestamptz not null,
    -- the paper: made once, kept for ever
    document_id  uuid        unique references stored_objects (id),
    rendered_at  timestamptz,
    unique (series, year, sequence),
    check (series = case kind when 'invoice' then 'INV' else 'CN' end),
    check ((kind = 'credit_note') = (refund_id is not null)),
    check ((kind = 'credit_note') = (invoice_id is not null)),
    check ((document_id is null) = (rendered_at is null))
);
create unique index invoices_of_order on invoices (order_id) where kind = 'invoice';
create index invoices_credit_notes on invoices (order_id, id) where kind = 'credit_note';
create index invoices_without_paper on invoices (issued_at) where document_id is null;

-- What was issued stays as it was: only the paper is added, once.
create function refuse_other_paper() returns trigger language plpgsql as $$
begin
    if old.document_id is not null
        or to_jsonb(new) - '{document_id,rendered_at}'::text[] <> to_jsonb(old) - '{document_id,rendered_at}'::text[] then
        raise exception 'what was issued stays as it was' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;
create trigger invoices_stay before update on invoices for each row execute function refuse_other_paper();
create trigger invoices_kept before delete or truncate on invoices for each statement execute function refuse_change();
