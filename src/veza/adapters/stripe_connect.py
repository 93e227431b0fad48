"""`ports.payouts.Payouts` by Stripe Connect (API v1): separate charges and transfers, accounts of type express.

Each POST carries an Idempotency-Key of the caller's, except for links, which are new each time. Nothing here decides
when to pay whom, and a platform's fee is what it does not transfer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from veza.adapters.provider_http import Answer, Call, ProviderHttp, Verdict, require_same
from veza.adapters.provider_wire import find_word
from veza.adapters.stripe_wire import (
    PROVIDER,
    parse_account,
    parse_balance,
    parse_event,
    parse_link,
    parse_page,
    parse_reversal,
    parse_transfer,
    verify_signature,
    write_form,
)
from veza.kit.clock import Clock
from veza.ports.payouts import (
    Balance,
    OnboardingLink,
    PayoutEvent,
    ReversalRequest,
    SellerAccount,
    SentReversal,
    SentTransfer,
    TransferRequest,
)
from veza.ports.provider_errors import (
    InsufficientBalance,
    KeyMisused,
    NotExecuted,
    NotFoundAtProvider,
    OutcomeUnknown,
    ProviderError,
    RecipientGone,
    RecipientNotReady,
    Refused,
    Unauthorized,
)

T = TypeVar("T")
API_VERSION = "2026-10-28.endive"
_ERRORS: Mapping[str, type[Refused]] = {
    "balance_insufficient": InsufficientBalance,
    "insufficient_funds": InsufficientBalance,
    "insufficient_capabilities_for_transfer": RecipientNotReady,
    "transfers_not_allowed": RecipientNotReady,
    "capability_not_active": RecipientNotReady,
    "account_invalid": RecipientGone,
    "account_closed": RecipientGone,
    "resource_missing": NotFoundAtProvider,
    "api_key_expired": Unauthorized,
    "platform_api_key_expired": Unauthorized,
    "secret_key_required": Unauthorized,
}
_PAGE = 100
_PAGES_MAX = 20


class StripePayouts:
    """Stripe at `base_url`. `webhook_secrets`: of both endpoints, the account's own and the one for Connect."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        webhook_secrets: Sequence[str] = (),
        currency: str,
        clock: Clock,
        timeout_s: float = 10.0,
    ) -> None:
        self._webhook_secrets = tuple(webhook_secrets)
        self._currency = currency
        self._clock = clock
        self._is_live = next((mode == "live" for mode in ("live", "test") if f"_{mode}_" in api_key), None)
        headers = {"authorization": f"Bearer {api_key}", "stripe-version": API_VERSION}
        self._http = ProviderHttp(PROVIDER, base_url, headers, clock=clock, timeout_s=timeout_s, judge=judge)
        self.breaker = self._http.breaker

    async def aclose(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def create_account(self, key: str, seller_id: UUID, email: str) -> SellerAccount:
        """See `Payouts.create_account`."""
        fields = {
            "type": "express",
            "email": email,
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"seller_id": str(seller_id)},
        }
        return await self._http.call(_post("create_account", "/v1/accounts", fields, key), parse_account)

    async def account(self, account_id: str) -> SellerAccount:
        """See `Payouts.account`."""

        def read(found: Mapping[str, Any]) -> SellerAccount:
            account = parse_account(found)
            require_same(account=(account_id, account.account_id))
            return account

        with _about_recipient():
            return await self._http.call(_get("account", f"/v1/accounts/{_of(account_id)}"), read)

    async def onboarding_link(self, account_id: str, refresh_url: str, return_url: str) -> OnboardingLink:
        """See `Payouts.onboarding_link`."""
        fields = {
            "account": account_id,
            "type": "account_onboarding",
            "refresh_url": refresh_url,
            "return_url": return_url,
        }
        with _about_recipient():
            return await self._http.call(_post("onboarding_link", "/v1/account_links", fields), parse_link)

    async def balance(self, account_id: str) -> Balance:
        """See `Payouts.balance`."""
        with _about_recipient():
            return await self._balance({"stripe-account": account_id})

    async def platform_balance(self) -> Balance:
        """See `Payouts.platform_balance`."""
        return await self._balance({})

    async def transfer(self, request: TransferRequest) -> SentTransfer:
        """See `Payouts.transfer`."""

        def read(found: Mapping[str, Any]) -> SentTransfer:
            sent = parse_transfer(found)
            require_same(
                amount=(request.amount_cents, sent.amount_cents),
                currency=(request.currency, sent.currency),
                account=(request.account_id, sent.account_id),
                transfer=(request.transfer_id, sent.transfer_id),
            )
            return sent

        fields = {
            "amount": request.amount_cents,
            "currency": request.currency.lower(),
            "destination": request.account_id,
            "transfer_group": request.group,
            "metadata": {
                "transfer_id": str(request.transfer_id),
                "order_id": str(request.order_id),
                "seller_id": str(request.seller_id),
            },
        }
        with _about_recipient():
            return await self._http.call(_post("transfer", "/v1/transfers", fields, request.key), read)

    async def find_transfers(self, group: str) -> list[SentTransfer]:
        """See `Payouts.find_transfers`."""
        return await self._list("find_transfers", "/v1/transfers", {"transfer_group": group}, parse_transfer)

    async def reverse(self, request: ReversalRequest) -> SentReversal:
        """See `Payouts.reverse`."""

        def read(found: Mapping[str, Any]) -> SentReversal:
            reversal, currency, transfer_id = parse_reversal(found)
            require_same(
                amount=(request.amount_cents, reversal.amount_cents),
                currency=(request.currency, currency),
                transfer=(request.provider_transfer_id, transfer_id),
                refund=(request.refund_id, reversal.refund_id),
            )
            return reversal

        path = f"/v1/transfers/{_of(request.provider_transfer_id)}/reversals"
        fields = {"amount": request.amount_cents, "metadata": {"refund_id": str(request.refund_id)}}
        return await self._http.call(_post("reverse", path, fields, request.key), read)

    async def find_reversals(self, provider_transfer_id: str) -> list[SentReversal]:
        """See `Payouts.find_reversals`."""
        path = f"/v1/transfers/{_of(provider_transfer_id)}/reversals"
        return await self._list("find_reversals", path, {}, lambda found: parse_reversal(found)[0])

    async def probe(self) -> None:
        """See `Payouts.probe`."""
        await self.platform_balance()

    def verify_event(self, body: bytes, headers: Mapping[str, str]) -> None:
        """See `Payouts.verify_event`. Within 300 s of the clock."""
        verify_signature(body, headers, self._webhook_secrets, self._clock.now())

    def parse_event(self, body: bytes) -> PayoutEvent:
        """See `Payouts.parse_event`."""
        return parse_event(body, is_live=self._is_live)

    async def _balance(self, headers: Mapping[str, str]) -> Balance:
        call = Call(name="balance", method="GET", path="/v1/balance", headers=headers)
        return await self._http.call(call, lambda found: parse_balance(found, self._currency))

    async def _list(
        self, name: str, path: str, query: Mapping[str, str], read: Callable[[Mapping[str, Any]], T]
    ) -> list[T]:
        """A list to its end. One that does not end is an answer that cannot be believed."""
        found: list[T] = []
        after: dict[str, str] = {}
        for _ in range(_PAGES_MAX):
            call = _get(name, path, {**query, "limit": str(_PAGE), **after})
            page, last_id = await self._http.call(call, lambda body: _read_page(body, read))
            found += page
            if last_id is None:
                return found
            after = {"starting_after": last_id}
        raise OutcomeUnknown(PROVIDER, "endless_list")


