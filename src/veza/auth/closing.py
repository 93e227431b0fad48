"""The end of an account, as far as who somebody is: who may go, and what is left of the row.

The rest of what an account had is the other slices'; `accounts/service.py` calls them all in one transaction.
"""

from uuid import UUID

from veza.audit.service import record
from veza.auth import link_queries, queries, totp_queries
from veza.auth.domain import DELETED_PREFIX, Notice, Role, User, last_admin, unauthenticated
from veza.auth.links import send_notice
from veza.auth.notes import tell_changed
from veza.auth.service import find_user
from veza.auth.sessions import session_memory
from veza.context import Context
from veza.db.pool import Tx
from veza.kit.ids import random_alphanumeric
from veza.kit.signing import seal

_NAME_CHARACTERS = 12


async def hold_account(tx: Tx, user_id: UUID) -> User:
    """The account, held until the end of the transaction, when it may go. Of two at once the second finds it gone.

    Raises `Conflict` (`last_admin`), `Unauthenticated`.
    """
    await queries.lock_admins.run(tx)
    held = await queries.hold_account.find(tx, user_id)
    user = await find_user(tx, user_id)
    if held is None or user is None:
        raise unauthenticated()
    if user.role is Role.ADMIN and not user.is_suspended and not await queries.has_other_admin.find(tx, user_id):
        raise last_admin()
    return user


def new_name() -> str:
    """What a deleted account is called: names that begin so are nobody's to choose."""
    return f"{DELETED_PREFIX}{random_alphanumeric(_NAME_CHARACTERS).lower()}"


async def erase_account(ctx: Context, tx: Tx, user: User, name: str) -> None:
    """Take away name, address, password, sessions, second factor and links, and write a last time."""
    now = ctx.clock.now()
    sealed_to = seal(ctx.keys.mail_address, user.email, bound_to=user.id.bytes)
    await send_notice(tx, Notice.ACCOUNT_DELETED, user.id, sealed_to=sealed_to, name=user.username)
    await queries.erase.run(tx, user.id, name, f"{user.id}@deleted.invalid", now)
    await queries.delete_sessions.run(tx, user.id)
    await totp_queries.delete_factor.run(tx, user.id)
    await link_queries.delete_links.run(tx, user.id)
    await record(tx, "user.deleted", subject=("user", user.id), actor_id=user.id)
    await tell_changed(tx, user.id)


def forget_erased(ctx: Context, user_id: UUID) -> None:
    """After the commit: this process, too, knows nothing of them any more."""
    session_memory(ctx.db).forget_user(user_id)
