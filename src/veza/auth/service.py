"""Use cases of accounts: register, log in, log out, sessions, roles, suspension.

Passwords are hashed outside transactions. Whoever changes what the guard relies on also says so (`notes.tell_changed`).
Refreshing is `rotation.py`; new passwords and links by mail are `recovery.py`.
"""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from veza.audit.service import record
from veza.auth import queries
from veza.auth.domain import (
    MAX_SESSIONS,
    SESSION_LIFE,
    LinkPurpose,
    RevokeReason,
    Role,
    User,
    email_key,
    email_taken,
    idle_until,
    last_admin,
    own_account,
    suspended,
    username_taken,
    wrong_credentials,
)
from veza.auth.links import send_link
from veza.auth.login_limits import key_of_typed_email, login_limits
from veza.auth.notes import tell_changed
from veza.auth.passwords import hash_password, is_password, needs_rehash, parse_account
from veza.auth.queries import SessionRow, UserRow
from veza.auth.second_factor import is_enabled, require_code
from veza.auth.sessions import session_memory
from veza.auth.tokens import read_access_token, write_access_token
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.http.rate_limit import RateLimits, Rule
from veza.kit.errors import NotFound, Unauthenticated
from veza.kit.ids import new_id, new_token
from veza.kit.page import Page, PageRequest
from veza.kit.signing import plain_hash

log = structlog.get_logger()

REGISTER_WINDOW_S = 60 * 60


@dataclass(frozen=True, slots=True)
class Device:
    """Where a request comes from. `network` is what limits count by (`http.client.network_of`)."""

    network: str
    user_agent: str


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What a login or refresh gives. `refresh_idle_until`: until when the refresh token is good if it rests."""

    user: User
    access_token: str
    refresh_token: str
    refresh_idle_until: datetime
    remember_me: bool


async def register(ctx: Context, *, username: str, email: str, password: str, device: Device) -> Tokens:
    """A new account, logged in. Raises `Invalid`, `Conflict` (`username_taken`, `email_taken`), `TooMany`."""
    username, email = parse_account(username, email, password)
    rule = Rule("register", ctx.settings.registrations_per_network, REGISTER_WINDOW_S)
    await RateLimits(ctx.db).hit(rule, device.network)
    password_hash = await _hash_if_free(ctx, username, email, password)
    async with ctx.db.transaction() as tx:
        user = await _insert_user(ctx, tx, username, email, password_hash, role=Role.USER, email_verified=False)
        tokens = await _open_session(ctx, tx, user, device, remember_me=False)
        await send_link(ctx, tx, user.id, LinkPurpose.VERIFY_EMAIL)
    log.info("user_created", user_id=str(user.id))
    return tokens


async def create_user(
    ctx: Context, *, username: str, email: str, password: str, role: Role = Role.USER, email_verified: bool = True
) -> User:
    """A new account by the operator's hand (`veza user create`): no limits, any role. Raises as `register`."""
    username, email = parse_account(username, email, password)
    password_hash = await _hash_if_free(ctx, username, email, password)
    async with ctx.db.transaction() as tx:
        user = await _insert_user(ctx, tx, username, email, password_hash, role=role, email_verified=email_verified)
    log.info("user_created", user_id=str(user.id), role=role.value)
    return user


async def log_in(
    ctx: Context, *, email: str, password: str, remember_me: bool, device: Device, totp_code: str | None = None
) -> Tokens:
    """A new session. Raises `Unauthenticated`, `Forbidden` (suspended), `TooMany`.

    Each try is counted before the password is looked at, so that parallel guesses cannot slip past the limit; a
    right password, with a right code where one is asked for, takes it back.
    """
    key = key_of_typed_email(email)
    limits, (by_account, account), by_network = login_limits(ctx, key)
    await limits.hit(by_network, device.network)
    await limits.hit(by_account, account, device.network)
    async with ctx.db.connection() as connection:
        found = await queries.credentials_of_email.find(connection, key)
    if not await is_password(password, found.password_hash if found else None) or found is None:
        log.warning("authn_login_fail", network=device.network)
        raise wrong_credentials()
    if found.has_totp:
        await require_code(ctx, found.id, totp_code)
    await limits.forgive(by_account, account, device.network)
    await limits.take_back(by_network, device.network)
    if needs_rehash(found.password_hash):
        await _rehash(ctx, found, password)
    async with ctx.db.transaction() as tx:
        user = await find_user(tx, found.id)
        if user is None:
            raise wrong_credentials()
        if user.is_suspended:
            raise suspended()
        return await _open_session(ctx, tx, user, device, remember_me=remember_me)


