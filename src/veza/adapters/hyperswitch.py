"""`ports.payments.Payments` by Hyperswitch's REST API (v1). Ids are ours, so a repeated call is the same call.

Nothing here decides about orders, and no card data passes: buyers pay on the page behind `checkout_url`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from veza.adapters.hyperswitch_wire import parse_event, parse_payment, parse_refund, verify_signature
from veza.adapters.provider_http import Answer, Call, ProviderHttp, Verdict, require_same
from veza.adapters.provider_wire import find_word
from veza.kit.clock import Clock
from veza.ports.payments import Payment, PaymentEvent, PaymentRequest, PaymentState, Refund, RefundRequest
from veza.ports.provider_errors import (
    AlreadyExists,
    NotFoundAtProvider,
    OutcomeUnknown,
    Refused,
    Unauthorized,
    WrongState,
)

T = TypeVar("T")
PROVIDER = "hyperswitch"
_PROBE_ID = "pay_00000000000000000000000000"
_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})
"""What processors take for a reason; ours are for people."""

_ERRORS: Mapping[str, type[Refused]] = {
    "HE_01": AlreadyExists,
    "IR_38": AlreadyExists,
    "HE_02": NotFoundAtProvider,
    "HE_04": NotFoundAtProvider,
    "IR_14": WrongState,
    "IR_16": WrongState,
}


class HyperswitchPayments:
    """Hyperswitch at `base_url`. `webhook_keys`: the profile's, and while it is being changed the one before too."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        profile_id: str = "",
        webhook_keys: Sequence[str] = (),
        clock: Clock,
        timeout_s: float = 10.0,
    ) -> None:
        self._profile_id = profile_id
        self._webhook_keys = tuple(webhook_keys)
        self._http = ProviderHttp(
            PROVIDER, base_url, {"api-key": api_key}, clock=clock, timeout_s=timeout_s, judge=judge
        )
        self.breaker = self._http.breaker

    async def aclose(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def create(self, request: PaymentRequest) -> Payment:
        """See `Payments.create`. The payment is captured when it is paid, and paid on the provider's page."""

        def read(found: Mapping[str, Any]) -> Payment:
            payment = _read_payment(request.payment_id)(found)
            require_same(
                amount=(request.amount_cents, payment.amount_cents), currency=(request.currency, payment.currency)
            )
            return payment

        body = {
            "payment_id": request.payment_id,
            "amount": request.amount_cents,
            "currency": request.currency,
            "confirm": False,
            "capture_method": "automatic",
            "customer_id": str(request.buyer_id),
            "description": request.description,
            "return_url": request.return_url,
            "merchant_order_reference_id": request.order_number,
            "metadata": {"order_id": str(request.order_id)},
            "session_expiry": request.expires_s,
            "payment_link": True,
            **({"profile_id": self._profile_id} if self._profile_id else {}),
        }
        try:
            return await self._http.call(_post("create_payment", "/payments", body), read)
        except AlreadyExists as taken:
            return await self._made_before(taken, _get("find_payment", f"/payments/{_of(request.payment_id)}"), read)

    async def find(self, payment_id: str) -> Payment | None:
        """See `Payments.find`."""
        call = _get("find_payment", f"/payments/{_of(payment_id)}")
        try:
            return await self._http.call(call, _read_payment(payment_id))
        except NotFoundAtProvider:
            return None

    async def cancel(self, payment_id: str) -> Payment:
        """See `Payments.cancel`."""
        body = {"cancellation_reason": "requested_by_customer"}
        try:
            call = _post("cancel_payment", f"/payments/{_of(payment_id)}/cancel", body)
            return await self._http.call(call, _read_payment(payment_id))
        except WrongState:
            payment = await self.find(payment_id)
            if payment is not None and payment.state in {PaymentState.CANCELLED, PaymentState.EXPIRED}:
                return payment
            raise

    async def refund(self, request: RefundRequest) -> Refund:
        """See `Payments.refund`. At once, not by the provider's schedule."""

        def read(found: Mapping[str, Any]) -> Refund:
            refund = _read_refund(request.refund_id)(found)
            require_same(
                payment=(request.payment_id, refund.payment_id),
                amount=(request.amount_cents, refund.amount_cents),
                currency=(request.currency, refund.currency),
            )
            return refund

        body = {
            "refund_id": request.refund_id,
            "payment_id": request.payment_id,
            "amount": request.amount_cents,
            "reason": request.reason if request.reason in _REASONS else "requested_by_customer",
            "refund_type": "instant",
        }
        try:
            return await self._http.call(_post("create_refund", "/refunds", body), read)
        except AlreadyExists as taken:
            return await self._made_before(taken, _get("find_refund", f"/refunds/{_of(request.refund_id)}"), read)

    async def find_refund(self, refund_id: str) -> Refund | None:
        """See `Payments.find_refund`."""
        call = _get("find_refund", f"/refunds/{_of(refund_id)}")
        try:
            return await self._http.call(call, _read_refund(refund_id))
        except NotFoundAtProvider:
            return None

    async def probe(self) -> None:
        """See `Payments.probe`. Asks for a payment that cannot be: only a good key is told so."""
        await self.find(_PROBE_ID)

    def verify_event(self, body: bytes, headers: Mapping[str, str]) -> None:
        """See `Payments.verify_event`. There is no time in what is signed: only the event's id tells a repetition."""
        verify_signature(body, headers, self._webhook_keys)

    def parse_event(self, body: bytes) -> PaymentEvent:
        """See `Payments.parse_event`."""
        return parse_event(body)

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> PaymentEvent:
        """See `Payments.read_event`."""
        self.verify_event(body, headers)
        return self.parse_event(body)

    async def _made_before(self, taken: AlreadyExists, call: Call, read: Callable[[Mapping[str, Any]], T]) -> T:
        """What our id has made already, if it is what we ask for now."""
        try:
            return await self._http.call(call, read)
        except NotFoundAtProvider:
            raise OutcomeUnknown(PROVIDER, "taken_and_not_found", taken.http_status) from None


def judge(answer: Answer) -> Verdict:
    """What an answer that is no success means, by its code, else by its status.

    Two forms of errors are about: `{"error": {"type", "code", …}}`, and the flat one of the OpenAPI document. The
    families: IR_ is about our request, HE_ Hyperswitch itself, CE_ the processor behind it, whose status it hands on.
    """
    nested = answer.body.get("error")
    code = find_word((nested if isinstance(nested, dict) else answer.body).get("code")) or "unknown_code"
    status = answer.status
    if code in _ERRORS and status < 500:
        return Verdict(_ERRORS[code](PROVIDER, code, status))
    # A 404 without a code of its own comes from somebody before it: it says nothing about payments.
    if status >= 500 or status in {404, 408, 409, 423} or code in {"HE_00", "IE"}:
        return Verdict(OutcomeUnknown(PROVIDER, code, status))
    if status in {401, 403} and not code.startswith("CE_"):
        return Verdict(Unauthorized(PROVIDER, code, status))
    return Verdict(Refused(PROVIDER, code, status))


def _read_payment(payment_id: str) -> Callable[[Mapping[str, Any]], Payment]:
    def read(found: Mapping[str, Any]) -> Payment:
        payment = parse_payment(found)
        require_same(payment=(payment_id, payment.payment_id))
        return payment

    return read


def _read_refund(refund_id: str) -> Callable[[Mapping[str, Any]], Refund]:
    def read(found: Mapping[str, Any]) -> Refund:
        refund = parse_refund(found)
        require_same(refund=(refund_id, refund.refund_id))
        return refund

    return read


def _of(provider_id: str) -> str:
    return quote(provider_id, safe="")


def _get(name: str, path: str) -> Call:
    """A read of how it stands at the processor now, not of what Hyperswitch heard last."""
    return Call(name=name, method="GET", path=path, query={"force_sync": "true"})


def _post(name: str, path: str, body: Mapping[str, Any]) -> Call:
    return Call(
        name=name,
        method="POST",
        path=path,
        headers={"content-type": "application/json"},
        content=msgspec.json.encode(body),
    )
