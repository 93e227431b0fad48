"""What is in the sandbox, counted and added up: to compare with what the platform believes. Only reads."""

from typing import Any

from veza.sandbox.box import Box
from veza.sandbox.store import load

_LISTED = 100_000


def whole_state(box: Box, newest: int = _LISTED) -> dict[str, Any]:
    """Amounts are minor units. `newest`: how many payments and transfers to list; sums are always over all."""
    return {
        "currency": box.options.currency,
        "balance": _available(box, ""),
        "payments": {
            "by_status": _by_status(box, "payments"),
            "succeeded": _succeeded(box, newest),
        },
        "refunds": {"by_status": _by_status(box, "refunds")},
        "disputes": {"by_status": _by_status(box, "disputes")},
        "transfers": _transfers(box, newest),
        "accounts": _accounts(box, newest),
        "webhooks": _webhooks(box),
    }


def _by_status(box: Box, table: str) -> dict[str, dict[str, int]]:
    rows = box.store.rows(
        f"SELECT status, count(*), sum(amount_cents) FROM {table} GROUP BY status ORDER BY status"  # noqa: S608 - ours
    )
    return {row[0]: {"count": row[1], "amount": row[2]} for row in rows}


def _succeeded(box: Box, newest: int) -> list[dict[str, Any]]:
    """Each payment that was made: two with one order reference mean that somebody paid twice."""
    rows = box.store.rows(
        "SELECT payment_id, reference, amount_cents, currency, "
        "(SELECT coalesce(sum(amount_cents), 0) FROM refunds AS r "
        "WHERE r.payment_id = p.payment_id AND r.status = 'succeeded') AS refunded FROM payments AS p "
        "WHERE status = 'succeeded' ORDER BY created_ms DESC LIMIT ?", newest,
    )  # fmt: skip
    return [
        {
            "payment_id": row["payment_id"],
            "merchant_order_reference_id": row["reference"],
            "amount": row["amount_cents"],
            "amount_refunded": row["refunded"],
            "currency": row["currency"],
        }
        for row in rows
    ]


def _transfers(box: Box, newest: int) -> dict[str, Any]:
    count, amount, back = box.store.rows(
        "SELECT count(*), coalesce(sum(amount_cents), 0), coalesce(sum(reversed_cents), 0) FROM transfers"
    )[0]
    bodies = box.store.bodies("SELECT body FROM transfers ORDER BY seq DESC LIMIT ?", newest)
    shown = ("id", "amount", "amount_reversed", "currency", "destination", "transfer_group", "metadata")
    groups = box.store.rows(
        "SELECT transfer_group, count(*), sum(amount_cents), sum(reversed_cents) FROM transfers "
        "WHERE transfer_group IS NOT NULL GROUP BY transfer_group LIMIT ?", newest,
    )  # fmt: skip
    return {
        "count": count,
        "amount": amount,
        "amount_reversed": back,
        "by_group": {row[0]: {"count": row[1], "amount": row[2], "amount_reversed": row[3]} for row in groups},
        "all": [{name: body[name] for name in shown} for body in bodies],
    }


def _accounts(box: Box, newest: int) -> list[dict[str, Any]]:
    rows = box.store.rows("SELECT account_id, state, body FROM accounts ORDER BY seq DESC LIMIT ?", newest)
    return [
        {
            "id": row["account_id"],
            "state": row["state"],
            "metadata": load(row["body"])["metadata"],
            "available": _available(box, row["account_id"]),
        }
        for row in rows
    ]


def _available(box: Box, holder: str) -> dict[str, int]:
    rows = box.store.rows("SELECT currency, available_cents FROM balances WHERE holder = ?", holder)
    return {box.options.currency.lower(): 0} | {row[0]: row[1] for row in rows}


def _webhooks(box: Box) -> dict[str, int]:
    rows = box.store.rows("SELECT state, count(*) FROM deliveries GROUP BY state")
    counted = dict.fromkeys(("waiting", "held", "withheld", "given_up"), 0) | {row[0]: row[1] for row in rows}
    counters = {row[0]: row[1] for row in box.store.rows("SELECT name, value FROM counters")}
    return counted | {
        "delivered": counters.get("webhooks_delivered", 0),
        "refused": counters.get("webhooks_refused", 0),
    }
