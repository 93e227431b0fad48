"""For tests and tools, as JSON with one of the two API keys: what is in the sandbox, its switches, moves by hand."""

import hmac
from typing import Any

import msgspec

from veza.sandbox import payments, refunds
from veza.sandbox.box import Box
from veza.sandbox.delivery import Delivery
from veza.sandbox.faults import WrongSwitch
from veza.sandbox.http import Answer, Refused, Request, Route, as_json
from veza.sandbox.state import whole_state
from veza.sandbox.store import load
from veza.sandbox.stripe_accounts import STATES, get_open_account, move_account

KEPT_FAULTS = "faults"
_OUTCOMES = {
    "succeed": payments.succeed,
    "decline": payments.decline,
    "authenticate": payments.challenge,
    "process": payments.process,
    "cancel": lambda box, payment: payments.cancel(box, payment, "requested_by_customer"),
    "expire": payments.expire,
}


def control_routes(delivery: Delivery) -> list[Route]:
    """Routes below `/sandbox`."""

    async def flush(box: Box, request: Request) -> Answer:
        withheld = bool(_object(request, "withheld").get("withheld"))
        return as_json(await delivery.flush(withheld=withheld) | _waiting(box))

    return [
        Route("GET", "/sandbox/state", lambda box, _request: as_json(whole_state(box))),
        Route("GET", "/sandbox/faults", lambda box, _request: as_json(box.faults.shown())),
        Route("PUT", "/sandbox/faults", put_faults),
        Route("POST", "/sandbox/webhooks/flush", flush),
        Route("POST", "/sandbox/payments/{}/settle", settle_payment),
        Route("POST", "/sandbox/refunds/{}/settle", settle_refund),
        Route("POST", "/sandbox/disputes", dispute),
        Route("POST", "/sandbox/accounts/{}", move_account_by_hand),
        Route("POST", "/sandbox/balance", set_balance),
    ]


def needs_key(request: Request) -> bool:
    return request.path.startswith("/sandbox/") and request.path != "/sandbox/elsewhere"


def check_key(box: Box, request: Request) -> None:
    """Raises `Refused` (401) unless the request carries one of the two API keys, in its own header."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
    own = request.headers.get("api-key", "").encode()
    options = box.options
    if hmac.compare_digest(own, options.hyperswitch_api_key.encode()):
        return
    if not hmac.compare_digest(bearer, options.stripe_api_key.encode()):
        raise _refused(401, "Send one of the sandbox's two API keys, in `api-key` or as a bearer.")


def _refused(status: int, sentence: str) -> Refused:
    return Refused(as_json({"error": sentence}, status))


def _object(request: Request, *known: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(request.body or b"{}", type=dict[str, Any])
    except msgspec.DecodeError:
        raise _refused(400, "The body is no JSON object.") from None
    strange = sorted(set(found) - set(known))
    if known and strange:
        raise _refused(400, f"Unknown field {strange[0]}: there is {', '.join(known)}.")
    return found


def _choice(fields: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = fields.get(name)
    if value not in allowed:
        raise _refused(400, f"`{name}` is one of {', '.join(allowed)}.")
    return str(value)


def put_faults(box: Box, request: Request) -> Answer:
    """The switches outlive a restart; their counts do not."""
    try:
        box.faults.apply(_object(request))
    except WrongSwitch as error:
        raise _refused(400, str(error)) from None
    box.store.run("REPLACE INTO kept VALUES (?, ?)", KEPT_FAULTS, msgspec.json.encode(box.faults.written()))
    return as_json(box.faults.shown())


def restore_faults(box: Box) -> None:
    """The switches as they were when the process ended."""
    kept = box.store.value("SELECT value FROM kept WHERE name = ?", KEPT_FAULTS)
    if kept is not None:
        box.faults.apply(load(kept))


def settle_payment(box: Box, request: Request) -> Answer:
    """Move a payment without its page: also to what no page can do (`process`, `expire`)."""
    outcome = _choice(_object(request, "outcome"), "outcome", tuple(_OUTCOMES))
    payment = payments.find_payment(box, request.pieces[0])
    if payment is None:
        raise _refused(404, "There is no such payment.")
    if payment["status"] not in payments.PAYABLE:
        raise _refused(409, f"The payment is {payment['status']} already.")
    return as_json(_OUTCOMES[outcome](box, payment))


def settle_refund(box: Box, request: Request) -> Answer:
    outcome = _choice(_object(request, "outcome"), "outcome", ("succeed", "fail"))
    refund = refunds.find_refund(box, request.pieces[0])
    if refund is None:
        raise _refused(404, "There is no such refund.")
    if refund["status"] != "pending":
        raise _refused(409, f"The refund has {refund['status']} already.")
    return as_json(refunds.settle_refund(box, refund, outcome))


def dispute(box: Box, request: Request) -> Answer:
    """`{payment_id, amount?, reason?}` opens one, `{dispute_id, outcome}` moves it on."""
    fields = _object(request, "payment_id", "amount", "reason", "dispute_id", "outcome")
    if "dispute_id" in fields:
        found = refunds.find_dispute(box, str(fields["dispute_id"]))
        if found is None:
            raise _refused(404, "There is no such dispute.")
        allowed = refunds.DISPUTE_MOVES.get(found["dispute_status"], set())
        outcome = _choice(fields, "outcome", ("challenged", "accepted", "won", "lost", "expired", "cancelled"))
        if outcome not in allowed:
            raise _refused(409, f"The dispute is {found['dispute_status']}: it cannot become {outcome}.")
        return as_json(refunds.close_dispute(box, found, outcome))
    payment = payments.find_payment(box, str(fields.get("payment_id")))
    if payment is None:
        raise _refused(404, "There is no such payment.")
    if payment["status"] != "succeeded":
        raise _refused(409, f"The payment is {payment['status']}: only what was paid can be disputed.")
    amount_cents = fields.get("amount", payment["amount"])
    left_cents = payment["amount"] - refunds.disputed_cents(box, payment["payment_id"])
    if not isinstance(amount_cents, int) or not 0 < amount_cents <= left_cents:
        raise _refused(409, "`amount` is more than what is left of the payment, or no amount.")
    return as_json(refunds.open_dispute(box, payment, amount_cents, str(fields.get("reason", "fraudulent"))), 201)


def move_account_by_hand(box: Box, request: Request) -> Answer:
    state = _choice(_object(request, "status"), "status", STATES[1:])
    return as_json(move_account(box, get_open_account(box, request.pieces[0]), state))


def set_balance(box: Box, request: Request) -> Answer:
    """`{amount, currency?, account?}`: what is available becomes exactly this; without an account, the platform's."""
    fields = _object(request, "amount", "currency", "account")
    amount_cents = fields.get("amount")
    if not isinstance(amount_cents, int) or isinstance(amount_cents, bool) or abs(amount_cents) >= 2**53:
        raise _refused(400, "`amount` is a whole number of minor units.")
    currency = str(fields.get("currency", box.options.currency)).lower()
    holder = str(fields.get("account", ""))
    if holder:
        get_open_account(box, holder)
    box.store.move_money(holder, currency, amount_cents - box.store.available_cents(holder, currency))
    return as_json({"account": holder or None, "currency": currency, "available": amount_cents})


def _waiting(box: Box) -> dict[str, int]:
    rows = box.store.rows("SELECT state, count(*) FROM deliveries GROUP BY state")
    counted = {row[0]: row[1] for row in rows}
    return {name: counted.get(name, 0) for name in ("waiting", "held", "withheld", "given_up")}
