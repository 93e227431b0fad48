"""Asking somebody who is logged in for their password once more, before what a stolen token must not be able to do."""

from uuid import UUID

import structlog

from veza.auth import queries
from veza.auth.login_limits import login_limits
from veza.auth.passwords import is_password
from veza.context import Context
from veza.kit.errors import Unauthenticated

log = structlog.get_logger()


async def require_password(ctx: Context, user_id: UUID, password: str, network: str, *, forgive: bool = True) -> None:
    """Raise `Unauthenticated` (`invalid_credentials`) unless it is theirs, `TooMany` after too many wrong ones.

    Each try counts before the password is looked at. `forgive`: a right one forgets the wrong ones; a caller that asks
    for a code as well does so itself, by `forgive_proofs`.
    """
    limits, (by_account, account), _ = login_limits(ctx, f"user:{user_id}")
    await limits.hit(by_account, account, network)
    async with ctx.db.connection() as connection:
        found = await queries.credentials_of_user.find(connection, user_id)
    if found is None or not await is_password(password, found.password_hash):
        log.warning("authn_proof_fail", user_id=str(user_id))
        raise Unauthenticated("The current password is not right.", code="invalid_credentials")
    if forgive:
        await forgive_proofs(ctx, user_id, network)


async def forgive_proofs(ctx: Context, user_id: UUID, network: str) -> None:
    """Forget what was counted: whoever asks has proved who they are."""
    limits, (by_account, account), _ = login_limits(ctx, f"user:{user_id}")
    await limits.forgive(by_account, account, network)
