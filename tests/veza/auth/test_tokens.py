"""No token but ours is believed: forged, confused and old ones, through the real door (RFC 8725)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from tests.factories.api import api_client, bearer, data_of, refusal_of, sign_up
from tests.factories.clock import TurnableClock

from veza.auth.tokens import read_access_token, write_access_token
from veza.context import Context
from veza.kit.errors import Unauthenticated
from veza.kit.ids import new_id

Claims = dict[str, Any]
Header = dict[str, Any]
OURS: Header = {"alg": "HS256", "typ": "at+jwt"}


def segment(value: bytes | Header) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: bytes | Header, payload: bytes | Claims, key: bytes, digest: Any = hashlib.sha256) -> str:
    body = f"{segment(header)}.{segment(payload)}"
    return f"{body}.{segment(hmac.new(key, body.encode(), digest).digest())}"


def claims_of(token: str) -> Claims:
    payload = token.split(".")[1]
    found: Claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def without(claims: Claims, name: str) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


def rsa_signed(claims: Claims) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode({"alg": "RS256", "typ": "at+jwt"}, claims, RSAKey.import_key(key), ["RS256"])


Forge = Callable[[str, Claims, bytes], str]
"""From a good token, its claims and our key (which a forger does not have; some tests are about claims)."""

FORGED: dict[str, Forge] = {
    "empty": lambda t, c, k: " ",
    "a word": lambda t, c, k: "token",
    "two parts": lambda t, c, k: ".".join(t.split(".")[:2]),
    "two parts and a dot": lambda t, c, k: ".".join(t.split(".")[:2]) + ".",
    "four parts": lambda t, c, k: t + ".x",
    "five parts, as a JWE": lambda t, c, k: "a.b.c.d.e",
    "not base64": lambda t, c, k: "ä!.§$.%&",
    "signature cut": lambda t, c, k: t[:-5],
    "signature turned": lambda t, c, k: t[:-6] + ("A" if t[-6] != "A" else "B") + t[-5:],
    "payload changed": lambda t, c, k: f"{t.split('.')[0]}.{segment({**c, 'sub': str(UUID(int=1))})}.{t.split('.')[2]}",
    "another key": lambda t, c, k: signed(OURS, c, b"0" * 32),
    "empty key": lambda t, c, k: signed(OURS, c, b""),
    "alg none": lambda t, c, k: f"{segment({'alg': 'none', 'typ': 'at+jwt'})}.{segment(c)}.",
    "alg None, signed": lambda t, c, k: signed({"alg": "None", "typ": "at+jwt"}, c, k),
    "alg nOnE": lambda t, c, k: f"{segment({'alg': 'nOnE'})}.{segment(c)}.",
    "no alg": lambda t, c, k: signed({"typ": "at+jwt"}, c, k),
    "alg hs256": lambda t, c, k: signed({"alg": "hs256", "typ": "at+jwt"}, c, k),
    "alg HS512": lambda t, c, k: signed({"alg": "HS512", "typ": "at+jwt"}, c, k, hashlib.sha512),
    "alg RS256": lambda t, c, k: rsa_signed(c),
    "alg a list": lambda t, c, k: signed({"alg": ["HS256"], "typ": "at+jwt"}, c, k),
    "typ JWT": lambda t, c, k: signed({"alg": "HS256", "typ": "JWT"}, c, k),
    "no typ": lambda t, c, k: signed({"alg": "HS256"}, c, k),
    "kid a path": lambda t, c, k: signed({**OURS, "kid": "../../../../dev/null"}, c, b""),
    "kid, right key": lambda t, c, k: signed({**OURS, "kid": "1"}, c, k),
    "jku": lambda t, c, k: signed({**OURS, "jku": "https://evil.example/jwks"}, c, k),
    "x5u": lambda t, c, k: signed({**OURS, "x5u": "https://evil.example/cert"}, c, k),
    "jwk of one's own": lambda t, c, k: signed({**OURS, "jwk": {"kty": "oct", "k": segment(b"0" * 32)}}, c, b"0" * 32),
    "crit": lambda t, c, k: signed({**OURS, "crit": ["exp"]}, c, k),
    "b64 false": lambda t, c, k: signed({**OURS, "b64": False, "crit": ["b64"]}, c, k),
    "zip": lambda t, c, k: signed({**OURS, "zip": "DEF"}, c, k),
    "header a list": lambda t, c, k: signed(b"[]", c, k),
    "header not UTF-8": lambda t, c, k: signed(b"\xff\xfe", c, k),
    "header very deep": lambda t, c, k: signed(b"[" * 600, c, k),
    "iss of another": lambda t, c, k: signed(OURS, {**c, "iss": "https://evil.example"}, k),
    "aud of another": lambda t, c, k: signed(OURS, {**c, "aud": "other"}, k),
    "aud a list with ours": lambda t, c, k: signed(OURS, {**c, "aud": ["veza", "other"]}, k),
    **{
        f"no {name}": lambda t, c, k, n=name: signed(OURS, without(c, n), k)  # type: ignore[misc]
        for name in ("iss", "aud", "sub", "sid", "iat", "exp", "jti")
    },
    "exp a string": lambda t, c, k: signed(OURS, {**c, "exp": str(c["exp"])}, k),
    "exp 1e400": lambda t, c, k: signed(OURS, json.dumps(c).replace(str(c["exp"]), "1e400").encode(), k),
    "exp NaN": lambda t, c, k: signed(OURS, json.dumps(c).replace(str(c["exp"]), "NaN").encode(), k),
    "exp null": lambda t, c, k: signed(OURS, {**c, "exp": None}, k),
    "exp true": lambda t, c, k: signed(OURS, {**c, "exp": True}, k),
    "exp a giant": lambda t, c, k: signed(OURS, {**c, "exp": 10**300}, k),
    "iat in the future": lambda t, c, k: signed(OURS, {**c, "iat": c["iat"] + 3600}, k),
    "nbf in the future": lambda t, c, k: signed(OURS, {**c, "nbf": c["iat"] + 3600}, k),
    "sub not an id": lambda t, c, k: signed(OURS, {**c, "sub": "' or 1=1 --"}, k),
    "sub of another": lambda t, c, k: signed(OURS, {**c, "sub": str(new_id())}, k),
    "sid of nobody": lambda t, c, k: signed(OURS, {**c, "sid": str(new_id())}, k),
    "a role of one's own": lambda t, c, k: signed(OURS, {**c, "role": "admin"}, k),
    "payload a list": lambda t, c, k: signed(OURS, b"[]", k),
    "payload not JSON": lambda t, c, k: signed(OURS, b"{", k),
    "payload very deep": lambda t, c, k: signed(OURS, b"[" * 600, k),
    "a megabyte": lambda t, c, k: t + "A" * 1_000_000,
    "signed twice": lambda t, c, k: signed(OURS, t.encode(), k),
}


async def test_forged_tokens_are_refused_one_and_all(ctx: Context) -> None:
    assert len(FORGED) >= 40
    async with api_client(ctx) as client:
        good = (await sign_up(client))["access_token"]
        data_of(await client.get("/auth/me", headers=bearer(good)))
        for name, forge in FORGED.items():
            token = forge(good, claims_of(good), ctx.keys.access_token)
            answer = await client.get("/auth/me", headers=[(b"Authorization", f"Bearer {token}".encode())])
            assert refusal_of(answer) == (401, "unauthenticated"), name
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_refresh_token_is_no_access_token_and_the_other_way_round(ctx: Context) -> None:
    async with api_client(ctx) as client:
        tokens = await sign_up(client)
        refused = await client.get("/auth/me", headers=bearer(tokens["refresh_token"]))
        assert refusal_of(refused) == (401, "unauthenticated")
        refused = await client.post("/auth/refresh", json={"refresh_token": tokens["access_token"][:256]})
        assert refusal_of(refused) == (401, "unauthenticated")


async def test_only_one_authorization_header_of_the_right_scheme_counts(ctx: Context) -> None:
    async with api_client(ctx) as client:
        token = (await sign_up(client))["access_token"]
        data_of(await client.get("/auth/me", headers={"Authorization": f"bearer {token}"}))
        for headers in (
            [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")],
            [("Authorization", f"Basic {token}")],
            [("Authorization", token)],
            [("Authorization", "Bearer")],
            [("X-Authorization", f"Bearer {token}")],
        ):
            assert refusal_of(await client.get("/auth/me", headers=headers)) == (401, "unauthenticated")
        assert refusal_of(await client.get(f"/auth/me?access_token={token}")) == (401, "unauthenticated")


async def test_a_token_lasts_an_hour_and_half_a_minute_of_skew(ctx: Context, clock: TurnableClock) -> None:
    async with api_client(ctx) as client:
        token = (await sign_up(client))["access_token"]
        clock.turn(3600 + 29)
        data_of(await client.get("/auth/me", headers=bearer(token)))
        clock.turn(1)
        assert refusal_of(await client.get("/auth/me", headers=bearer(token))) == (401, "token_expired")


def test_a_clock_that_is_half_a_minute_ahead_is_no_offence(ctx: Context, clock: TurnableClock) -> None:
    user, session = new_id(), new_id()
    token = write_access_token(ctx, user, session, clock.now() + timedelta(seconds=30))
    assert read_access_token(ctx, token).user_id == user
    early = write_access_token(ctx, user, session, clock.now() + timedelta(seconds=31))
    with pytest.raises(Unauthenticated):
        read_access_token(ctx, early)


def test_the_algorithm_is_hs256_and_nothing_is_secret_in_the_claims(ctx: Context, clock: TurnableClock) -> None:
    user, session = new_id(), new_id()
    token = write_access_token(ctx, user, session, clock.now())
    found = jwt.decode(token, OctKey.import_key(ctx.keys.access_token), ["HS256"])
    assert found.header == OURS
    assert set(found.claims) == {"iss", "aud", "sub", "sid", "iat", "exp", "jti"}
    assert found.claims["exp"] - found.claims["iat"] == 3600
