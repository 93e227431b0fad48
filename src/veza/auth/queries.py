"""SQL of accounts, sessions and refresh tokens. Profiles are `users/queries.py`."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class UserRow(msgspec.Struct, frozen=True):
    """An account without its password."""

    id: UUID
    username: str
    email: str
    role: str
    email_verified: bool
    is_suspended: bool
    created_at: datetime


class CredentialsRow(msgspec.Struct, frozen=True):
    """What a login is checked against. Never leaves `service.py`."""

    id: UUID
    password_hash: str
    has_totp: bool


class NameRow(msgspec.Struct, frozen=True):
    """Who an id is, for lists."""

    id: UUID
    username: str


class TakenRow(msgspec.Struct, frozen=True):
    """Which parts of a new account belong to somebody already."""

    username: bool
    email: bool


class LiveSessionRow(msgspec.Struct, frozen=True):
    """A session with the person behind it, as the guard needs it."""

    session_id: UUID
    user_id: UUID
    username: str
    role: str
    email_verified: bool
    is_suspended: bool
    has_totp: bool
    expires_at: datetime


class FamilyRow(msgspec.Struct, frozen=True):
    """A session as the family of its refresh tokens, locked."""

    session_id: UUID
    user_id: UUID
    remember_me: bool
    idle_until: datetime
    expires_at: datetime
    revoke_reason: str | None


class SessionRow(msgspec.Struct, frozen=True):
    """A session as its owner sees it."""

    id: UUID
    user_agent: str
    network: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


insert_user = Value(
    UUID,
    """
    insert into users (id, username, email, email_key, password_hash, role, email_verified, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
    on conflict do nothing
    returning id
    """,
)
taken = Query(
    TakenRow,
    """
    select exists (select from users where lower(username) = lower($1)) as username,
           exists (select from users where email_key = $2) as email
    """,
)
user = Query(
    UserRow,
    """
    select id, username, email, role, email_verified, suspended_at is not null as is_suspended, created_at
    from users where id = $1
    """,
)
names = Query(NameRow, "select id, username from users where id = any($1::uuid[])")
suspended = Query(NameRow, "select id, username from users where id = any($1::uuid[]) and suspended_at is not null")
credentials_of_email = Query(
    CredentialsRow,
    """
    select u.id, u.password_hash, t.enabled_at is not null as has_totp
    from users u left join totp_secrets t on t.user_id = u.id where u.email_key = $1
    """,
)
credentials_of_user = Query(
    CredentialsRow,
    """
    select u.id, u.password_hash, t.enabled_at is not null as has_totp
    from users u left join totp_secrets t on t.user_id = u.id where u.id = $1
    """,
)
id_of_email = Value(UUID, "select id from users where email_key = $1 and suspended_at is null")
set_email_verified = Command(
    "update users set email_verified = true, updated_at = $2 where id = $1 and not email_verified"
)
set_password = Command("update users set password_hash = $2, updated_at = $3 where id = $1")
replace_password = Command("update users set password_hash = $3, updated_at = $4 where id = $1 and password_hash = $2")
# Whoever takes an admin away waits here for whoever else does, so that each sees what the other left.
lock_admins = Command("select pg_advisory_xact_lock(hashtextextended('veza.auth.admins', 0))")
has_other_admin = Value(
    bool, "select exists (select from users where role = 'admin' and suspended_at is null and id <> $1)"
)
hold_account = Value(UUID, "select id from users where id = $1 and deleted_at is null for update")
erase = Command(
    """
    update users set username = $2, email = $3, email_key = $3, password_hash = 'deleted', role = 'user',
        email_verified = false, suspended_at = coalesce(suspended_at, $4), deleted_at = $4, updated_at = $4
    where id = $1 and deleted_at is null
    """
)
delete_sessions = Command("delete from sessions where user_id = $1")
"""Their refresh tokens go with them."""
set_role = Command("update users set role = $2, updated_at = $3 where id = $1 and role <> $2 and deleted_at is null")
suspend = Command("update users set suspended_at = $2, updated_at = $2 where id = $1 and suspended_at is null")
reinstate = Command(
    """
    update users set suspended_at = null, updated_at = $2
    where id = $1 and suspended_at is not null and deleted_at is null
    """
)

# A suspended person's session answers although it was ended: they are told why they may not enter.
live_session = Query(
    LiveSessionRow,
    """
    select s.id as session_id, u.id as user_id, u.username, u.role, u.email_verified,
           u.suspended_at is not null as is_suspended, t.enabled_at is not null as has_totp, s.expires_at
    from sessions s join users u on u.id = s.user_id left join totp_secrets t on t.user_id = u.id
    where s.id = $1 and (s.revoked_at is null or u.suspended_at is not null)
    """,
)
live_sessions = Query(
    LiveSessionRow,
    """
    select s.id as session_id, u.id as user_id, u.username, u.role, u.email_verified,
           u.suspended_at is not null as is_suspended, t.enabled_at is not null as has_totp, s.expires_at
    from sessions s join users u on u.id = s.user_id left join totp_secrets t on t.user_id = u.id
    where s.id = any($1::uuid[]) and (s.revoked_at is null or u.suspended_at is not null)
    """,
)
insert_session = Command(
    """
    insert into sessions
        (id, user_id, user_agent, network, remember_me, created_at, last_used_at, idle_until, expires_at)
    values ($1, $2, $3, $4, $5, $6, $6, $7, $8)
    """
)
insert_refresh_token = Command("insert into refresh_tokens (token_hash, session_id, created_at) values ($1, $2, $3)")
# Locks the family, so that what is read of its tokens after this is not changed by anybody else.
lock_family = Query(
    FamilyRow,
    """
    select id as session_id, user_id, remember_me, idle_until, expires_at, revoke_reason
    from sessions where id = (select session_id from refresh_tokens where token_hash = $1)
    for update
    """,
)
refresh_token_used_at = Value(datetime, "select used_at from refresh_tokens where token_hash = $1")
use_refresh_token = Command("update refresh_tokens set used_at = $2 where token_hash = $1 and used_at is null")
touch_session = Command("update sessions set last_used_at = $2, idle_until = $3 where id = $1")
session_of_refresh_token = Value(UUID, "select session_id from refresh_tokens where token_hash = $1")

revoke_session = Value(
    UUID,
    """
    update sessions set revoked_at = $2, revoke_reason = $3 where id = $1 and revoked_at is null
    returning user_id
    """,
)
revoke_own_session = Value(
    UUID,
    """
    update sessions set revoked_at = $3, revoke_reason = 'logout'
    where id = $1 and user_id = $2 and revoked_at is null and idle_until > $3
    returning user_id
    """,
)
revoke_sessions_but = Command(
    """
    update sessions set revoked_at = $3, revoke_reason = $4
    where user_id = $1 and revoked_at is null and ($2::uuid is null or id <> $2)
    """
)
revoke_sessions_past = Command(
    """
    update sessions set revoked_at = $3, revoke_reason = 'limit' where id in (
        select id from sessions where user_id = $1 and revoked_at is null order by last_used_at desc, id desc offset $2
    )
    """
)
live_sessions_of_user = Query(
    SessionRow,
    """
    select id, user_agent, network, created_at, last_used_at, expires_at
    from sessions where user_id = $1 and revoked_at is null and idle_until > $2
    order by last_used_at desc, id desc limit $3 offset $4
    """,
)
count_live_sessions = Value(
    int, "select count(*) from sessions where user_id = $1 and revoked_at is null and idle_until > $2"
)
forget_sessions_before = Command("delete from sessions where expires_at <= $1")
id_by_username = Value(UUID, "select id from users where lower(username) = lower($1) and suspended_at is null")
