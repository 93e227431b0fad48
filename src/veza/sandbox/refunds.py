"""Refunds and disputes of payments: money that goes back, now or after a quarrel. No HTTP.

Each function is called inside a transaction of the store and queues its event. The platform's balance pays.
"""

from typing import Any

from veza.kit.ids import random_alphanumeric
from veza.sandbox.box import Box, new_name, timestamp
from veza.sandbox.events import MERCHANT_ID, tell_hyperswitch
from veza.sandbox.store import dump, load

DISPUTE_MOVES = {
    "dispute_opened": {"challenged", "accepted", "won", "lost", "expired", "cancelled"},
    "dispute_challenged": {"won", "lost"},
}
"""From which status to which outcome. Money left when it opened; it comes back when it is won or cancelled."""
_ANSWER_WITHIN_MS = 7 * 24 * 3600 * 1000


def create_refund(box: Box, payment: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """A pending refund from checked request fields; it settles by itself unless a switch says otherwise."""
    now_ms = box.now_ms()
    refund_id = fields.get("refund_id") or f"ref_{random_alphanumeric(26)}"
    refund = {
        "refund_id": refund_id,
        "payment_id": payment["payment_id"],
        "amount": fields["amount"],
        "currency": payment["currency"],
        "status": "pending",
        "reason": fields.get("reason"),
        "metadata": fields.get("metadata"),
        "error_message": None,
        "error_code": None,
        "unified_code": None,
        "unified_message": None,
        "created_at": timestamp(now_ms),
        "updated_at": timestamp(now_ms),
        "connector": "stripe",
        "profile_id": payment["profile_id"],
        "merchant_connector_id": "mca_sandbox",
        "split_refunds": None,
    }
    outcome = "fail" if box.faults.hit("hyperswitch", "refund_fails", refund_id) else "succeed"
    stays = box.faults.hit("hyperswitch", "refund_stays_pending", refund_id)
    settle_at_ms = None if stays else now_ms + box.options.refund_settle_ms
    box.store.run(
        "INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        refund_id, payment["payment_id"], "pending", refund["amount"], settle_at_ms, outcome, now_ms, dump(refund),
    )  # fmt: skip
    return refund


def find_refund(box: Box, refund_id: str) -> dict[str, Any] | None:
    return box.store.find_body("SELECT body FROM refunds WHERE refund_id = ?", refund_id)


def refunded_cents(box: Box, payment_id: str) -> int:
    """What was paid back or is on its way back."""
    return int(
        box.store.value(
            "SELECT coalesce(sum(amount_cents), 0) FROM refunds WHERE payment_id = ? AND status <> 'failed'", payment_id
        )
    )


def settle_refund(box: Box, refund: dict[str, Any], outcome: str) -> dict[str, Any]:
    """The connector's word: `succeed` or `fail`."""
    status = "succeeded" if outcome == "succeed" else "failed"
    problem = {"error_code": "CE_06", "error_message": "The refund failed at the connector."}
    moved = refund | {"status": status, "updated_at": timestamp(box.now_ms() + 1)}
    moved |= problem if status == "failed" else {}
    box.store.run(
        "UPDATE refunds SET status = ?, settle_at_ms = NULL, body = ? WHERE refund_id = ?",
        status, dump(moved), refund["refund_id"],
    )  # fmt: skip
    if status == "succeeded":
        box.store.move_money("", refund["currency"], -refund["amount"])
    tell_hyperswitch(box, f"refund_{status}", "refund_details", refund["refund_id"], moved)
    return moved


def settle_due_refunds(box: Box) -> None:
    """Settle those whose time has come, a hundred at a time."""
    for row in box.store.rows("SELECT body, outcome FROM refunds WHERE settle_at_ms <= ? LIMIT 100", box.now_ms()):
        settle_refund(box, load(row["body"]), row["outcome"])


def open_dispute(box: Box, payment: dict[str, Any], amount_cents: int, reason: str) -> dict[str, Any]:
    """The card's owner wants the money back: it leaves the platform's balance at once."""
    now_ms = box.now_ms()
    dispute = {
        "dispute_id": new_name("dp"),
        "payment_id": payment["payment_id"],
        "attempt_id": f"{payment['payment_id']}_{payment['attempt_count']}",
        "amount": str(amount_cents),  # a string of minor units: so it is in their API
        "currency": payment["currency"],
        "dispute_stage": "dispute",
        "dispute_status": "dispute_opened",
        "connector": "stripe",
        "connector_status": "needs_response",
        "connector_dispute_id": new_name("du"),
        "connector_reason": reason,
        "connector_reason_code": None,
        "challenge_required_by": timestamp(now_ms + _ANSWER_WITHIN_MS),
        "connector_created_at": timestamp(now_ms),
        "connector_updated_at": timestamp(now_ms),
        "created_at": timestamp(now_ms),
        "profile_id": payment["profile_id"],
        "merchant_connector_id": "mca_sandbox",
        "merchant_id": MERCHANT_ID,
    }
    box.store.run(
        "INSERT INTO disputes VALUES (?, ?, ?, ?, ?, ?)",
        dispute["dispute_id"], payment["payment_id"], "dispute_opened", amount_cents, now_ms, dump(dispute),
    )  # fmt: skip
    box.store.move_money("", payment["currency"], -amount_cents)
    tell_hyperswitch(box, "dispute_opened", "dispute_details", dispute["dispute_id"], dispute)
    return dispute


def find_dispute(box: Box, dispute_id: str) -> dict[str, Any] | None:
    return box.store.find_body("SELECT body FROM disputes WHERE dispute_id = ?", dispute_id)


def disputed_cents(box: Box, payment_id: str) -> int:
    """What is, or was in the end, taken back by disputes."""
    return int(
        box.store.value(
            "SELECT coalesce(sum(amount_cents), 0) FROM disputes WHERE payment_id = ? "
            "AND status NOT IN ('dispute_won', 'dispute_cancelled')", payment_id,
        )
    )  # fmt: skip


def close_dispute(box: Box, dispute: dict[str, Any], outcome: str) -> dict[str, Any]:
    """Move it to `outcome`, one of those of `DISPUTE_MOVES` for its status."""
    status = f"dispute_{outcome}"
    moved = dispute | {
        "dispute_status": status,
        "connector_status": outcome,
        "connector_updated_at": timestamp(box.now_ms() + 1),
    }
    box.store.run(
        "UPDATE disputes SET status = ?, body = ? WHERE dispute_id = ?", status, dump(moved), dispute["dispute_id"]
    )
    if outcome in {"won", "cancelled"}:
        box.store.move_money("", dispute["currency"], int(dispute["amount"]))
    tell_hyperswitch(box, status, "dispute_details", dispute["dispute_id"], moved)
    return moved
