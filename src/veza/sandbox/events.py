"""What happened becomes a webhook that waits: written in the same transaction as the effect, in the real envelopes.

Sending is `delivery.py`'s. The four webhook switches are decided here, once per event.
"""

import hashlib
import hmac
from typing import Any

import msgspec

from veza.sandbox.box import Box, new_name, timestamp

MERCHANT_ID = "merchant_sandbox"
STRIPE_VERSION = "2026-10-28.endive"
HYPERSWITCH, STRIPE, CONNECT = "hyperswitch", "stripe", "connect"
"""The three hooks: the profile's, the account's own events, those of connected accounts."""


def tell_hyperswitch(box: Box, event_type: str, kind: str, object_id: str, body: dict[str, Any]) -> None:
    """Queue one of Hyperswitch's events.

    Args:
        box: the sandbox.
        event_type: e.g. payment_succeeded. Told once per object, as theirs are: a second failure says nothing new.
        kind: of the content: payment_details, refund_details or dispute_details.
        object_id: of the payment, refund or dispute.
        body: the same JSON as the REST answer.
    """
    if not box.options.hyperswitch_webhook_url:
        return
    if not box.store.run("INSERT INTO told VALUES (?, ?) ON CONFLICT DO NOTHING", object_id, event_type):
        return
    envelope = {
        "merchant_id": MERCHANT_ID,
        "event_id": new_name("evt"),
        "event_type": event_type,
        "content": {"type": kind, "object": body},
        "timestamp": timestamp(box.now_ms()),
        "processor_merchant_id": MERCHANT_ID,
    }
    _queue(box, HYPERSWITCH, event_type, object_id, envelope)


def tell_stripe(box: Box, event_type: str, body: dict[str, Any], *, account: str = "") -> None:
    """Queue one of Stripe's events. With `account` it goes to the Connect endpoint, and is signed with its secret."""
    if not box.options.stripe_webhook_url:
        return
    envelope = {
        "id": new_name("evt"),
        "object": "event",
        **({"account": account} if account else {}),
        "api_version": STRIPE_VERSION,
        "created": box.now_s(),
        "data": {"object": body},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event_type,
    }
    _queue(box, CONNECT if account else STRIPE, event_type, body["id"], envelope)


def _queue(box: Box, hook: str, event_type: str, object_id: str, envelope: dict[str, Any]) -> None:
    event_id = envelope.get("event_id") or envelope["id"]
    faults, now_ms = box.faults, box.now_ms()
    state, due_ms = "waiting", now_ms
    if faults.hit("webhooks", "never", event_type):
        state = "withheld"
    elif faults.hit("webhooks", "shuffled", event_type):
        state = "held"
    if state != "withheld" and faults.hit("webhooks", "late", event_type):
        due_ms += faults.delay_ms("webhooks", "late_ms")
    copies = 2 if state != "withheld" and faults.hit("webhooks", "doubled", event_type) else 1
    body = msgspec.json.encode(envelope)
    for _ in range(copies):
        box.store.run(
            "INSERT INTO deliveries (hook, event_id, event_type, object_id, body, state, due_ms, created_ms) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            hook, event_id, event_type, object_id, body, state, due_ms, now_ms,
        )  # fmt: skip


def signature_headers(box: Box, hook: str, body: bytes) -> dict[str, str]:
    """The real header of the hook, over exactly these bytes.

    Hyperswitch signs the bytes alone, so that a retry carries the same signature. Stripe signs each attempt anew, with
    its time: receivers refuse what is older than 300 s (docs.stripe.com/webhooks/signature).
    """
    options = box.options
    if hook == HYPERSWITCH:
        key = options.hyperswitch_webhook_key.encode()
        return {"X-Webhook-Signature-512": hmac.new(key, body, hashlib.sha512).hexdigest()}
    secret = options.stripe_connect_webhook_secret if hook == CONNECT else options.stripe_webhook_secret
    at_s = box.now_s()
    signed = hmac.new(secret.encode(), b"%d." % at_s + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at_s},v1={signed}"}


def webhook_url(box: Box, hook: str) -> str:
    return box.options.hyperswitch_webhook_url if hook == HYPERSWITCH else box.options.stripe_webhook_url
