"""The end of an account.

What must be true at once is one transaction over the doors of all slices; what is much (a catalogue, a crowd of
followers) is left to a job that is deferred in it and may die and begin again.

Orders, invoices, payments, transfers, the ledger and the audit stay as they are: they name an id, and the row behind it
says nothing of anybody any more.
"""

from uuid import UUID

import structlog

from veza.accounts import domain, exporting, queries
from veza.auth import closing, second_factor
from veza.auth.domain import Principal
from veza.chat import service as chat
from veza.context import Context
from veza.jobs.queue import defer
from veza.live import service as live
from veza.mail.preferences import forget_preferences
from veza.orders.service import has_open_order
from veza.products import service as products
from veza.sellers.service import has_open_transfer
from veza.users import service as users

log = structlog.get_logger()

PRODUCTS_AT_ONCE = 50
FOLLOWS_AT_ONCE = 1_000


async def delete_account(
    ctx: Context, principal: Principal, *, password: str, totp_code: str | None, network: str
) -> None:
    """Delete the caller's account, for good. Of two calls at once one does it.

    Raises `Unauthenticated` (`invalid_credentials`, `totp_required`, `invalid_totp`), `Conflict` (`on_air`,
    `last_admin`, `money_pending`), `TooMany`.
    """
    user_id, name = principal.user_id, closing.new_name()
    await second_factor.prove(ctx, user_id, password=password, code=totp_code, network=network)
    async with ctx.db.transaction() as tx:
        user = await closing.hold_account(tx, user_id)
        await live.retire_streams(ctx, tx, user_id)
        if await has_open_order(tx, user_id):
            raise domain.order_pending()
        if await has_open_transfer(tx, user_id):
            raise domain.transfer_pending()
        await exporting.discard_all(tx, user_id)
        await forget_preferences(tx, user_id)
        await users.forget_profile(tx, user_id)
        await closing.erase_account(ctx, tx, user, name)
        await chat.forget_person(ctx, tx, user_id)
        await defer(tx, domain.FINISH_DELETION, {"user_id": str(user_id), "name": name})
    closing.forget_erased(ctx, user_id)
    log.info("user_deleted", user_id=str(user_id))


async def finish_deletion(ctx: Context, user_id: UUID, name: str) -> None:
    """The rest, a little at a time: what nobody bought is removed, what somebody did is off sale, nobody follows."""
    while await _some_products(ctx, user_id, name):
        pass
    while True:
        async with ctx.db.transaction() as tx:
            if not await users.forget_follows(tx, user_id, FOLLOWS_AT_ONCE):
                break
    log.info("user_deletion_finished", user_id=str(user_id))


async def _some_products(ctx: Context, user_id: UUID, name: str) -> bool:
    async with ctx.db.transaction() as tx:
        ids = await products.lock_some_of(tx, user_id, name, PRODUCTS_AT_ONCE)
        named = {row.id for row in await queries.named_products.list(tx, ids)}
        await products.retire(tx, [found for found in ids if found in named], name)
        await products.remove(tx, [found for found in ids if found not in named])
    return bool(ids)
