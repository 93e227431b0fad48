"""The one thing that a demo does beside the public API: it lets listeners own what they review, as orders will.

It uses the install's own database, and the door of `entitlements` for nothing but this.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import asyncpg

from veza.bootstrap import CannotStart, database_dsn, open_context
from veza.entitlements.service import grant
from veza.kit.ids import new_id
from veza.settings import Settings

Buy = Callable[[str, str], Awaitable[bool]]
"""Give a person (by id) a product (by id). False: the database here is not that of the platform."""


@contextlib.asynccontextmanager
async def open_purchases(settings: Settings) -> AsyncIterator[Buy | None]:
    """How to buy in this install; None when its database cannot be reached from here."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            dsn = await stack.enter_async_context(database_dsn(settings, may_start=False))
            ctx = await stack.enter_async_context(open_context(settings, role="demo", dsn=dsn))
        except CannotStart:
            yield None
            return

        async def buy(user_id: str, product_id: str) -> bool:
            try:
                async with ctx.db.transaction() as tx:
                    await grant(tx, UUID(user_id), UUID(product_id), order_id=new_id())
            except asyncpg.ForeignKeyViolationError:
                return False
            return True

        yield buy
