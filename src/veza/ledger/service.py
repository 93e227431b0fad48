"""Writing to the ledger, in the transaction of what is booked. There is no other way in.

What a comparison of the books found is kept here too; the comparing itself needs tables of all slices, and is done
above (`admin/money_check.py`).
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from veza.db.pool import Connection, Tx
from veza.kit.ids import new_id
from veza.ledger import queries
from veza.ledger.domain import Check, Difference, Kind, Posting

CHECKS_KEPT = timedelta(days=90)
"""How long a comparison that found nothing is remembered; one that found something always is."""


async def book(
    tx: Tx, kind: Kind, subject_id: UUID, postings: Sequence[Posting], *, currency: str, order_id: UUID | None = None
) -> bool:
    """Book what happened to `subject_id`, once. Answers whether it was new; booked before, nothing changes.

    Raises `IntegrityConstraintViolationError` at commit when the postings do not sum to zero.
    """
    transaction_id = new_id()
    if not await queries.insert_transaction.run(tx, transaction_id, kind, subject_id, order_id):
        return False
    await queries.insert_entries.run(
        tx,
        transaction_id,
        [posting.account for posting in postings],
        [posting.seller_id for posting in postings],
        [posting.amount_cents for posting in postings],
        currency,
    )
    return True


async def owed_to_seller(connection: Connection, seller_id: UUID, currency: str) -> int:
    """What a seller earned and was not sent yet, in minor units."""
    return await queries.owed_to_seller.find(connection, seller_id, currency) or 0


async def debt_of_seller(connection: Connection, seller_id: UUID, currency: str) -> int:
    """What a seller owes the platform, in minor units."""
    return await queries.debt_of_seller.find(connection, seller_id, currency) or 0


async def balances(connection: Connection) -> dict[tuple[str, str], int]:
    """What each account holds by (account, currency), debits less credits; together they are zero."""
    return {(row.account, row.currency): row.amount_cents for row in await queries.balances.list(connection)}


async def keep_check(tx: Tx, check: Check) -> None:
    """Write down what a comparison found."""
    differences = [msgspec.to_builtins(found) for found in check.differences]
    await queries.insert_check.run(tx, new_id(), check.checked_at, check.is_balanced, differences)
    await queries.forget_checks.run(tx, check.checked_at - CHECKS_KEPT)


async def last_check(connection: Connection) -> Check | None:
    """What the newest comparison found; None before the first."""
    row = await queries.last_check.find(connection)
    return None if row is None else Check(row.checked_at, tuple(msgspec.convert(row.differences, list[Difference])))
