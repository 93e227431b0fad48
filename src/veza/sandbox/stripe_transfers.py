"""Transfers from the platform's balance to an account's, and their reversals, as Stripe makes them.

Handlers judge everything, then write. Called inside a transaction of the store.
"""

from typing import Any

from veza.sandbox.box import Box, new_name
from veza.sandbox.events import tell_stripe
from veza.sandbox.http import Answer, Request, as_json
from veza.sandbox.store import dump, load
from veza.sandbox.stripe_form import (
    HASH,
    INTEGER,
    TEXT,
    StripeError,
    checked,
    listed,
    metadata_of,
    page_of,
    parse_form,
    positive,
)

_TRANSFER_FIELDS = {
    "amount": INTEGER, "currency": TEXT, "destination": TEXT, "description": TEXT, "metadata": HASH,
    "source_transaction": TEXT, "source_type": "bank_account|card|fpx", "transfer_group": TEXT,
}  # fmt: skip
_REVERSAL_FIELDS = {
    "amount": INTEGER, "description": TEXT, "metadata": HASH, "refund_application_fee": "true|false",
}  # fmt: skip
_SHOWN_REVERSALS = 10


def create_transfer(box: Box, request: Request) -> Answer:
    form = parse_form(request.body.decode("utf-8", "replace"))
    fields = checked(form, _TRANSFER_FIELDS, required=("currency", "destination", "amount"))
    amount_cents, currency, destination = positive(fields), fields["currency"].lower(), fields["destination"]
    if len(currency) != 3 or not currency.isalpha():
        raise StripeError(400, f"Invalid currency: {currency[:10]}", param="currency", stored=False)
    metadata = metadata_of(fields)
    _check_destination(box, destination)
    if "source_transaction" in fields:  # payments are Hyperswitch's: the sandbox knows no charges
        source = fields["source_transaction"]
        raise StripeError(400, f"No such charge: '{source[:60]}'", code="resource_missing", param="source_transaction")
    short = box.store.available_cents("", currency) < amount_cents
    if short or box.faults.hit("stripe", "balance_insufficient", request.what):
        text = (
            "You have insufficient available funds in your Stripe account. Try adding funds to your available balance."
        )
        raise StripeError(400, text, code="balance_insufficient")
    transfer = {
        "id": new_name("tr"),
        "object": "transfer",
        "amount": amount_cents,
        "amount_reversed": 0,
        "balance_transaction": new_name("txn"),
        "created": box.now_s(),
        "currency": currency,
        "description": fields.get("description"),
        "destination": destination,
        "destination_payment": new_name("py"),
        "livemode": False,
        "metadata": metadata,
        "reversed": False,
        "source_transaction": None,
        "source_type": fields.get("source_type", "card"),
        "transfer_group": fields.get("transfer_group"),
    }
    box.store.run(
        "INSERT INTO transfers (transfer_id, destination, transfer_group, amount_cents, body) VALUES (?, ?, ?, ?, ?)",
        transfer["id"], destination, transfer["transfer_group"], amount_cents, dump(transfer),
    )  # fmt: skip
    box.store.move_money("", currency, -amount_cents)
    box.store.move_money(destination, currency, amount_cents)
    return _told(box, "transfer.created", transfer)


def _check_destination(box: Box, destination: str) -> None:
    row = box.store.find("SELECT state, body FROM accounts WHERE account_id = ?", destination)
    if row is None:
        text = f"No such destination: '{destination[:60]}'"
        raise StripeError(400, text, code="resource_missing", param="destination")
    if row["state"] == "closed":
        raise StripeError(400, "The destination account has been closed.", code="account_closed", param="destination")
    if load(row["body"])["capabilities"].get("transfers") != "active":
        text = (
            "Your destination account needs to have at least one of the following capabilities enabled: "
            "transfers, crypto_transfers, legacy_payments"
        )
        raise StripeError(400, text, code="insufficient_capabilities_for_transfer", param="destination")


def get_transfer(box: Box, request: Request) -> Answer:
    return as_json(_shown(box, _transfer(box, request.pieces[0])))


def update_transfer(box: Box, request: Request) -> Answer:
    transfer = _transfer(box, request.pieces[0])
    fields = checked(parse_form(request.body.decode("utf-8", "replace")), {"description": TEXT, "metadata": HASH})
    transfer["metadata"] = metadata_of(fields, transfer["metadata"])
    transfer["description"] = fields.get("description", transfer["description"])
    _write(box, transfer)
    return _told(box, "transfer.updated", transfer)


def list_transfers(box: Box, request: Request) -> Answer:
    page = page_of(request.query, {"transfer_group": TEXT, "destination": TEXT})
    rows = box.store.bodies(
        "SELECT body FROM transfers WHERE (?1 IS NULL OR transfer_group = ?1) AND (?2 IS NULL OR destination = ?2) "
        "AND seq < ?3 AND seq > ?4 ORDER BY seq DESC LIMIT ?5",
        page.get("transfer_group"), page.get("destination"),
        _seq(box, page.get("starting_after"), "starting_after", 2**62),
        _seq(box, page.get("ending_before"), "ending_before", 0), page["limit"] + 1,
    )  # fmt: skip
    return listed("/v1/transfers", [_shown(box, transfer) for transfer in rows], page["limit"])


