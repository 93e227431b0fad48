"""Connected accounts, their onboarding and balances, as Stripe Connect (v1) shows them.

Handlers judge and write; the onboarding page itself is `checkout.py`'s. Called inside a transaction of the store.
"""

from typing import Any

from veza.kit.ids import random_alphanumeric
from veza.sandbox.box import Box
from veza.sandbox.events import tell_stripe
from veza.sandbox.http import Answer, Request, as_json
from veza.sandbox.store import dump, load
from veza.sandbox.stripe_form import (
    ADDRESS,
    HASH,
    TEXT,
    StripeError,
    checked,
    listed,
    metadata_of,
    page_of,
    parse_form,
)

_ACCOUNT_FIELDS = {
    "type": "express|standard|custom", "country": TEXT, "email": TEXT, "capabilities": HASH, "business_type": TEXT,
    "business_profile": HASH, "metadata": HASH, "tos_acceptance": HASH, "settings": HASH, "controller": HASH,
    "default_currency": TEXT, "external_account": TEXT, "company": HASH, "individual": HASH, "groups": HASH,
    "documents": HASH, "account_token": TEXT,
}  # fmt: skip
_LINK_FIELDS = {
    "account": TEXT, "type": "account_onboarding|account_update", "refresh_url": ADDRESS, "return_url": ADDRESS,
    "collect": TEXT, "collection_options": HASH,
}  # fmt: skip
_NEEDED = ["business_type", "external_account", "individual.first_name", "tos_acceptance.date"]
STATES = ("new", "active", "restricted", "closed")


def no_access(account_id: str) -> StripeError:
    """What Stripe says of an account that is not there, not ours, or left us."""
    text = f"The provided key does not have access to account '{account_id}' (or that account does not exist)."
    return StripeError(403, f"{text} Application access may have been revoked.", code="account_invalid")


def get_open_account(box: Box, account_id: str) -> dict[str, Any]:
    """The account. Raises `StripeError` (403) when it is absent or closed."""
    row = box.store.find("SELECT state, body FROM accounts WHERE account_id = ?", account_id)
    if row is None or row["state"] == "closed":
        raise no_access(account_id)
    return load(row["body"])


def create_account(box: Box, request: Request) -> Answer:
    fields = checked(parse_form(request.body.decode("utf-8", "replace")), _ACCOUNT_FIELDS)
    wanted = {
        name: "inactive"
        for name, value in fields.get("capabilities", {}).items()
        if isinstance(value, dict) and value.get("requested") == "true"
    }
    account = {
        "id": f"acct_{random_alphanumeric(16)}",
        "object": "account",
        "business_profile": fields.get("business_profile") or None,
        "business_type": fields.get("business_type"),
        "capabilities": wanted,
        "charges_enabled": False,
        "controller": fields.get("controller") or {"type": "application", "is_controller": True},
        "country": fields.get("country", "FR"),
        "created": box.now_s(),
        "default_currency": fields.get("default_currency", box.options.currency).lower(),
        "details_submitted": False,
        "email": fields.get("email"),
        "external_accounts": {"object": "list", "data": [], "has_more": False, "total_count": 0},
        "metadata": metadata_of(fields),
        "payouts_enabled": False,
        "requirements": _requirements(list(_NEEDED), "requirements.past_due"),
        "settings": fields.get("settings") or {},
        "tos_acceptance": fields.get("tos_acceptance") or {},
        "type": fields.get("type", "standard" if "controller" not in fields else "none"),
    }
    box.store.run("INSERT INTO accounts (account_id, state, body) VALUES (?, 'new', ?)", account["id"], dump(account))
    return as_json(account)


def get_account(box: Box, request: Request) -> Answer:
    return as_json(get_open_account(box, request.pieces[0]))


def update_account(box: Box, request: Request) -> Answer:
    account = get_open_account(box, request.pieces[0])
    known = {name: kind for name, kind in _ACCOUNT_FIELDS.items() if name not in {"type", "country", "controller"}}
    fields = checked(parse_form(request.body.decode("utf-8", "replace")), known)
    account["metadata"] = metadata_of(fields, account["metadata"])
    if "email" in fields:
        account["email"] = fields["email"]
    _write(box, account, None)
    tell_stripe(box, "account.updated", account, account=account["id"])
    return as_json(account)


