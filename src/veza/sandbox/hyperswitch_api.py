"""Hyperswitch's HTTP API as far as Veza uses it: payments, refunds, disputes, and its errors.

Source: api-reference/v1/openapi_spec_v1.json and crates/api_models of juspay/hyperswitch. Requests are judged here,
effects are those of `payments.py` and `refunds.py`.
"""

import contextlib
import hmac
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from veza.sandbox import payments, refunds
from veza.sandbox.box import Box, is_web_address
from veza.sandbox.door import Door
from veza.sandbox.http import Answer, Refused, Request, Route, Router, as_json

ID_CHARACTERS = 30
SESSION_S_MAX = 7_890_000
AMOUNT_MAX = 2**53
CARDS = {"4000000000000002": payments.decline, "4000000000003220": payments.challenge}
"""Test cards of a confirm that do not simply succeed."""
_PAYMENT_FIELDS = frozenset(
    re.findall(
        r"\w+",
        """
        amount order_tax_amount currency amount_to_capture shipping_cost payment_id merchant_id routing connector
        capture_method authentication_type billing confirm customer customer_id email name phone phone_country_code
        off_session description return_url setup_future_usage payment_method_data payment_method payment_token
        shipping statement_descriptor_name statement_descriptor_suffix order_details mandate_data
        customer_acceptance browser_info payment_experience payment_method_type merchant_connector_details
        allowed_payment_method_types metadata connector_metadata feature_metadata payment_link payment_link_config
        payment_link_config_id profile_id surcharge_details payment_type request_incremental_authorization
        session_expiry frm_metadata recurring_details request_external_three_ds_authentication split_payments
        request_extended_authorization merchant_order_reference_id skip_external_tax_calculation
        psd2_sca_exemption_type ctp_service_details force_3ds_challenge threeds_method_comp_ind
        is_iframe_redirection_enabled payment_channel tax_status discount_amount shipping_amount_tax duty_amount
        order_date enable_partial_authorization enable_overcapture business_country business_label client_secret
        retry_action all_keys_required
        """,
    )
)
_REFUND_FIELDS = frozenset(
    re.findall(
        r"\w+",
        """
        payment_id refund_id merchant_id amount reason refund_type metadata merchant_connector_details split_refunds
        all_keys_required
        """,
    )
)
_LIST_FIELDS = frozenset(
    ("payment_id", "refund_id", "limit", "offset", "start_time", "end_time", "refund_status", "currency", "connector")
)


def refusal(status: int, code: str, message: str, kind: str = "invalid_request", **more: object) -> Refused:
    """One of their errors: `{"error": {type, message, code}}`."""
    return Refused(as_json({"error": {"type": kind, "message": message, "code": code, **more}}, status))


def _missing(name: str) -> Refused:
    return refusal(400, "IR_04", f"Missing required param: {name}")


def _invalid(name: str, expected: str) -> Refused:
    return refusal(400, "IR_05", f"{name} contains invalid data. Expected format is {expected}")


def _wrong_state(flow: str, status: str, states: str) -> Refused:
    text = f"This Payment could not be {flow} because it has a status of {status}. The expected state is {states}"
    return refusal(400, "IR_14", text)


def _body(request: Request, known: frozenset[str]) -> dict[str, Any]:
    """The JSON object of the body. An unknown field is an error, as their deny_unknown_fields makes it."""
    try:
        found = msgspec.json.decode(request.body or b"{}")
    except msgspec.DecodeError as error:
        raise refusal(400, "IR_06", f"Json deserialize error: {error}") from None
    if not isinstance(found, dict):
        raise refusal(400, "IR_06", "Json deserialize error: invalid type: expected an object")
    strange = sorted(set(found) - known)
    if strange:
        raise refusal(400, "IR_06", f"Json deserialize error: unknown field `{strange[0]}`")
    return {name: value for name, value in found.items() if value is not None}


def _check_texts(fields: dict[str, Any], **longest: int) -> None:
    for name, characters in longest.items():
        value = fields.get(name, "")
        if not isinstance(value, str) or len(value) > characters:
            raise _invalid(name, f"a string of at most {characters} characters")


def _check_metadata(fields: dict[str, Any]) -> None:
    metadata = fields.get("metadata", {})
    if (
        not isinstance(metadata, dict)
        or len(metadata) > 50
        or any(len(name) > 40 or len(str(value)) > 500 for name, value in metadata.items())
    ):
        raise _invalid("metadata", "an object of at most 50 keys of 40 characters with values of 500")


