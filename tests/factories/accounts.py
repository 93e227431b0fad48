"""People, put into the database without going through registration. For tests whose subject is something else."""

from datetime import UTC, datetime, timedelta

from veza.auth.domain import Principal, Role
from veza.auth.tokens import write_access_token
from veza.context import Context
from veza.db.pool import Database
from veza.kit.ids import new_id, random_alphanumeric


async def a_person(db: Database, username: str | None = None, *, email_verified: bool = False) -> Principal:
    """An account without a usable password, as the guard would present its owner."""
    name = username or f"u_{random_alphanumeric(10).lower()}"
    person = Principal(new_id(), new_id(), name, Role.USER, email_verified)
    async with db.connection() as connection:
        await connection.execute(
            """
            insert into users (id, username, email, email_key, password_hash, created_at, updated_at)
            values ($1, $2, $3, $3, 'none', $4, $4)
            """,
            person.user_id,
            name,
            f"{name.lower()}@example.com",
            datetime(2026, 1, 1, tzinfo=UTC),
        )
    return person


async def log_in_as(ctx: Context, person: Principal) -> str:
    """A live session of this person (the one that `person` names); answers an access token of it."""
    now = ctx.clock.now()
    async with ctx.db.connection() as connection:
        await connection.execute(
            """
            insert into sessions
                (id, user_id, user_agent, network, remember_me, created_at, last_used_at, idle_until, expires_at)
            values ($1, $2, 'test', 'test', false, $3, $3, $4, $4)
            """,
            person.session_id,
            person.user_id,
            now,
            now + timedelta(days=1),
        )
    return write_access_token(ctx, person.user_id, person.session_id, now)


async def suspend(db: Database, person: Principal) -> None:
    """Suspend an account, and nothing else: no note is sent."""
    async with db.connection() as connection:
        await connection.execute("update users set suspended_at = now() where id = $1", person.user_id)
