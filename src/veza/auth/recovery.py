"""Use cases of passwords and mailboxes: a new password, a forgotten one, and proof that an address is somebody's.

Whether an address has an account is never told, nor shown by how long an answer takes: the request only puts a sealed
address into the queue, and the worker looks.
"""

from uuid import UUID

import structlog

from veza.auth import queries
from veza.auth.domain import (
    SEND_RESET_LINK,
    LinkPurpose,
    Notice,
    Principal,
    RevokeReason,
    User,
    already_verified,
    email_key,
    link_expired,
)
from veza.auth.links import close_links, find_open_link, has_had_enough, send_link, send_notice, use_link
from veza.auth.login_limits import LOGIN_WINDOW_S, key_of_typed_email, login_limits
from veza.auth.notes import tell_changed
from veza.auth.passwords import hash_password, password_problems
from veza.auth.proof import require_password
from veza.auth.second_factor import forget_wrong_codes
from veza.auth.service import Device, find_user, user_by_id
from veza.auth.sessions import session_memory
from veza.context import Context
from veza.db.pool import Tx
from veza.http.rate_limit import RateLimits, Rule
from veza.jobs.queue import defer
from veza.kit.errors import Invalid, TooMany
from veza.kit.signing import Sealed, keyed_hash, seal, unseal

log = structlog.get_logger()

_HOUR_S = 3600
_FORGOTTEN = b"forgotten password"


async def change_password(ctx: Context, principal: Principal, *, current: str, new: str, device: Device) -> None:
    """Set a new password and end all other sessions. Raises `Unauthenticated` (`invalid_credentials`), `Invalid`."""
    await require_password(ctx, principal.user_id, current, device.network)
    user = await user_by_id(ctx, principal.user_id)
    password_hash = await _hash_new(user, new)
    async with ctx.db.transaction() as tx:
        await _replace_password(ctx, tx, user.id, password_hash, but_session=principal.session_id)
    session_memory(ctx.db).forget_user(user.id)
    log.info("authn_password_change", user_id=str(user.id))


async def ask_for_reset(ctx: Context, email: str, device: Device) -> None:
    """Have a link sent to this address, if it has an account. Says nothing of that. Raises `TooMany` (the network)."""
    await RateLimits(ctx.db).hit(_mail_rule(ctx), device.network)
    key = key_of_typed_email(email)
    named = keyed_hash(ctx.keys.mail_address, key).hex()
    sealed = seal(ctx.keys.mail_address, key, bound_to=_FORGOTTEN)
    async with ctx.db.transaction() as tx:
        await defer(tx, SEND_RESET_LINK, {"sealed": sealed.hex()}, unique_key=f"{SEND_RESET_LINK}:{named}")


async def send_reset_link(ctx: Context, sealed: bytes) -> None:
    """The worker's part of `ask_for_reset`. Who was sent five in an hour has the newest of them."""
    try:
        key = unseal(ctx.keys.mail_address, sealed, bound_to=_FORGOTTEN)
    except Sealed:  # of another secret: nobody can follow such a link anyway
        return
    async with ctx.db.transaction() as tx:
        user_id = await queries.id_of_email.find(tx, key)
        if user_id is None or await has_had_enough(ctx, tx, user_id, LinkPurpose.RESET_PASSWORD):
            log.info("reset_link_not_sent", reason="unknown" if user_id is None else "enough")
            return
        await send_link(ctx, tx, user_id, LinkPurpose.RESET_PASSWORD)


async def reset_password(ctx: Context, *, token: str, new: str, device: Device) -> None:
    """Set a new password by a link, and end all sessions. The link proves the mailbox, so the address is confirmed too.

    Raises `Gone` (`link_expired`), `Invalid` (the link stays good), `TooMany`.
    """
    limits, rule = RateLimits(ctx.db), _try_rule(ctx)
    await limits.hit(rule, device.network)
    async with ctx.db.connection() as connection:
        link = await find_open_link(ctx, connection, token, LinkPurpose.RESET_PASSWORD)
        user = None if link is None else await find_user(connection, link.user_id)
    if user is None:
        raise link_expired()
    await limits.take_back(rule, device.network)
    password_hash = await _hash_new(user, new)
    async with ctx.db.transaction() as tx:
        await use_link(ctx, tx, token, LinkPurpose.RESET_PASSWORD)
        await _replace_password(ctx, tx, user.id, password_hash, but_session=None)
        if await queries.set_email_verified.run(tx, user.id, ctx.clock.now()):
            await close_links(ctx, tx, user.id, LinkPurpose.VERIFY_EMAIL)
    session_memory(ctx.db).forget_user(user.id)
    _, (by_account, account), _ = login_limits(ctx, email_key(user.email))
    await limits.forgive(by_account, account, device.network)
    await forget_wrong_codes(ctx, user.id)
    log.info("authn_password_reset", user_id=str(user.id))


async def verify_email(ctx: Context, token: str, device: Device) -> User:
    """Confirm an address by the link that was sent to it. Raises `Gone` (`link_expired`), `TooMany`."""
    limits, rule = RateLimits(ctx.db), _try_rule(ctx)
    await limits.hit(rule, device.network)
    async with ctx.db.transaction() as tx:
        user_id = await use_link(ctx, tx, token, LinkPurpose.VERIFY_EMAIL)
        await queries.set_email_verified.run(tx, user_id, ctx.clock.now())
        await tell_changed(tx, user_id)
    await limits.take_back(rule, device.network)
    session_memory(ctx.db).forget_user(user_id)
    log.info("email_verified", user_id=str(user_id))
    return await user_by_id(ctx, user_id)


async def resend_verification(ctx: Context, principal: Principal, device: Device) -> None:
    """Send the link anew; the older one is dead. Raises `Conflict` (`already_verified`), `TooMany`."""
    user = await user_by_id(ctx, principal.user_id)
    if user.email_verified:
        raise already_verified()
    await RateLimits(ctx.db).hit(_mail_rule(ctx), device.network)
    async with ctx.db.transaction() as tx:
        if await has_had_enough(ctx, tx, user.id, LinkPurpose.VERIFY_EMAIL):
            raise TooMany("We have sent you several of these mails. Look for the newest.", retry_after_s=_HOUR_S)
        await send_link(ctx, tx, user.id, LinkPurpose.VERIFY_EMAIL)


async def _hash_new(user: User, new: str) -> str:
    if problems := password_problems(new, username=user.username, email=user.email, field="new_password"):
        raise Invalid("Choose another password.", *problems)
    return await hash_password(new)


async def _replace_password(
    ctx: Context, tx: Tx, user_id: UUID, password_hash: str, *, but_session: UUID | None
) -> None:
    """Set it, end the sessions and links of the time before, and tell its owner."""
    now = ctx.clock.now()
    await queries.set_password.run(tx, user_id, password_hash, now)
    await queries.revoke_sessions_but.run(tx, user_id, but_session, now, RevokeReason.PASSWORD)
    await close_links(ctx, tx, user_id, LinkPurpose.RESET_PASSWORD)
    await tell_changed(tx, user_id)
    await send_notice(tx, Notice.PASSWORD_CHANGED, user_id)


def _mail_rule(ctx: Context) -> Rule:
    return Rule("link_mail", ctx.settings.link_mails_per_network, _HOUR_S)


def _try_rule(ctx: Context) -> Rule:
    return Rule("link_try", ctx.settings.login_failures_per_network, LOGIN_WINDOW_S)