def create_reversal(box: Box, request: Request) -> Answer:
    transfer = _transfer(box, request.pieces[0])
    fields = checked(parse_form(request.body.decode("utf-8", "replace")), _REVERSAL_FIELDS)
    left_cents = transfer["amount"] - transfer["amount_reversed"]
    metadata = metadata_of(fields)
    if left_cents == 0:
        raise StripeError(400, f"Transfer {transfer['id']} is already fully reversed.", param="id")
    amount_cents = positive(fields) if "amount" in fields else left_cents
    if amount_cents > left_cents:
        text = f"Transfer reversal amount ({amount_cents}) is greater than unreversed amount of transfer ({left_cents})"
        raise StripeError(400, text, param="amount")
    if box.store.value("SELECT state FROM accounts WHERE account_id = ?", transfer["destination"]) == "closed":
        raise StripeError(400, "The connected account has been closed.", code="account_closed")
    if box.store.available_cents(transfer["destination"], transfer["currency"]) < amount_cents:
        text = "The connected account has insufficient available funds to cover the reversal of this transfer."
        raise StripeError(400, text, code="balance_insufficient")
    reversal = {
        "id": new_name("trr"),
        "object": "transfer_reversal",
        "amount": amount_cents,
        "balance_transaction": new_name("txn"),
        "created": box.now_s(),
        "currency": transfer["currency"],
        "destination_payment_refund": new_name("pyr"),
        "metadata": metadata,
        "source_refund": None,
        "transfer": transfer["id"],
    }
    box.store.run(
        "INSERT INTO reversals (reversal_id, transfer_id, amount_cents, body) VALUES (?, ?, ?, ?)",
        reversal["id"], transfer["id"], amount_cents, dump(reversal),
    )  # fmt: skip
    transfer["amount_reversed"] += amount_cents
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    _write(box, transfer)
    box.store.move_money(transfer["destination"], transfer["currency"], -amount_cents)
    box.store.move_money("", transfer["currency"], amount_cents)
    tell_stripe(box, "transfer.reversed", _shown(box, transfer))
    return as_json(reversal)


def get_reversal(box: Box, request: Request) -> Answer:
    found = box.store.find_body("SELECT body FROM reversals WHERE transfer_id = ? AND reversal_id = ?", *request.pieces)
    if found is None:
        raise StripeError(404, f"No such transfer reversal: '{request.pieces[1][:60]}'", code="resource_missing")
    return as_json(found)


def list_reversals(box: Box, request: Request) -> Answer:
    transfer = _transfer(box, request.pieces[0])
    page = page_of(request.query, {})
    rows = box.store.bodies(
        "SELECT body FROM reversals WHERE transfer_id = ? AND seq < coalesce((SELECT seq FROM reversals "
        "WHERE reversal_id = ?), 9e18) ORDER BY seq DESC LIMIT ?",
        transfer["id"], page.get("starting_after"), page["limit"] + 1,
    )  # fmt: skip
    return listed(f"/v1/transfers/{transfer['id']}/reversals", rows, page["limit"])


def _transfer(box: Box, transfer_id: str) -> dict[str, Any]:
    found = box.store.find_body("SELECT body FROM transfers WHERE transfer_id = ?", transfer_id)
    if found is None:
        raise StripeError(404, f"No such transfer: '{transfer_id[:60]}'", code="resource_missing", param="id")
    return found


def _seq(box: Box, transfer_id: str | None, param: str, default: int) -> int:
    if transfer_id is None:
        return default
    found = box.store.value("SELECT seq FROM transfers WHERE transfer_id = ?", transfer_id)
    if found is None:
        raise StripeError(400, f"No such transfer: '{transfer_id[:60]}'", code="resource_missing", param=param)
    return int(found)


def _write(box: Box, transfer: dict[str, Any]) -> None:
    box.store.run(
        "UPDATE transfers SET reversed_cents = ?, body = ? WHERE transfer_id = ?",
        transfer["amount_reversed"], dump(transfer), transfer["id"],
    )  # fmt: skip


def _shown(box: Box, transfer: dict[str, Any]) -> dict[str, Any]:
    """With its newest reversals inside, as answers and events have it."""
    rows = box.store.bodies(
        "SELECT body FROM reversals WHERE transfer_id = ? ORDER BY seq DESC LIMIT ?",
        transfer["id"], _SHOWN_REVERSALS + 1,
    ) if transfer["amount_reversed"] else []  # fmt: skip
    inside = {
        "object": "list",
        "data": rows[:_SHOWN_REVERSALS],
        "has_more": len(rows) > _SHOWN_REVERSALS,
        "url": f"/v1/transfers/{transfer['id']}/reversals",
    }
    return transfer | {"reversals": inside}


def _told(box: Box, event_type: str, transfer: dict[str, Any]) -> Answer:
    shown = _shown(box, transfer)
    tell_stripe(box, event_type, shown)
    return as_json(shown)