def judge(answer: Answer) -> Verdict:
    """What an answer that is no success means. `stripe-should-retry` has the last word on whether to repeat it."""
    error = _error_of(answer)
    match answer.headers.get("stripe-should-retry"):
        case "true" if not isinstance(error, NotExecuted | OutcomeUnknown | Unauthorized):
            return Verdict(OutcomeUnknown(PROVIDER, error.code, answer.status))
        case "false":
            return Verdict(error, may_repeat=False)
        case _:
            return Verdict(error)


def _error_of(answer: Answer) -> ProviderError:
    told, status = answer.body.get("error"), answer.status
    told = told if isinstance(told, dict) else {}
    code = find_word(told.get("code")) or find_word(told.get("type")) or "unknown_code"
    # Whatever 5xx and "busy" say beside it, they do not say that nothing happened.
    if status >= 500 or status in {408, 409} or code in {"lock_timeout", "idempotency_key_in_use"}:
        return OutcomeUnknown(PROVIDER, code, status)
    if code == "rate_limit":
        return NotExecuted(PROVIDER, code, status)
    if told.get("type") == "idempotency_error":
        return KeyMisused(PROVIDER, code, status)
    if code == "resource_missing" and told.get("param") in {"destination", "account"}:
        return RecipientGone(PROVIDER, code, status)
    if code in _ERRORS and status != 401:
        return _ERRORS[code](PROVIDER, code, status)
    return (Unauthorized if status in {401, 403} else Refused)(PROVIDER, code, status)


def _read_page(found: Mapping[str, Any], read: Callable[[Mapping[str, Any]], T]) -> tuple[list[T], str | None]:
    page, last_id = parse_page(found)
    return [read(one) for one in page], last_id


@contextmanager
def _about_recipient() -> Iterator[None]:
    """What is not there can only be the account."""
    try:
        yield
    except NotFoundAtProvider as error:
        raise RecipientGone(PROVIDER, error.code, error.http_status) from None


def _of(provider_id: str) -> str:
    return quote(provider_id, safe="")


def _get(name: str, path: str, query: Mapping[str, str] | None = None) -> Call:
    return Call(name=name, method="GET", path=path, query=query)


def _post(name: str, path: str, fields: Mapping[str, Any], key: str = "") -> Call:
    headers = {"content-type": "application/x-www-form-urlencoded", **({"idempotency-key": key} if key else {})}
    return Call(name=name, method="POST", path=path, headers=headers, content=write_form(fields))
