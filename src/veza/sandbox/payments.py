"""Payments as Hyperswitch keeps them: made, paid, declined, given up, expired; and who owes whom afterwards.

Each function is called inside a transaction of the store, writes the payment and queues its event. No HTTP.
"""

import sqlite3
from typing import Any

from veza.kit.ids import random_alphanumeric
from veza.sandbox.box import Box, new_name, parse_timestamp, timestamp
from veza.sandbox.events import MERCHANT_ID, tell_hyperswitch
from veza.sandbox.store import dump, load

PAYABLE = frozenset(
    {"requires_payment_method", "requires_confirmation", "requires_customer_action", "processing", "failed"}
)
"""A shopper may still pay: also after a failure, on the same payment."""
EXPIRING = PAYABLE - {"failed", "processing"}
"""What a session's end turns into `expired`. A failed payment stays failed, and can no longer be paid."""
SESSION_S = 900
_DECLINED = {"error_code": "card_declined", "error_message": "The card was declined."}
_NO_ERROR = {"error_code": None, "error_message": None}


def create_payment(box: Box, fields: dict[str, Any]) -> dict[str, Any]:
    """A new payment from checked request fields; `payment_id` is among them or is made here."""
    now_ms = box.now_ms()
    payment_id = fields.get("payment_id") or f"pay_{random_alphanumeric(26)}"
    open_until_ms = now_ms + fields.get("session_expiry", SESSION_S) * 1000
    customer = fields.get("customer") or {}
    link = f"{box.public_url}/payment_link/{MERCHANT_ID}/{payment_id}"
    payment = {
        "payment_id": payment_id,
        "merchant_id": MERCHANT_ID,
        "status": "requires_payment_method",
        "amount": fields["amount"],
        "net_amount": fields["amount"],
        "shipping_cost": None,
        "amount_capturable": fields["amount"],
        "amount_received": None,
        "connector": None,
        "client_secret": f"{payment_id}_secret_{random_alphanumeric(20)}",
        "created": timestamp(now_ms),
        "currency": fields["currency"],
        "customer_id": fields.get("customer_id") or customer.get("id"),
        "customer": customer or None,
        "email": fields.get("email") or customer.get("email"),
        "description": fields.get("description"),
        "payment_method": None,
        "payment_method_type": None,
        "capture_method": fields.get("capture_method") or "automatic",
        "authentication_type": fields.get("authentication_type") or "three_ds",
        "cancellation_reason": None,
        **_NO_ERROR,
        "return_url": fields.get("return_url"),
        "next_action": None,
        "metadata": fields.get("metadata"),
        "order_details": fields.get("order_details"),
        "merchant_order_reference_id": fields.get("merchant_order_reference_id"),
        "profile_id": fields.get("profile_id") or "pro_sandbox",
        "connector_transaction_id": None,
        "attempt_count": 1,
        "manual_retry_allowed": None,
        "payment_link": {"link": link, "secure_link": None, "payment_link_id": f"plink_{random_alphanumeric(20)}"}
        if fields.get("payment_link")
        else None,
        "expires_on": timestamp(open_until_ms),
        "updated": timestamp(now_ms),
    }
    box.store.run(
        "INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        payment_id, payment["status"], payment["amount"], payment["currency"],
        payment["merchant_order_reference_id"], open_until_ms, now_ms, dump(payment),
    )  # fmt: skip
    return payment


def find_payment(box: Box, payment_id: str) -> dict[str, Any] | None:
    """The payment as it was written, or None."""
    return box.store.find_body("SELECT body FROM payments WHERE payment_id = ?", payment_id)


def shown_payment(box: Box, payment: dict[str, Any]) -> dict[str, Any]:
    """The payment as answers and webhooks show it: with its refunds and disputes."""
    refunds = box.store.bodies("SELECT body FROM refunds WHERE payment_id = ?", payment["payment_id"])
    disputes = box.store.bodies("SELECT body FROM disputes WHERE payment_id = ?", payment["payment_id"])
    return payment | {"refunds": refunds or None, "disputes": disputes or None}


def is_payable(box: Box, payment: dict[str, Any]) -> bool:
    """Whether a shopper may pay it now."""
    return payment["status"] in PAYABLE and box.now_ms() < parse_timestamp(payment["expires_on"])


def succeed(box: Box, payment: dict[str, Any]) -> dict[str, Any]:
    """The money is here, and on the platform's balance."""
    box.store.move_money("", payment["currency"], payment["amount"])
    return _move(
        box, payment, "succeeded", "payment_succeeded",
        amount_capturable=0, amount_received=payment["amount"], connector="stripe", payment_method="card",
        payment_method_type="credit", connector_transaction_id=new_name("pi"), next_action=None,
        manual_retry_allowed=False, **_NO_ERROR,
    )  # fmt: skip


def decline(box: Box, payment: dict[str, Any]) -> dict[str, Any]:
    """The card was refused. The shopper may try again."""
    attempts = payment["attempt_count"] + (payment["status"] == "failed")
    return _move(
        box, payment, "failed", "payment_failed", connector="stripe", payment_method="card", attempt_count=attempts,
        connector_transaction_id=new_name("pi"), next_action=None, manual_retry_allowed=True, **_DECLINED,
    )  # fmt: skip


def challenge(box: Box, payment: dict[str, Any]) -> dict[str, Any]:
    """The bank wants to see the shopper (3-D Secure)."""
    step = f"{box.public_url}/payment_link/{MERCHANT_ID}/{payment['payment_id']}/authenticate"
    action = {"type": "redirect_to_url", "redirect_to_url": step}
    return _move(
        box, payment, "requires_customer_action", "action_required", connector="stripe", payment_method="card",
        next_action=action, **_NO_ERROR,
    )  # fmt: skip


def process(box: Box, payment: dict[str, Any]) -> dict[str, Any]:
    """The bank has not decided yet."""
    return _move(box, payment, "processing", "payment_processing", connector="stripe", payment_method="card")


def cancel(box: Box, payment: dict[str, Any], reason: str | None) -> dict[str, Any]:
    return _move(box, payment, "cancelled", "payment_cancelled", cancellation_reason=reason, next_action=None)


def expire(box: Box, payment: dict[str, Any]) -> dict[str, Any]:
    return _move(box, payment, "expired", "payment_expired", next_action=None)


def expire_sessions(box: Box) -> None:
    """End the sessions whose time is over, a hundred at a time."""
    rows: list[sqlite3.Row] = box.store.rows(
        "SELECT payment_id, body FROM payments WHERE open_until_ms <= ? LIMIT 100", box.now_ms()
    )
    for row in rows:
        payment = load(row["body"])
        if payment["status"] in EXPIRING:
            expire(box, payment)
        else:
            box.store.run("UPDATE payments SET open_until_ms = NULL WHERE payment_id = ?", row["payment_id"])


def _move(box: Box, payment: dict[str, Any], status: str, event_type: str, **changes: Any) -> dict[str, Any]:
    updated_ms = max(box.now_ms(), parse_timestamp(payment["updated"]) + 1)  # a later state is never as old as another
    moved = payment | changes | {"status": status, "updated": timestamp(updated_ms)}
    box.store.run(
        "UPDATE payments SET status = ?, body = ?, open_until_ms = CASE WHEN ? THEN open_until_ms END "
        "WHERE payment_id = ?", status, dump(moved), status in PAYABLE, payment["payment_id"],
    )  # fmt: skip
    shown = shown_payment(box, moved)
    tell_hyperswitch(box, event_type, "payment_details", payment["payment_id"], shown)
    return shown
