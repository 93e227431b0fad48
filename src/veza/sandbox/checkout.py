"""The pages that a person is sent to: paying, 3-D Secure, onboarding. A person clicks, a test posts `outcome`.

Their addresses are as hard to guess as the ids in them; nothing else protects them, as at the providers.
"""

from typing import Any

from veza.sandbox import payments
from veza.sandbox.box import Box, with_query
from veza.sandbox.events import MERCHANT_ID
from veza.sandbox.http import Answer, Refused, Request, Route, as_page, see_other
from veza.sandbox.pages import authenticate_page, checkout_page, note_page, onboarding_page, over_page
from veza.sandbox.stripe_accounts import get_open_account, move_account
from veza.sandbox.stripe_form import StripeError


def page_routes() -> list[Route]:
    return [
        Route("GET", "/payment_link/{}/{}", show_checkout),
        Route("POST", "/payment_link/{}/{}", pay),
        Route("GET", "/payment_link/{}/{}/authenticate", show_authenticate),
        Route("POST", "/payment_link/{}/{}/authenticate", authenticate),
        Route("GET", "/setup/{}/{}", show_onboarding),
        Route("POST", "/setup/{}/{}", onboard),
        Route("GET", "/express/{}/{}", show_dashboard),
    ]


def _payment(box: Box, request: Request) -> dict[str, Any]:
    payment = payments.find_payment(box, request.pieces[1])
    if payment is None or payment["payment_link"] is None or request.pieces[0] != MERCHANT_ID:
        raise Refused(as_page(note_page("Not found", "There is no such payment."), 404))
    return payment


def _return_address(payment: dict[str, Any]) -> str | None:
    if payment["return_url"] is None:
        return None
    return with_query(payment["return_url"], payment_id=payment["payment_id"], status=payment["status"])


def _over(box: Box, payment: dict[str, Any]) -> Answer | None:
    """The answer for a payment that nobody can pay any more; None when it can be paid."""
    if payments.is_payable(box, payment):
        return None
    ended = payment["status"] in payments.PAYABLE  # its time is over, whether or not that was written yet
    status = "expired" if ended else payment["status"]
    return as_page(over_page(payment, status, _return_address(payment)))


def _back(payment: dict[str, Any]) -> Answer:
    return see_other(_return_address(payment) or payment["payment_link"]["link"])


def _outcome(request: Request, *allowed: str) -> str:
    outcome = request.form().get("outcome", "")
    if outcome not in allowed:
        text = f"Post `outcome` as one of: {', '.join(allowed)}."
        raise Refused(as_page(note_page("That is no outcome", text), 400))
    return outcome


def show_checkout(box: Box, request: Request) -> Answer:
    payment = _payment(box, request)
    return _over(box, payment) or as_page(checkout_page(payment))


def pay(box: Box, request: Request) -> Answer:
    """A decline stays on the page, where it can be tried again; everything else leads back to the shop."""
    payment = _payment(box, request)
    outcome = _outcome(request, "succeed", "decline", "authenticate", "abandon")
    if over := _over(box, payment):
        return Answer(409, over.body, over.content_type, over.headers)
    match outcome:
        case "succeed":
            return _back(payments.succeed(box, payment))
        case "decline":
            payments.decline(box, payment)
            return see_other(payment["payment_link"]["link"])
        case "authenticate":
            asked = payments.challenge(box, payment)
            return see_other(asked["next_action"]["redirect_to_url"])
        case _:
            return _back(payment)


def show_authenticate(box: Box, request: Request) -> Answer:
    payment = _payment(box, request)
    if payment["status"] != "requires_customer_action":
        return see_other(payment["payment_link"]["link"])
    return _over(box, payment) or as_page(authenticate_page(payment))


def authenticate(box: Box, request: Request) -> Answer:
    payment = _payment(box, request)
    outcome = _outcome(request, "succeed", "decline")
    if over := _over(box, payment):
        return Answer(409, over.body, over.content_type, over.headers)
    if payment["status"] != "requires_customer_action":
        return see_other(payment["payment_link"]["link"])
    if outcome == "succeed":
        return _back(payments.succeed(box, payment))
    payments.decline(box, payment)
    return see_other(payment["payment_link"]["link"])


def show_onboarding(box: Box, request: Request) -> Answer:
    link = _link(box, request)
    if link["used"] or link["expires_at_ms"] <= box.now_ms():
        return see_other(link["refresh_url"])
    return as_page(onboarding_page(_account(box, request)))


def onboard(box: Box, request: Request) -> Answer:
    """One answer per link, as theirs is for one visit; later ones are sent to the refresh address."""
    link = _link(box, request)
    outcome = _outcome(request, "complete", "restrict", "abandon")
    if link["used"] or link["expires_at_ms"] <= box.now_ms():
        return see_other(link["refresh_url"])
    account = _account(box, request)
    box.store.run("UPDATE account_links SET used = 1 WHERE token = ?", request.pieces[1])
    if outcome != "abandon":
        move_account(box, account, "active" if outcome == "complete" else "restricted")
    return see_other(link["return_url"])


def _link(box: Box, request: Request) -> Any:
    account_id, token = request.pieces
    link = box.store.find("SELECT * FROM account_links WHERE token = ? AND account_id = ?", token, account_id)
    if link is None:
        raise Refused(as_page(note_page("Not found", "There is no such link."), 404))
    return link


def _account(box: Box, request: Request) -> dict[str, Any]:
    try:
        return get_open_account(box, request.pieces[0])
    except StripeError:
        raise Refused(as_page(note_page("Closed", "This account was closed."), 410)) from None


def show_dashboard(_box: Box, request: Request) -> Answer:
    return as_page(note_page("Express dashboard", f"Here Stripe would show the account {request.pieces[0]}."))