def list_accounts(box: Box, request: Request) -> Answer:
    page = page_of(request.query, {})
    rows = box.store.bodies(
        "SELECT body FROM accounts WHERE state <> 'closed' AND seq < coalesce((SELECT seq FROM accounts "
        "WHERE account_id = ?), 9e18) ORDER BY seq DESC LIMIT ?", page.get("starting_after"), page["limit"] + 1,
    )  # fmt: skip
    return listed("/v1/accounts", rows, page["limit"])


def create_account_link(box: Box, request: Request) -> Answer:
    fields = checked(
        parse_form(request.body.decode("utf-8", "replace")), _LINK_FIELDS,
        required=("account", "type", "refresh_url", "return_url"),
    )  # fmt: skip
    account = get_open_account(box, fields["account"])
    token, now_ms = random_alphanumeric(32), box.now_ms()
    expires_at_ms = now_ms + round(box.options.link_life_s * 1000)
    box.store.run(
        "INSERT INTO account_links (token, account_id, expires_at_ms, refresh_url, return_url) VALUES (?, ?, ?, ?, ?)",
        token, account["id"], expires_at_ms, fields["refresh_url"], fields["return_url"],
    )  # fmt: skip
    url = f"{box.public_url}/setup/{account['id']}/{token}"
    link = {"object": "account_link", "created": now_ms // 1000, "expires_at": expires_at_ms // 1000, "url": url}
    return as_json(link)


def create_login_link(box: Box, request: Request) -> Answer:
    checked(parse_form(request.body.decode("utf-8", "replace")), {})
    account = get_open_account(box, request.pieces[0])
    if account["type"] != "express":
        raise StripeError(400, "Cannot create a login link for an account that is not an Express account.")
    if not account["details_submitted"]:
        raise StripeError(400, "Cannot create a login link for an account that has not completed onboarding.")
    url = f"{box.public_url}/express/{account['id']}/{random_alphanumeric(24)}"
    return as_json({"object": "login_link", "created": box.now_s(), "url": url})


def get_balance(box: Box, request: Request) -> Answer:
    checked({name: value for name, value in request.query.items() if not name.startswith("expand")}, {})
    holder = request.headers.get("stripe-account", "")
    if holder:
        get_open_account(box, holder)
    rows = box.store.rows("SELECT currency, available_cents FROM balances WHERE holder = ?", holder)
    by_currency = {box.options.currency.lower(): 0} | {row["currency"]: row["available_cents"] for row in rows}

    def amounts(of: dict[str, int]) -> list[dict[str, Any]]:
        return [
            {"amount": cents, "currency": currency, "source_types": {"card": cents}} for currency, cents in of.items()
        ]

    balance = {
        "object": "balance",
        "available": amounts(by_currency),
        "livemode": False,
        "pending": amounts(dict.fromkeys(by_currency, 0)),
    }
    return as_json(balance if holder else balance | {"connect_reserved": amounts(dict.fromkeys(by_currency, 0))})


def move_account(box: Box, account: dict[str, Any], state: str) -> dict[str, Any]:
    """What onboarding, Stripe's own checks or the account's owner decide. `state`: one of `STATES` but new."""
    usable = state == "active"
    capabilities = dict.fromkeys(account["capabilities"], "active" if usable else "inactive")
    reason = None if usable else "rejected.other" if state == "closed" else "requirements.past_due"
    account = account | {
        "capabilities": capabilities,
        "charges_enabled": usable and "card_payments" in capabilities,
        "details_submitted": True,
        "payouts_enabled": usable,
        "requirements": _requirements([] if usable else ["individual.verification.document"], reason),
    }
    _write(box, account, state)
    if state == "closed":
        application = {"id": "ca_sandbox", "object": "application", "name": "Veza"}
        tell_stripe(box, "account.application.deauthorized", application, account=account["id"])
    else:
        tell_stripe(box, "account.updated", account, account=account["id"])
    return account


def _write(box: Box, account: dict[str, Any], state: str | None) -> None:
    box.store.run(
        "UPDATE accounts SET state = coalesce(?, state), body = ? WHERE account_id = ?",
        state, dump(account), account["id"],
    )  # fmt: skip


def _requirements(due: list[str], reason: str | None) -> dict[str, Any]:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": reason,
        "errors": [],
        "eventually_due": due,
        "past_due": due if reason else [],
        "pending_verification": [],
    }
