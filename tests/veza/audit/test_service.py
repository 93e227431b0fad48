"""Who did what stays written down, with the act or not at all."""

import pytest
import structlog
from tests.factories.accounts import a_person

from veza.audit.service import EntryFilter, list_entries, record
from veza.context import Context
from veza.kit.page import PageRequest


async def test_an_act_is_written_down_with_who_and_which_request(ctx: Context) -> None:
    admin = await a_person(ctx.db, "ada")
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        async with ctx.db.transaction() as tx:
            await record(
                tx, "user.suspended", subject=("user", "u-1"), actor_id=admin.user_id, details={"reason": "spam"}
            )
            await record(tx, "payment.returned", subject=("order", "o-1"))
    async with ctx.db.connection() as connection:
        page = await list_entries(connection, EntryFilter(), PageRequest())
        assert [(entry.action, entry.actor_username, entry.request_id) for entry in page.items] == [
            ("payment.returned", None, "r-1"),
            ("user.suspended", "ada", "r-1"),
        ]
        assert page.items[1].details == {"reason": "spam"}
        found = await list_entries(
            connection, EntryFilter(actor_id=admin.user_id, action="user.suspended"), PageRequest()
        )
        assert found.total == 1
        assert (
            await list_entries(connection, EntryFilter(subject_kind="user", subject_id="x"), PageRequest())
        ).total == 0


async def test_an_act_that_is_rolled_back_leaves_no_entry(ctx: Context) -> None:
    async def undone() -> None:
        async with ctx.db.transaction() as tx:
            await record(tx, "user.suspended", subject=("user", "u-1"))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await undone()
    async with ctx.db.connection() as connection:
        assert (await list_entries(connection, EntryFilter(), PageRequest())).items == []