def _amount(fields: dict[str, Any], minimum: int) -> int:
    amount = fields["amount"]
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise refusal(400, "IR_06", "Json deserialize error: invalid type: expected an integer at amount")
    if not minimum <= amount < AMOUNT_MAX:
        raise _invalid("amount", "a positive amount in minor units")
    return amount


def _id(fields: dict[str, Any], name: str) -> str | None:
    given = fields.get(name)
    if given is None:
        return None
    if not isinstance(given, str) or len(given) != ID_CHARACTERS or not given.replace("_", "").isalnum():
        raise _invalid(name, f"a string of {ID_CHARACTERS} characters")
    return given


def _check_payment(fields: dict[str, Any]) -> None:
    for name in ("amount", "currency"):
        if name not in fields:
            raise _missing(name)
    _amount(fields, 0)
    currency = fields["currency"]
    if not (isinstance(currency, str) and len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise refusal(400, "IR_06", "Json deserialize error: unknown variant at currency, expected ISO 4217")
    if fields.get("capture_method", "automatic") != "automatic":
        raise refusal(400, "IR_07", "Invalid value provided: capture_method; the sandbox captures at once")
    _check_texts(fields, description=22_000, merchant_order_reference_id=255, customer_id=64, email=255)
    _check_metadata(fields)
    if not isinstance(fields.get("customer", {}), dict):
        raise _invalid("customer", "an object")
    if not isinstance(fields.get("payment_link", False), bool):
        raise _invalid("payment_link", "true or false")
    if "return_url" in fields and not is_web_address(fields["return_url"]):
        raise _invalid("return_url", "an http or https URL of at most 2048 characters")
    session_s = fields.get("session_expiry", payments.SESSION_S)
    if not isinstance(session_s, int) or not 1 <= session_s <= SESSION_S_MAX:
        raise _invalid("session_expiry", f"seconds, at most {SESSION_S_MAX}")


def _payment(box: Box, payment_id: str) -> dict[str, Any]:
    found = payments.find_payment(box, payment_id)
    if found is None:
        raise refusal(404, "HE_02", "Payment does not exist in our records", "object_not_found")
    return found


def create_payment(box: Box, request: Request) -> Answer:
    fields = _body(request, _PAYMENT_FIELDS)
    _check_payment(fields)
    payment_id = _id(fields, "payment_id")
    if payment_id and payments.find_payment(box, payment_id):
        text = "The payment with the specified payment_id already exists in our records"
        raise refusal(400, "HE_01", text, "duplicate_request")
    payment = payments.create_payment(box, fields)
    return as_json(_confirmed(box, payment, fields) if fields.get("confirm") else payment)


def get_payment(box: Box, request: Request) -> Answer:
    return as_json(payments.shown_payment(box, _payment(box, request.pieces[0])))


def confirm_payment(box: Box, request: Request) -> Answer:
    fields = _body(request, _PAYMENT_FIELDS)
    payment = _payment(box, request.pieces[0])
    if not payments.is_payable(box, payment):
        raise _wrong_state("confirm", payment["status"], "requires_payment_method, requires_confirmation, failed")
    return as_json(_confirmed(box, payment, fields))


def _confirmed(box: Box, payment: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """Pay by the card of the request, or by one that works."""
    data = fields.get("payment_method_data", {})
    card = data.get("card", {}) if isinstance(data, dict) else {}
    number = str(card.get("card_number", "")).replace(" ", "") if isinstance(card, dict) else ""
    return CARDS.get(number, payments.succeed)(box, payment)


def cancel_payment(box: Box, request: Request) -> Answer:
    fields = _body(request, frozenset({"cancellation_reason", "merchant_connector_details"}))
    _check_texts(fields, cancellation_reason=255)
    payment = _payment(box, request.pieces[0])
    if payment["status"] not in payments.EXPIRING:
        raise _wrong_state("cancel", payment["status"], ", ".join(sorted(payments.EXPIRING)))
    return as_json(payments.cancel(box, payment, fields.get("cancellation_reason")))


def capture_payment(box: Box, request: Request) -> Answer:
    payment = _payment(box, request.pieces[0])
    raise _wrong_state("capture", payment["status"], "requires_capture")


def create_refund(box: Box, request: Request) -> Answer:
    fields = _body(request, _REFUND_FIELDS)
    if "payment_id" not in fields:
        raise _missing("payment_id")
    if fields.get("refund_type", "instant") not in {"instant", "scheduled"}:
        raise refusal(400, "IR_06", "Json deserialize error: unknown variant at refund_type")
    _check_texts(fields, reason=255, payment_id=64)
    _check_metadata(fields)
    refund_id = _id(fields, "refund_id")
    payment = _payment(box, fields["payment_id"])
    if refund_id and refunds.find_refund(box, refund_id):
        text = "Duplicate refund request. Refund already attempted with the refund ID"
        raise refusal(400, "HE_01", text, "duplicate_request")
    if payment["status"] != "succeeded":
        raise _wrong_state("refund", payment["status"], "succeeded, partially_captured")
    fields["amount"] = _amount(fields, 1) if "amount" in fields else payment["amount"]
    if fields["amount"] + refunds.refunded_cents(box, payment["payment_id"]) > payment["amount_received"]:
        raise refusal(400, "IR_13", "The refund amount exceeds the amount captured")
    return as_json(refunds.create_refund(box, payment, fields))


def get_refund(box: Box, request: Request) -> Answer:
    found = refunds.find_refund(box, request.pieces[0])
    if found is None:
        raise refusal(404, "HE_02", "Refund does not exist in our records.", "object_not_found")
    return as_json(found)


def list_refunds(box: Box, request: Request) -> Answer:
    fields = _body(
        request,
        _LIST_FIELDS,
    )
    limit, offset = fields.get("limit", 10), fields.get("offset", 0)
    if not isinstance(limit, int) or not isinstance(offset, int) or not 1 <= limit <= 100 or offset < 0:
        raise _invalid("limit", "1 to 100")
    _check_texts(fields, payment_id=64, refund_id=64)
    where = "WHERE (?1 IS NULL OR payment_id = ?1) AND (?2 IS NULL OR refund_id = ?2)"
    wanted = (fields.get("payment_id"), fields.get("refund_id"))
    total = box.store.value(f"SELECT count(*) FROM refunds {where}", *wanted)  # noqa: S608 - a constant
    page = f"SELECT body FROM refunds {where} ORDER BY created_ms DESC, refund_id LIMIT ?3 OFFSET ?4"  # noqa: S608
    found = box.store.bodies(page, *wanted, limit, offset)
    states = fields.get("refund_status")
    if isinstance(states, list):
        found = [refund for refund in found if refund["status"] in states]
    return as_json({"count": len(found), "total_count": total, "data": found})


def get_dispute(box: Box, request: Request) -> Answer:
    found = refunds.find_dispute(box, request.pieces[0])
    if found is None:
        raise refusal(404, "HE_02", "Dispute does not exist in our records", "object_not_found")
    return as_json(found)


def _admit(box: Box, request: Request) -> None:
    key = request.headers.get("api-key", "")
    if not hmac.compare_digest(key.encode(), box.options.hyperswitch_api_key.encode()):
        raise refusal(401, "IR_01", "API key not provided or invalid API key used")


def _unknown(request: Request) -> Answer:
    return refusal(404, "IR_02", f"Unrecognized request URL: {request.method} {request.path}").answer


@contextlib.contextmanager
def _alone(_request: Request) -> Iterator[None]:
    yield


def _effect(_box: Box, _request: Request, handle: Callable[[], Answer]) -> Answer:
    return handle()


def hyperswitch_door() -> Door:
    """The door of the header `api-key`."""
    routes = [
        Route("POST", "/payments", create_payment),
        Route("GET", "/payments/{}", get_payment),
        Route("POST", "/payments/{}/confirm", confirm_payment),
        Route("POST", "/payments/{}/cancel", cancel_payment),
        Route("POST", "/payments/{}/capture", capture_payment),
        Route("POST", "/refunds", create_refund),
        Route("POST", "/refunds/list", list_refunds),
        Route("GET", "/refunds/{}", get_refund),
        Route("GET", "/disputes/{}", get_dispute),
    ]
    return Door(
        name="hyperswitch",
        prefixes=("/payments", "/refunds", "/disputes"),
        router=Router(routes),
        admit=_admit,
        unknown=_unknown,
        faulty={
            "refused": refusal(503, "HE_00", "Something went wrong", "api").answer,
            "rate_limited": refusal(429, "HE_00", "Too many requests", "api").answer,
            "conflict": refusal(409, "HE_00", "Resource busy. Please try again later", "lock_timeout").answer,
        },
        alone=_alone,
        effect=_effect,
    )