async def log_out(ctx: Context, *, access_token: str | None, refresh_token: str | None) -> None:
    """End the sessions that these tokens belong to. Whatever is unknown or old is simply not there any more."""
    async with ctx.db.transaction() as tx:
        ended: set[UUID] = set()
        if access_token is not None:
            with contextlib.suppress(Unauthenticated):
                ended.add(read_access_token(ctx, access_token, expired_ok=True).session_id)
        if refresh_token is not None:
            found = await queries.session_of_refresh_token.find(tx, plain_hash(refresh_token))
            ended |= {found} if found else set()
        for session_id in sorted(ended):
            await revoke(tx, session_id, RevokeReason.LOGOUT, ctx.clock.now())
    for session_id in ended:
        session_memory(ctx.db).forget_session(session_id)


async def list_sessions(ctx: Context, user_id: UUID, page: PageRequest) -> Page[SessionRow]:
    """Live sessions of a user, the last used first."""
    now = ctx.clock.now()
    async with ctx.db.connection() as connection:
        items = await queries.live_sessions_of_user.list(connection, user_id, now, page.limit, page.offset)
        total = await queries.count_live_sessions.find(connection, user_id, now)
    return Page(items, total or 0, page.limit, page.offset)


async def end_session(ctx: Context, user_id: UUID, session_id: UUID) -> None:
    """End one of one's own sessions. Raises `NotFound` for any other, or one that has ended."""
    async with ctx.db.transaction() as tx:
        if await queries.revoke_own_session.find(tx, session_id, user_id, ctx.clock.now()) is None:
            raise NotFound("There is no such session.")
        await tell_changed(tx, user_id, session_id)
    session_memory(ctx.db).forget_session(session_id)


async def change_role(ctx: Context, user_id: UUID, role: Role, *, by: UUID | None = None) -> User:
    """Give a role; bites at once here and within 5 s elsewhere. `by`: which admin; None: the operator.

    Raises `NotFound`, `Forbidden` (`own_account`), `Conflict` (`last_admin`).
    """
    async with ctx.db.transaction() as tx:
        before = await _lock_account(tx, user_id, by, keeps_admin=role is Role.ADMIN)
        if await queries.set_role.run(tx, user_id, role, ctx.clock.now()):
            await _changed(tx, user_id, by, "user.role_changed", {"before": before.role, "role": role})
        user = await find_user(tx, user_id)
    session_memory(ctx.db).forget_user(user_id)
    log.info("privilege_permissions_changed", user_id=str(user_id), role=role.value)
    return _found(user)


async def suspend_user(ctx: Context, user_id: UUID, *, by: UUID | None = None, reason: str = "") -> User:
    """Shut somebody out: their sessions and sockets end, and their broadcast is cut. Raises as `change_role`."""
    now = ctx.clock.now()
    async with ctx.db.transaction() as tx:
        await _lock_account(tx, user_id, by, keeps_admin=False)
        if await queries.suspend.run(tx, user_id, now):
            await queries.revoke_sessions_but.run(tx, user_id, None, now, RevokeReason.SUSPENDED)
            await _changed(tx, user_id, by, "user.suspended", {"reason": reason})
        user = await find_user(tx, user_id)
    session_memory(ctx.db).forget_user(user_id)
    log.info("user_suspended", user_id=str(user_id))
    return _found(user)


async def reinstate_user(ctx: Context, user_id: UUID, *, by: UUID | None = None) -> User:
    """Let somebody in again; they log in anew. Raises `NotFound`."""
    async with ctx.db.transaction() as tx:
        if await queries.reinstate.run(tx, user_id, ctx.clock.now()):
            await _changed(tx, user_id, by, "user.reinstated", {})
        user = await find_user(tx, user_id)
    session_memory(ctx.db).forget_user(user_id)
    return _found(user)


async def _lock_account(tx: Tx, user_id: UUID, by: UUID | None, *, keeps_admin: bool) -> User:
    """The account as it is, when this may be done to it. Such acts stand in line, so that one admin always remains."""
    if user_id == by:
        raise own_account()
    await queries.lock_admins.run(tx)
    user = _found(await find_user(tx, user_id))
    is_lost = user.role is Role.ADMIN and not user.is_suspended and not keeps_admin
    if is_lost and not await queries.has_other_admin.find(tx, user_id):
        raise last_admin()
    return user


