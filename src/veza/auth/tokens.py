"""Access tokens (JWT, RFC 7519, RFC 8725) and refresh tokens (opaque). No database, no policy.

One algorithm, one header, one key: a token whose header differs from ours in anything is not ours.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from veza.auth.domain import ACCESS_TOKEN_S, unauthenticated
from veza.context import Context
from veza.kit.errors import Unauthenticated
from veza.kit.ids import new_id
from veza.kit.signing import keyed_hash

AUDIENCE = "veza"
LEEWAY_S = 30
MAX_TOKEN_CHARACTERS = 1024
_HEADER = {"alg": "HS256", "typ": "at+jwt"}
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Claims(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Exactly what we put in. All required."""

    iss: str
    aud: str
    sub: UUID
    sid: UUID
    iat: _Seconds
    exp: _Seconds
    jti: UUID


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a good access token says: who, and of which session."""

    user_id: UUID
    session_id: UUID


def write_access_token(ctx: Context, user_id: UUID, session_id: UUID, now: datetime) -> str:
    """A token good for `ACCESS_TOKEN_S` from `now`."""
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": ctx.settings.public_url,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "sid": str(session_id),
        "iat": issued,
        "exp": issued + ACCESS_TOKEN_S,
        "jti": str(new_id()),
    }
    return jwt.encode(_HEADER, claims, OctKey.import_key(ctx.keys.access_token), ["HS256"])


def read_access_token(ctx: Context, token: str, *, expired_ok: bool = False) -> AccessClaims:
    """What a token of ours says. Raises `Unauthenticated`: `token_expired` if that is all that is wrong with it.

    `expired_ok` is for logging out, where an old token still says which session to end.
    """
    if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
        raise unauthenticated()
    try:
        found = jwt.decode(token, OctKey.import_key(ctx.keys.access_token), ["HS256"])
        if found.header != _HEADER:
            raise unauthenticated()
        claims = msgspec.convert(found.claims, _Claims)
    except (JoseError, ValueError, RecursionError):
        raise unauthenticated() from None
    try:
        _registry(ctx).validate(found.claims)
    except ExpiredTokenError:
        if expired_ok:
            return AccessClaims(claims.sub, claims.sid)
        raise Unauthenticated("Your login has run out. Refresh it.", code="token_expired") from None
    except JoseError:
        raise unauthenticated() from None
    return AccessClaims(claims.sub, claims.sid)


def _registry(ctx: Context) -> JWTClaimsRegistry:
    return JWTClaimsRegistry(
        now=int(ctx.clock.now().timestamp()),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": ctx.settings.public_url},
        aud={"essential": True, "value": AUDIENCE},
    )


def successor_of(ctx: Context, refresh_token: str) -> str:
    """The one token that follows this one: an HMAC of it, so that a lost answer can be given again unstored."""
    digest = keyed_hash(ctx.keys.refresh_token, refresh_token)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
