"""Use cases of the second factor: setting it up, asking for a code, renewing recovery codes, turning it off.

A code is taken once, under the lock of its row, so that of two log-ins with one code one is refused. The secret is
sealed at rest, recovery codes are keyed hashes; neither is logged.
"""

from dataclasses import dataclass
from uuid import UUID

import structlog

from veza.audit.service import record
from veza.auth import domain, totp, totp_queries
from veza.auth.domain import Notice, Principal
from veza.auth.links import send_notice
from veza.auth.notes import tell_changed
from veza.auth.proof import forgive_proofs, require_password
from veza.auth.sessions import session_memory
from veza.auth.totp_queries import FactorRow
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.http.rate_limit import RateLimits, Rule
from veza.kit.signing import Sealed, keyed_hash, seal, unseal

log = structlog.get_logger()

CODES_PER_DAY = Rule("totp_account", 50, 24 * 3600)
"""Wrong codes over all networks. Only who knows the password gets here, and a new password forgets them."""


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """How somebody's second factor stands. `is_required`: the install asks it of their role."""

    is_enabled: bool
    is_required: bool
    recovery_codes_left: int


@dataclass(frozen=True, slots=True, repr=False)
class Setup:
    """What an authenticator app needs; nobody else."""

    secret: str
    otpauth_uri: str


async def get_status(ctx: Context, principal: Principal) -> SecondFactor:
    """How the caller's second factor stands."""
    async with ctx.db.connection() as connection:
        enabled = await is_enabled(connection, principal.user_id)
        left = await totp_queries.count_codes.find(connection, principal.user_id) or 0
    return SecondFactor(enabled, _is_required(ctx, principal), left)


async def is_enabled(connection: Connection, user_id: UUID) -> bool:
    """Whether somebody is asked for a code."""
    return bool(await totp_queries.is_enabled.find(connection, user_id))


async def begin(ctx: Context, principal: Principal, *, password: str, network: str) -> Setup:
    """A fresh secret, which counts once `enable` saw a code of it. Raises as `require_password`, `Conflict`."""
    await require_password(ctx, principal.user_id, password, network)
    secret = totp.new_secret()
    sealed = seal(ctx.keys.totp_secret, secret, bound_to=principal.user_id.bytes)
    async with ctx.db.transaction() as tx:
        if not await totp_queries.put_secret.run(tx, principal.user_id, sealed, ctx.clock.now()):
            raise domain.totp_enabled()
    uri = totp.otpauth_uri(secret, account=principal.username, issuer=ctx.settings.public_host)
    return Setup(secret, uri)


async def enable(ctx: Context, principal: Principal, code: str) -> list[str]:
    """Ask for codes from now on; answers the recovery codes, once. Raises `Invalid` (`invalid_totp`), `Conflict`."""
    async with ctx.db.transaction() as tx:
        row = await totp_queries.lock_factor.find(tx, principal.user_id)
        if row is None or row.enabled_at is not None:
            raise domain.totp_enabled() if row else domain.totp_not_begun()
        step = _step_of(ctx, row, code)
        if step is None:
            raise domain.totp_not_matching()
        await totp_queries.enable.run(tx, principal.user_id, ctx.clock.now(), step)
        codes = await _renew_codes(ctx, tx, principal.user_id)
        await _changed(tx, principal.user_id, principal.user_id, "user.totp_enabled", Notice.TOTP_ENABLED)
    session_memory(ctx.db).forget_user(principal.user_id)
    log.info("totp_enabled", user_id=str(principal.user_id))
    return codes


async def renew_recovery_codes(
    ctx: Context, principal: Principal, *, password: str, code: str, network: str
) -> list[str]:
    """Ten new ones; the old ones are dead. Raises as `prove`."""
    await prove(ctx, principal.user_id, password=password, code=code, network=network, needs_factor=True)
    async with ctx.db.transaction() as tx:
        if await totp_queries.lock_factor.find(tx, principal.user_id) is None:
            raise domain.totp_not_enabled()
        codes = await _renew_codes(ctx, tx, principal.user_id)
        await _changed(
            tx, principal.user_id, principal.user_id, "user.recovery_codes_renewed", Notice.RECOVERY_CODES_RENEWED
        )
    return codes


async def disable(ctx: Context, principal: Principal, *, password: str, code: str, network: str) -> None:
    """Ask for no code any more. Raises as `prove`, and `Conflict` (`totp_required_for_staff`)."""
    if _is_required(ctx, principal):
        raise domain.totp_required_for_staff()
    await prove(ctx, principal.user_id, password=password, code=code, network=network, needs_factor=True)
    await _remove(ctx, principal.user_id, by=principal.user_id, action="user.totp_disabled")


