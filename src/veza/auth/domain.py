"""Who somebody is, what a role may, and when a refresh token is good. Pure: no password is hashed and no row read here.

The life of a refresh token (api.md, accounts, RFC 9700 §4.14): used once, it hands over to its successor. For 10 s, and
while the successor is unused, it may be given again (an answer can get lost); any later use is theft.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from typing import assert_never
from uuid import UUID

import msgspec
from email_validator import EmailNotValidError, validate_email

from veza.kit.errors import Conflict, FieldProblem, Forbidden, Gone, Invalid, Unauthenticated

ACCESS_TOKEN_S = 3600
REFRESH_GRACE = timedelta(seconds=10)
REFRESH_IDLE = timedelta(days=14)
SESSION_LIFE = timedelta(days=30)
MAX_SESSIONS = 50
"""Live sessions of one user; a further login ends the one that was used longest ago."""

USERNAME_MIN, USERNAME_MAX = 3, 30
EMAIL_MAX = 254
DELETED_PREFIX = "deleted-"
"""What the names of deleted accounts begin with; nobody can choose such a one."""
PASSWORD_MIN, PASSWORD_MAX = 12, 128
AUTH_CHANNEL = "veza_auth"
"""PostgreSQL channel of `AuthChanged` notes, as JSON."""
SEND_RESET_LINK = "auth.send_reset_link"
WRITE_MAIL = "auth.write_mail"
"""The slice `mail` handles it: it stands above this one."""

_USERNAME = re.compile(r"[A-Za-z0-9_-]{3,30}")


class Role(StrEnum):
    """What somebody may do besides selling and streaming, which anyone may."""

    USER = "user"
    MODERATOR = "moderator"
    ADMIN = "admin"

    @property
    def is_staff(self) -> bool:
        """Whether the role may moderate any chat and take down products and streams."""
        return self is not Role.USER


class RevokeReason(StrEnum):
    """Why a session ended before its time."""

    LOGOUT = "logout"
    REUSE = "reuse"
    PASSWORD = "password"  # noqa: S105 - the reason, not a secret
    SUSPENDED = "suspended"
    LIMIT = "limit"


class LinkPurpose(StrEnum):
    """What a link by mail does."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the purpose, not a secret


LINK_LIFE = {LinkPurpose.VERIFY_EMAIL: timedelta(hours=48), LinkPurpose.RESET_PASSWORD: timedelta(hours=1)}


class Notice(StrEnum):
    """What somebody is told about their account. None can be turned off."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - as above
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - as above
    TOTP_ENABLED = "totp_enabled"
    TOTP_DISABLED = "totp_disabled"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    ACCOUNT_DELETED = "account_deleted"


class DeferredNotice(msgspec.Struct, frozen=True):
    """The payload of a `WRITE_MAIL` job: no token and no address in the clear. `mail_id` is the same at every try."""

    notice: Notice
    user_id: UUID
    mail_id: UUID
    link_id: UUID | None = None
    sealed_to: bytes | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling, as of now: read from the database (at most 3 s old), never from the token."""

    user_id: UUID
    session_id: UUID
    username: str
    role: Role
    email_verified: bool
    withheld_role: Role | None = None
    """The staff's role that is theirs once they have a second factor; `role` is what they may now."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is behind a session that was not ended, and whether they were shut out meanwhile."""

    principal: Principal
    is_suspended: bool


@dataclass(frozen=True, slots=True)
class User:
    """An account, as other slices may see it. `email` is only for its owner and admins."""

    id: UUID
    username: str
    email: str
    role: Role
    email_verified: bool
    is_suspended: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshState:
    """What is known of a refresh token that was found, read under the lock of its session."""

    used_at: datetime | None
    is_successor_used: bool
    idle_until: datetime
    expires_at: datetime
    revoke_reason: RevokeReason | None


class RefreshDecision(Enum):
    """What happens to a refresh token that was presented."""

    ROTATE = auto()
    GIVE_AGAIN = auto()
    EXPIRED = auto()
    REVOKED = auto()
    REUSED = auto()


def decide_refresh(token: RefreshState, now: datetime) -> RefreshDecision:
    """Judge a token whose hash was found. `REUSED` of a live session means: revoke the family."""
    if token.revoke_reason is RevokeReason.REUSE:
        return RefreshDecision.REUSED
    if token.revoke_reason is not None:
        return RefreshDecision.REVOKED
    if now >= token.expires_at or now >= token.idle_until:
        return RefreshDecision.EXPIRED
    if token.used_at is None:
        return RefreshDecision.ROTATE
    if now - token.used_at <= REFRESH_GRACE and not token.is_successor_used:
        return RefreshDecision.GIVE_AGAIN
    return RefreshDecision.REUSED


