"""What providers of payments and payouts say, as JSON of their documented shape, and what we ask of them."""

import hashlib
import hmac
from typing import Any
from uuid import UUID

from veza.ports.payments import PaymentRequest, RefundRequest
from veza.ports.payouts import ReversalRequest, TransferRequest

PAYMENT_ID = "pay_01K0000000000000000000000A"
REFUND_ID = "ref_01K0000000000000000000000A"
ORDER_ID = UUID("0193b0a0-0000-7000-8000-000000000001")
BUYER_ID = UUID("0193b0a0-0000-7000-8000-000000000002")
SELLER_ID = UUID("0193b0a0-0000-7000-8000-000000000003")
TRANSFER_ID = UUID("0193b0a0-0000-7000-8000-000000000004")
OUR_REFUND_ID = UUID("0193b0a0-0000-7000-8000-000000000005")

PAYMENT_REQUEST = PaymentRequest(
    payment_id=PAYMENT_ID,
    order_id=ORDER_ID,
    order_number="V-2026-0001",
    amount_cents=2999,
    currency="EUR",
    description="One album",
    return_url="https://music.example/orders/1",
    expires_s=900,
    buyer_id=BUYER_ID,
)
REFUND_REQUEST = RefundRequest(
    refund_id=REFUND_ID, payment_id=PAYMENT_ID, amount_cents=1000, currency="EUR", reason="it does not play"
)
TRANSFER_REQUEST = TransferRequest(
    key=f"transfer:{TRANSFER_ID}:1",
    transfer_id=TRANSFER_ID,
    order_id=ORDER_ID,
    seller_id=SELLER_ID,
    account_id="acct_1",
    amount_cents=2699,
    currency="EUR",
    group=f"order_{ORDER_ID}",
)
REVERSAL_REQUEST = ReversalRequest(
    key=f"reversal:{OUR_REFUND_ID}:1",
    provider_transfer_id="tr_1",
    refund_id=OUR_REFUND_ID,
    amount_cents=900,
    currency="EUR",
)


def hyperswitch_payment(**changes: Any) -> dict[str, Any]:
    """A payment of Hyperswitch's."""
    return {
        "payment_id": PAYMENT_ID,
        "merchant_id": "merchant_1",
        "status": "requires_payment_method",
        "amount": 2999,
        "net_amount": 2999,
        "amount_capturable": 0,
        "currency": "EUR",
        "client_secret": f"{PAYMENT_ID}_secret_abc",
        "payment_link": {"link": "https://pay.example/abc", "payment_link_id": "plink_1"},
        "connector_transaction_id": None,
        "error_code": None,
        "updated": "2026-11-23T12:00:00.000Z",
        "attempt_count": 1,
        **changes,
    }


def hyperswitch_refund(**changes: Any) -> dict[str, Any]:
    """A refund of Hyperswitch's."""
    return {
        "refund_id": REFUND_ID,
        "payment_id": PAYMENT_ID,
        "amount": 1000,
        "currency": "EUR",
        "status": "pending",
        "reason": "requested_by_customer",
        "error_code": None,
        "updated_at": "2026-11-23T12:00:00.000Z",
        **changes,
    }


def hyperswitch_dispute(**changes: Any) -> dict[str, Any]:
    """A dispute of Hyperswitch's. Its amount is a string."""
    return {
        "dispute_id": "dp_1",
        "payment_id": PAYMENT_ID,
        "attempt_id": f"{PAYMENT_ID}_1",
        "amount": "2999",
        "currency": "EUR",
        "dispute_stage": "dispute",
        "dispute_status": "dispute_opened",
        "connector_updated_at": "2026-11-23T12:00:00.000Z",
        **changes,
    }


def hyperswitch_event(kind: str, content_type: str, found: object) -> dict[str, Any]:
    """A webhook of Hyperswitch's."""
    return {
        "merchant_id": "merchant_1",
        "event_id": "evt_1",
        "event_type": kind,
        "content": {"type": content_type, "object": found},
        "timestamp": "2026-11-23T12:00:01.000Z",
    }


def hyperswitch_signature(body: bytes, key: str) -> str:
    """As Hyperswitch signs."""
    return hmac.new(key.encode(), body, hashlib.sha512).hexdigest()


def stripe_account(**changes: Any) -> dict[str, Any]:
    """An account that is ready."""
    return {
        "id": "acct_1",
        "object": "account",
        "payouts_enabled": True,
        "details_submitted": True,
        "capabilities": {"transfers": "active"},
        "requirements": {"currently_due": [], "past_due": [], "disabled_reason": None},
        **changes,
    }


def stripe_transfer(**changes: Any) -> dict[str, Any]:
    """The transfer that answers `TRANSFER_REQUEST`."""
    return {
        "id": "tr_1",
        "object": "transfer",
        "amount": 2699,
        "amount_reversed": 0,
        "currency": "eur",
        "destination": "acct_1",
        "created": 1795435200,
        "metadata": {"transfer_id": str(TRANSFER_ID)},
        **changes,
    }


def stripe_reversal(**changes: Any) -> dict[str, Any]:
    """The reversal that answers `REVERSAL_REQUEST`."""
    return {
        "id": "trr_1",
        "object": "transfer_reversal",
        "amount": 900,
        "currency": "eur",
        "transfer": "tr_1",
        "metadata": {"refund_id": str(OUR_REFUND_ID)},
        **changes,
    }


def stripe_event(kind: str, found: object, **changes: Any) -> dict[str, Any]:
    """A webhook of Stripe's."""
    return {"id": "evt_1", "object": "event", "type": kind, "livemode": False, "data": {"object": found}, **changes}


def stripe_signature(body: bytes, secret: str, at_s: int) -> str:
    """As Stripe signs."""
    return f"t={at_s},v1={stripe_v1(body, secret, at_s)}"


def stripe_v1(body: bytes, secret: str, at_s: int) -> str:
    """One signature of the scheme v1."""
    return hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()
