"""The use case of refreshing: one refresh token is changed for the next, and a replay ends the session (ADR 0007).

A refusal that must leave a trace is decided inside the transaction and raised after its commit.
"""

from datetime import datetime

import structlog

from veza.auth import queries
from veza.auth.domain import (
    RefreshDecision,
    RefreshState,
    RevokeReason,
    decide_refresh,
    idle_until,
    refresh_refused,
    unauthenticated,
)
from veza.auth.queries import FamilyRow
from veza.auth.service import Tokens, find_user, revoke
from veza.auth.sessions import session_memory
from veza.auth.tokens import successor_of, write_access_token
from veza.context import Context
from veza.db.pool import Tx
from veza.kit.signing import plain_hash

log = structlog.get_logger()


async def refresh(ctx: Context, refresh_token: str) -> Tokens:
    """The next pair of tokens. Raises `Unauthenticated`: `unauthenticated`, `token_expired`, `refresh_reused`."""
    now = ctx.clock.now()
    successor = successor_of(ctx, refresh_token)
    async with ctx.db.transaction() as tx:
        family = await queries.lock_family.find(tx, plain_hash(refresh_token))
        if family is None:
            raise unauthenticated()
        decision = await _judge(tx, family, refresh_token, successor, now)
        if decision is RefreshDecision.REUSED:
            await revoke(tx, family.session_id, RevokeReason.REUSE, now)
        user = await find_user(tx, family.user_id)
        refusal = refresh_refused(decision)
        if refusal is None and (user is None or user.is_suspended):
            refusal = unauthenticated()
        rests_until = family.idle_until
        if refusal is None and decision is RefreshDecision.ROTATE:
            rests_until = await _rotate(tx, family, used=refresh_token, successor=successor, now=now)
    if decision is RefreshDecision.REUSED:
        session_memory(ctx.db).forget_session(family.session_id)
        log.warning("authn_token_reuse", user_id=str(family.user_id), session_id=str(family.session_id))
    if refusal is not None or user is None:
        raise refusal or unauthenticated()
    access_token = write_access_token(ctx, user.id, family.session_id, now)
    return Tokens(user, access_token, successor, rests_until, family.remember_me)


async def _judge(tx: Tx, family: FamilyRow, token: str, successor: str, now: datetime) -> RefreshDecision:
    state = RefreshState(
        used_at=await queries.refresh_token_used_at.find(tx, plain_hash(token)),
        is_successor_used=await queries.refresh_token_used_at.find(tx, plain_hash(successor)) is not None,
        idle_until=family.idle_until,
        expires_at=family.expires_at,
        revoke_reason=RevokeReason(family.revoke_reason) if family.revoke_reason else None,
    )
    return decide_refresh(state, now)


async def _rotate(tx: Tx, family: FamilyRow, *, used: str, successor: str, now: datetime) -> datetime:
    """Hand over from one token to the next. Answers until when the session may rest now."""
    rests_until = idle_until(now, family.expires_at)
    await queries.use_refresh_token.run(tx, plain_hash(used), now)
    await queries.insert_refresh_token.run(tx, plain_hash(successor), family.session_id, now)
    await queries.touch_session.run(tx, family.session_id, now, rests_until)
    return rests_until