def refresh_refused(decision: RefreshDecision) -> Unauthenticated | None:
    """The error of a decision that is a refusal."""
    match decision:
        case RefreshDecision.ROTATE | RefreshDecision.GIVE_AGAIN:
            return None
        case RefreshDecision.EXPIRED:
            return Unauthenticated("Your session has run out. Log in again.", code="token_expired")
        case RefreshDecision.REVOKED:
            return unauthenticated()
        case RefreshDecision.REUSED:
            return Unauthenticated(
                "This session was used from two places, so it was ended. Log in again.", code="refresh_reused"
            )
        case _:
            assert_never(decision)


def idle_until(now: datetime, expires_at: datetime) -> datetime:
    """Until when a session used now may rest."""
    return min(now + REFRESH_IDLE, expires_at)


def unauthenticated() -> Unauthenticated:
    """We do not know who is asking."""
    return Unauthenticated("Log in first.")


def wrong_credentials() -> Unauthenticated:
    """The one answer to an unknown e-mail and to a wrong password."""
    return Unauthenticated("The e-mail or the password is not right.", code="invalid_credentials")


def suspended() -> Forbidden:
    """Only ever said to somebody who proved who they are."""
    return Forbidden("This account is suspended.", code="account_suspended")


def link_expired() -> Gone:
    """The one answer to a link that never was, was used, is old, or was followed by a newer one."""
    return Gone("This link has run out, or it was used already. Ask for a new one.", code="link_expired")


def already_verified() -> Conflict:
    return Conflict("Your e-mail address is confirmed already.", code="already_verified")


def totp_required() -> Unauthenticated:
    """Said only after the right password."""
    return Unauthenticated("Enter the code of your authenticator app, or a recovery code.", code="totp_required")


def invalid_totp() -> Unauthenticated:
    """The one answer to a wrong code, an old one and one that was used."""
    return Unauthenticated("This code is not right, or it was used already.", code="invalid_totp")


def totp_not_matching() -> Invalid:
    """The code that should turn the second factor on is none of its secret."""
    return Invalid(
        "This code is not right. Look at the clock of your phone.",
        FieldProblem("code", "is not the code that the app shows now"),
        code="invalid_totp",
    )


def totp_enabled() -> Conflict:
    return Conflict("Two-step log-in is on already.", code="totp_enabled")


def totp_not_enabled() -> Conflict:
    return Conflict("Two-step log-in is off.", code="totp_not_enabled")


def totp_not_begun() -> Conflict:
    return Conflict("Set two-step log-in up first.", code="totp_not_begun")


def totp_required_for_staff() -> Conflict:
    return Conflict("The staff of this site need two-step log-in.", code="totp_required_for_staff")


def totp_setup_required() -> Forbidden:
    """Said to the staff of an install that asks a second factor of them (VEZA_REQUIRE_STAFF_TOTP)."""
    return Forbidden("Set two-step log-in up first: the staff of this site need it.", code="totp_setup_required")


def username_taken() -> Conflict:
    return Conflict("This username is taken.", code="username_taken")


def email_taken() -> Conflict:
    return Conflict("There is already an account with this e-mail address.", code="email_taken")


def own_account() -> Forbidden:
    return Forbidden("Ask another admin to do this to your account.", code="own_account")


def last_admin() -> Conflict:
    return Conflict("This is the last admin: make another one first.", code="last_admin")


def require_verified_email(principal: Principal, *, required: bool) -> None:
    """Raise `Forbidden` (`email_unverified`) when the install asks for it (VEZA_REQUIRE_VERIFIED_EMAIL)."""
    if required and not principal.email_verified:
        raise Forbidden("Confirm your e-mail address first.", code="email_unverified")


def parse_username(text: str) -> str:
    """A username as it was typed, trimmed. Raises `Invalid`."""
    name = text.strip()
    if not _USERNAME.fullmatch(name) or name.lower().startswith(DELETED_PREFIX):
        message = f"must be {USERNAME_MIN} to {USERNAME_MAX} letters, digits, _ or -"
        raise Invalid("Choose another username.", FieldProblem("username", message))
    return name


def parse_email(text: str) -> str:
    """An address in its normal form: trimmed, Unicode NFC, domain in lower case. Raises `Invalid`.

    Form only (RFC 5321, RFC 6531): nothing is looked up, and a domain needs a dot.
    """
    problem = FieldProblem("email", f"must be an e-mail address of at most {EMAIL_MAX} characters")
    trimmed = text.strip()
    if len(trimmed) > EMAIL_MAX:
        raise Invalid("This is not an e-mail address.", problem)
    try:
        found = validate_email(trimmed, check_deliverability=False, globally_deliverable=False, strict=True).normalized
    except EmailNotValidError:
        raise Invalid("This is not an e-mail address.", problem) from None
    if len(found) > EMAIL_MAX or "." not in found.rpartition("@")[2]:
        raise Invalid("This is not an e-mail address.", problem)
    return found


def email_key(email: str) -> str:
    """How addresses are compared: without regard to case."""
    return email.casefold()
