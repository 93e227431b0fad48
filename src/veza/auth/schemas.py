"""Bodies of the routes under /auth. Only shapes and sizes: what a good password is stands in `passwords.py`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from veza.auth.domain import ACCESS_TOKEN_S, Role, User
from veza.auth.queries import SessionRow
from veza.auth.service import Tokens
from veza.http.envelope import Body

# Wider than what is accepted, so that the refusal is a sentence of ours that names the field's own rule.
_Typed = Annotated[str, Meta(max_length=1024)]
_Code = Annotated[str, Meta(min_length=1, max_length=64)]
_Token = Annotated[str, Meta(min_length=1, max_length=256)]


class _SecretBody(Body, frozen=True, kw_only=True):
    """A body that shows none of its values, whoever prints it."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class Registration(_SecretBody, frozen=True, kw_only=True):
    """A new account. Password: 12 to 128 characters, any, not a common one, not the username or e-mail."""

    username: _Typed
    email: _Typed
    password: _Typed


class Login(_SecretBody, frozen=True, kw_only=True):
    """`remember_me` (default false): whether the cookie outlives the browser's session.

    `totp_code`: six digits of the authenticator app, or a recovery code, where two-step log-in is on.
    """

    email: _Typed
    password: _Typed
    remember_me: bool = False
    totp_code: _Code | None = None


class Refresh(_SecretBody, frozen=True, kw_only=True):
    """The token may also come as cookie; this field wins."""

    refresh_token: _Token | None = None


class Logout(_SecretBody, frozen=True, kw_only=True):
    """The token may also come as cookie, or not at all."""

    refresh_token: _Token | None = None


class PasswordChange(_SecretBody, frozen=True, kw_only=True):
    current_password: _Typed
    new_password: _Typed


class ForgottenPassword(_SecretBody, frozen=True, kw_only=True):
    email: _Typed


class MailedToken(_SecretBody, frozen=True, kw_only=True):
    """The word after `#token=` in the link of a mail."""

    token: _Token


class PasswordReset(_SecretBody, frozen=True, kw_only=True):
    """`token`: the word after `#token=` in the link of a mail."""

    token: _Token
    new_password: _Typed


class TotpSetup(_SecretBody, frozen=True, kw_only=True):
    password: _Typed


class TotpCode(_SecretBody, frozen=True, kw_only=True):
    """Six digits of the authenticator app."""

    code: _Code


class TotpProof(_SecretBody, frozen=True, kw_only=True):
    """`code`: six digits of the authenticator app, or a recovery code."""

    password: _Typed
    code: _Code


class TotpAnswer(msgspec.Struct, frozen=True):
    """`required`: the install asks it of the caller's role."""

    enabled: bool
    required: bool
    recovery_codes_left: int


class TotpSetupAnswer(msgspec.Struct, frozen=True):
    """For an authenticator app: to be shown once, as a QR code and as text."""

    secret: str
    otpauth_uri: str

    def __repr__(self) -> str:
        return "TotpSetupAnswer(…)"


class RecoveryCodesAnswer(msgspec.Struct, frozen=True):
    """Each is good once, in place of a code of the app. They are not shown again."""

    recovery_codes: list[str]

    def __repr__(self) -> str:
        return "RecoveryCodesAnswer(…)"


class UserAnswer(msgspec.Struct, frozen=True):
    """An account as its owner sees it."""

    id: UUID
    username: str
    email: str
    role: Role
    email_verified: bool
    created_at: datetime


class MeAnswer(msgspec.Struct, frozen=True):
    """One's own account, with what only its owner sees. `totp_enabled`: two-step log-in is on."""

    id: UUID
    username: str
    email: str
    role: Role
    email_verified: bool
    totp_enabled: bool
    created_at: datetime


class VerifiedAnswer(msgspec.Struct, frozen=True):
    """Whose address was confirmed."""

    user: UserAnswer


class TokensAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A login. `refresh_token` is left out when the request was made with the cookie. `expires_in` in seconds."""

    user: UserAnswer
    access_token: str
    refresh_token: str | UnsetType = UNSET
    token_type: Literal["Bearer"]
    expires_in: int

    def __repr__(self) -> str:
        return "TokensAnswer(…)"


class SessionAnswer(msgspec.Struct, frozen=True):
    """One login of one's own. `current`: the one that asks. `network`: an IPv4 address, or the /64 of an IPv6 one."""

    id: UUID
    user_agent: str
    network: str
    current: bool
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class SessionsAnswer(msgspec.Struct, frozen=True):
    sessions: list[SessionAnswer]
    total: int
    limit: int
    offset: int


def user_answer(user: User) -> UserAnswer:
    """An account, for its owner."""
    return UserAnswer(user.id, user.username, user.email, user.role, user.email_verified, user.created_at)


def me_answer(user: User, *, totp_enabled: bool) -> MeAnswer:
    """An account, for its owner alone."""
    return MeAnswer(user.id, user.username, user.email, user.role, user.email_verified, totp_enabled, user.created_at)


def tokens_answer(tokens: Tokens, *, with_refresh_token: bool) -> TokensAnswer:
    """What a login or refresh answers."""
    return TokensAnswer(
        user=user_answer(tokens.user),
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token if with_refresh_token else UNSET,
        token_type="Bearer",  # noqa: S106 - the scheme's name
        expires_in=ACCESS_TOKEN_S,
    )


def session_answer(row: SessionRow, *, current: UUID) -> SessionAnswer:
    """A session, for its owner."""
    return SessionAnswer(
        row.id, row.user_agent, row.network, row.id == current, row.created_at, row.last_used_at, row.expires_at
    )
