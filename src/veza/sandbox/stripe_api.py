"""Stripe's door: the bearer, request ids, and idempotency as v1 of their API keeps it.

Source: docs.stripe.com/api/idempotent_requests. What accounts and transfers do stands in their own modules.
"""

import contextlib
import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import replace

from veza.sandbox import stripe_accounts, stripe_transfers
from veza.sandbox.box import Box, new_name
from veza.sandbox.door import Door
from veza.sandbox.http import Answer, Handler, Refused, Request, Route, Router
from veza.sandbox.stripe_form import StripeError

KEY_CHARACTERS_MAX = 255
KEPT_MS = 7 * 24 * 3600 * 1000
"""They promise 24 hours at least."""


def stripe_door() -> Door:
    """The door of `Authorization: Bearer sk_…`."""
    under_way: set[tuple[str, str]] = set()

    @contextlib.contextmanager
    def alone(request: Request) -> Iterator[None]:
        key = _idempotency_key(request)
        if key is None:
            yield
            return
        if key in under_way:
            text = "There is currently another in-progress request using this Idempotent Key."
            raise _with_id(StripeError(409, text, code="idempotency_key_in_use", kind="idempotency_error"))
        under_way.add(key)
        try:
            yield
        finally:
            under_way.discard(key)

    return Door(
        name="stripe",
        prefixes=("/v1/",),
        router=Router(_routes()),
        admit=_admit,
        unknown=lambda request: _unknown(request).answer,
        faulty={
            "refused": _with_id(StripeError(503, "Sorry, we are having trouble.", kind="api_error")).answer,
            "rate_limited": _with_id(StripeError(429, "Request rate limit exceeded.", code="rate_limit")).answer,
            "conflict": _with_id(
                StripeError(409, "This object cannot be accessed right now. Please retry.", code="lock_timeout")
            ).answer,
        },
        alone=alone,
        effect=_once,
    )


def _routes() -> list[Route]:
    accounts, transfers = stripe_accounts, stripe_transfers
    routes: list[tuple[str, str, Handler]] = [
        ("POST", "/v1/accounts", accounts.create_account),
        ("GET", "/v1/accounts", accounts.list_accounts),
        ("GET", "/v1/accounts/{}", accounts.get_account),
        ("POST", "/v1/accounts/{}", accounts.update_account),
        ("POST", "/v1/accounts/{}/login_links", accounts.create_login_link),
        ("POST", "/v1/account_links", accounts.create_account_link),
        ("GET", "/v1/balance", accounts.get_balance),
        ("POST", "/v1/transfers", transfers.create_transfer),
        ("GET", "/v1/transfers", transfers.list_transfers),
        ("GET", "/v1/transfers/{}", transfers.get_transfer),
        ("POST", "/v1/transfers/{}", transfers.update_transfer),
        ("POST", "/v1/transfers/{}/reversals", transfers.create_reversal),
        ("GET", "/v1/transfers/{}/reversals", transfers.list_reversals),
        ("GET", "/v1/transfers/{}/reversals/{}", transfers.get_reversal),
    ]
    return [Route(method, path, _identified(handler)) for method, path, handler in routes]


def _identified(handler: Handler) -> Handler:
    """Every answer of theirs carries `Request-Id`."""

    def handle(box: Box, request: Request) -> Answer:
        try:
            answer = handler(box, request)
        except Refused as refused:
            raise _with_id(refused) from None
        assert isinstance(answer, Answer)
        return _named(answer)

    return handle


def _named(answer: Answer, **more: str) -> Answer:
    headers = {"Request-Id": new_name("req"), "Stripe-Version": "2026-10-28.endive"}
    return replace(answer, headers={**answer.headers, **headers, **more})


def _with_id(refused: Refused) -> Refused:
    refused.answer = _named(refused.answer)
    return refused


def _admit(box: Box, request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if not key or scheme.lower() != "bearer":
        text = "You did not provide an API key. Provide it in the Authorization header, using Bearer auth."
        raise _with_id(StripeError(401, text))
    if not hmac.compare_digest(key.encode(), box.options.stripe_api_key.encode()):
        raise _with_id(StripeError(401, "Invalid API Key provided.", code="api_key_invalid"))
    if len(request.headers.get("idempotency-key", "")) > KEY_CHARACTERS_MAX:
        raise _with_id(StripeError(400, "Idempotency keys have at most 255 characters.", kind="idempotency_error"))


def _unknown(request: Request) -> Refused:
    return _with_id(StripeError(404, f"Unrecognized request URL ({request.method}: {request.path[:200]})."))


def _idempotency_key(request: Request) -> tuple[str, str] | None:
    key = request.headers.get("idempotency-key")
    if request.method != "POST" or not key:
        return None
    return request.headers.get("stripe-account", ""), key


def _once(box: Box, request: Request, handle: Callable[[], Answer]) -> Answer:
    """The first answer of a key again, failures included; or the effect, whose answer is kept in its transaction."""
    found = _idempotency_key(request)
    if found is None:
        return handle()
    account, key = found
    fingerprint = hashlib.sha256(f"{request.what}\n".encode() + request.body).hexdigest()
    row = box.store.find("SELECT * FROM idempotency WHERE account = ? AND key = ?", account, key)
    if row is not None and row["fingerprint"] != fingerprint:
        text = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        return _with_id(StripeError(400, text, kind="idempotency_error")).answer
    if row is not None:
        replayed = {"Idempotent-Replayed": "true", "Original-Request": row["request_id"], "Idempotency-Key": key}
        return _named(Answer(row["status"], row["body"]), **replayed)
    answer = handle()
    if answer.stored:
        now_ms = box.now_ms()
        box.store.run(
            "INSERT INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)",
            account, key, fingerprint, answer.status, answer.body, answer.headers["Request-Id"], now_ms,
        )  # fmt: skip
        box.store.run("DELETE FROM idempotency WHERE created_ms < ?", now_ms - KEPT_MS)
    return replace(answer, headers={**answer.headers, "Idempotency-Key": key})