async def _changed(tx: Tx, user_id: UUID, by: UUID | None, action: str, details: dict[str, str]) -> None:
    """An account's standing changed: write it down, and tell all processes."""
    await record(tx, action, subject=("user", user_id), actor_id=by, details=details)
    await tell_changed(tx, user_id)


async def own_account_of(ctx: Context, user_id: UUID) -> tuple[User, bool]:
    """An account, and whether it has a second factor. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        return _found(await find_user(connection, user_id)), await is_enabled(connection, user_id)


async def user_by_id(ctx: Context, user_id: UUID) -> User:
    """An account. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        return _found(await find_user(connection, user_id))


async def find_user(connection: Connection, user_id: UUID) -> User | None:
    """An account, in the caller's transaction if there is one."""
    row = await queries.user.find(connection, user_id)
    return None if row is None else _user(row)


async def usernames(connection: Connection, user_ids: set[UUID]) -> dict[UUID, str]:
    """The names of many, for lists. Unknown ids are left out."""
    rows = await queries.names.list(connection, list(user_ids))
    return {row.id: row.username for row in rows}


async def user_id_of(ctx: Context, username: str) -> UUID:
    """Whose name this is, in any case. Raises `NotFound`, also for somebody who is suspended."""
    async with ctx.db.connection() as connection:
        found = await queries.id_by_username.find(connection, username)
    if found is None:
        raise NotFound("There is no such user.")
    return found


async def suspended_among(connection: Connection, user_ids: set[UUID]) -> set[UUID]:
    """Those of them whose account is suspended."""
    return {row.id for row in await queries.suspended.list(connection, list(user_ids))} if user_ids else set()


async def forget_old_sessions(ctx: Context) -> int:
    """Delete sessions whose life is over, and their tokens. For the schedule; answers how many."""
    async with ctx.db.connection() as connection:
        return await queries.forget_sessions_before.run(connection, ctx.clock.now())


async def _hash_if_free(ctx: Context, username: str, email: str, password: str) -> str:
    """The hash of a new account's password; refused before it is paid for when the names are somebody's already."""
    async with ctx.db.connection() as connection:
        await _refuse_taken(connection, username, email)
    return await hash_password(password)


async def _insert_user(
    ctx: Context, tx: Tx, username: str, email: str, password_hash: str, *, role: Role, email_verified: bool
) -> User:
    user_id, now = new_id(), ctx.clock.now()
    made = await queries.insert_user.find(
        tx, user_id, username, email, email_key(email), password_hash, role, email_verified, now
    )
    if made is None:
        await _refuse_taken(tx, username, email)
        raise username_taken()  # it was taken, and is free again in the same moment
    return User(user_id, username, email, role, email_verified, is_suspended=False, created_at=now)


async def _refuse_taken(connection: Connection, username: str, email: str) -> None:
    taken = await queries.taken.find(connection, username, email_key(email))
    if taken is not None and taken.username:
        raise username_taken()
    if taken is not None and taken.email:
        raise email_taken()


async def _open_session(ctx: Context, tx: Tx, user: User, device: Device, *, remember_me: bool) -> Tokens:
    now, session_id, refresh_token = ctx.clock.now(), new_id(), new_token()
    expires_at = now + SESSION_LIFE
    rests_until = idle_until(now, expires_at)
    await queries.insert_session.run(
        tx, session_id, user.id, device.user_agent, device.network, remember_me, now, rests_until, expires_at
    )
    await queries.insert_refresh_token.run(tx, plain_hash(refresh_token), session_id, now)
    if await queries.revoke_sessions_past.run(tx, user.id, MAX_SESSIONS, now):
        await tell_changed(tx, user.id)
    access_token = write_access_token(ctx, user.id, session_id, now)
    return Tokens(user, access_token, refresh_token, rests_until, remember_me)


async def revoke(tx: Tx, session_id: UUID, reason: RevokeReason, now: datetime) -> None:
    """End one session; one that has ended stays as it is."""
    user_id = await queries.revoke_session.find(tx, session_id, now, reason)
    if user_id is not None:
        await tell_changed(tx, user_id, session_id)


async def _rehash(ctx: Context, found: queries.CredentialsRow, password: str) -> None:
    password_hash = await hash_password(password)
    async with ctx.db.connection() as connection:
        await queries.replace_password.run(connection, found.id, found.password_hash, password_hash, ctx.clock.now())


def _user(row: UserRow) -> User:
    return User(row.id, row.username, row.email, Role(row.role), row.email_verified, row.is_suspended, row.created_at)


def _found(user: User | None) -> User:
    if user is None:
        raise NotFound("There is no such user.")
    return user