async def reset_for(ctx: Context, user_id: UUID, *, by: UUID | None) -> bool:
    """Turn it off for somebody who lost their phone and codes. `by`: which admin; None: the operator.

    Answers whether there was one. Raises `Forbidden` (`own_account`).
    """
    if user_id == by:
        raise domain.own_account()
    return await _remove(ctx, user_id, by=by, action="user.totp_reset")


async def prove(
    ctx: Context, user_id: UUID, *, password: str, code: str | None, network: str, needs_factor: bool = False
) -> None:
    """Raise unless password and, where there is a second factor, code are this person's. For acts of weight.

    `Unauthenticated`: `invalid_credentials`, `totp_required`, `invalid_totp`; `TooMany`; `Conflict`
    (`totp_not_enabled`) where `needs_factor` and there is none.
    """
    await require_password(ctx, user_id, password, network, forgive=False)
    async with ctx.db.connection() as connection:
        enabled = await is_enabled(connection, user_id)
    if needs_factor and not enabled:
        raise domain.totp_not_enabled()
    if enabled:
        await require_code(ctx, user_id, code)
    await forgive_proofs(ctx, user_id, network)


async def require_code(ctx: Context, user_id: UUID, code: str | None) -> None:
    """Take a code of somebody who has a second factor. Raises `Unauthenticated`, `TooMany`."""
    if code is None:
        raise domain.totp_required()
    limits, who = RateLimits(ctx.db), str(user_id)
    await limits.hit(CODES_PER_DAY, who)
    async with ctx.db.transaction() as tx:
        row = await totp_queries.lock_factor.find(tx, user_id)
        taken = row is None or row.enabled_at is None or await _take(ctx, tx, row, code)
    if not taken:
        log.warning("authn_totp_fail", user_id=who)
        raise domain.invalid_totp()
    await limits.take_back(CODES_PER_DAY, who)


async def forget_wrong_codes(ctx: Context, user_id: UUID) -> None:
    """Somebody has a new password: who tried codes with the old one is shut out."""
    await RateLimits(ctx.db).forgive(CODES_PER_DAY, str(user_id))


async def _take(ctx: Context, tx: Tx, row: FactorRow, code: str) -> bool:
    step = _step_of(ctx, row, code)
    if step is not None:
        await totp_queries.set_last_step.run(tx, row.user_id, step)
        return True
    recovery = totp.parse_recovery_code(code)
    if recovery is None:
        return False
    used = await totp_queries.use_code.run(tx, row.user_id, _code_hash(ctx, row.user_id, recovery), ctx.clock.now())
    if used:
        log.info("recovery_code_used", user_id=str(row.user_id))
    return used > 0


def _step_of(ctx: Context, row: FactorRow, code: str) -> int | None:
    digits = totp.parse_code(code)
    if digits is None:
        return None
    try:
        secret = unseal(ctx.keys.totp_secret, row.secret_sealed, bound_to=row.user_id.bytes)
    except Sealed:  # the install's secret has changed since: recovery is an admin's, or the operator's
        log.warning("totp_secret_unreadable", user_id=str(row.user_id))
        return None
    return totp.matching_step(secret, digits, ctx.clock.now(), after=row.last_step)


async def _renew_codes(ctx: Context, tx: Tx, user_id: UUID) -> list[str]:
    codes: set[str] = set()
    while len(codes) < totp.RECOVERY_CODES:
        codes.add(totp.new_recovery_code())
    await totp_queries.delete_codes.run(tx, user_id)
    await totp_queries.insert_code.run_many(tx, [(user_id, _code_hash(ctx, user_id, code)) for code in codes])
    return sorted(codes)


async def _remove(ctx: Context, user_id: UUID, *, by: UUID | None, action: str) -> bool:
    async with ctx.db.transaction() as tx:
        row = await totp_queries.lock_factor.find(tx, user_id)
        await totp_queries.delete_factor.run(tx, user_id)
        was_on = row is not None and row.enabled_at is not None
        if was_on:
            await _changed(tx, user_id, by, action, Notice.TOTP_DISABLED)
    session_memory(ctx.db).forget_user(user_id)
    log.info("totp_disabled", user_id=str(user_id))
    return was_on


async def _changed(tx: Tx, user_id: UUID, by: UUID | None, action: str, notice: Notice) -> None:
    await record(tx, action, subject=("user", user_id), actor_id=by)
    await send_notice(tx, notice, user_id)
    await tell_changed(tx, user_id)


def _is_required(ctx: Context, principal: Principal) -> bool:
    is_staff = principal.role.is_staff or principal.withheld_role is not None
    return ctx.settings.require_staff_totp and is_staff


def _code_hash(ctx: Context, user_id: UUID, code: str) -> bytes:
    return keyed_hash(ctx.keys.recovery_code, f"{user_id}:{code}")
