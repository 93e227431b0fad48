"""A provider of payouts in memory that treats keys, balances and accounts as Stripe does, and fails as a test says.

For what the wire cannot be made to do at a chosen moment: an answer lost here, a worker that dies or pauses there. How
the wire looks is the sandbox's business.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

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
    OutcomeUnknown,
    ProviderError,
    RecipientGone,
    RecipientNotReady,
    Refused,
)

NAME = "memory"
CURRENCY = "EUR"


class Died(BaseException):
    """The process is gone, at once."""


async def _nothing() -> None:
    """What happens where a test wants nothing to happen."""


@dataclass
class MemoryPayouts:
    """`fail_next`: errors of the next transfers, which then have no effect and are kept under no key.

    `lose_next`: what becomes of that many answers after the effect: an unknown outcome, or with `dies` a death.
    """

    balance_cents: int = 1_000_000
    fail_next: list[ProviderError] = field(default_factory=list)
    lose_next: int = 0
    dies: bool = False
    before_transfer: Callable[[], Awaitable[None]] = _nothing
    after_list: Callable[[], Awaitable[None]] = _nothing
    after_account: Callable[[], Awaitable[None]] = _nothing
    accounts: dict[str, SellerAccount] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    sent: list[tuple[str, SentTransfer]] = field(default_factory=list)
    asked: list[TransferRequest] = field(default_factory=list)
    account_keys: list[str] = field(default_factory=list)
    _kept: dict[str, tuple[TransferRequest, SentTransfer | Refused]] = field(default_factory=dict)
    _accounts_by_key: dict[str, str] = field(default_factory=dict)

    def let_receive(self, account_id: str, *, can_receive: bool = True) -> None:
        """What onboarding does to an account."""
        self.accounts[account_id] = replace(self.accounts[account_id], can_receive=can_receive, details_submitted=True)

    def forget_keys(self) -> None:
        """What the provider does after a day."""
        self._kept.clear()

    def sent_of(self, transfer_id: UUID) -> list[SentTransfer]:
        """What really moved for a transfer of ours."""
        return [found for _, found in self.sent if found.transfer_id == transfer_id]

    # --- the port --------------------------------------------------------------------------------------------------

    async def create_account(self, key: str, seller_id: UUID, email: str) -> SellerAccount:
        self.account_keys.append(key)
        account_id = self._accounts_by_key.setdefault(key, f"acct_{len(self._accounts_by_key)}_{seller_id.hex}")
        made = SellerAccount(account_id=account_id, can_receive=False, payouts_enabled=False, details_submitted=False)
        return self.accounts.setdefault(account_id, made)

    async def account(self, account_id: str) -> SellerAccount:
        found = self._account(account_id)
        await self.after_account()
        return found

    async def onboarding_link(self, account_id: str, refresh_url: str, return_url: str) -> OnboardingLink:
        self._account(account_id)
        return OnboardingLink(url=f"https://pay.example/{account_id}", expires_at=datetime(2027, 1, 1, tzinfo=UTC))

    async def balance(self, account_id: str) -> Balance:
        self._account(account_id)
        got = sum(found.amount_cents for _, found in self.sent if found.account_id == account_id)
        return Balance(available_cents=got, pending_cents=0, currency=CURRENCY)

    async def platform_balance(self) -> Balance:
        return Balance(available_cents=self.balance_cents, pending_cents=0, currency=CURRENCY)

    async def transfer(self, request: TransferRequest) -> SentTransfer:
        await self.before_transfer()
        self.asked.append(request)
        if self.fail_next:
            raise self.fail_next.pop(0)
        asked, end = self._kept.setdefault(request.key, (request, self._judge(request)))
        if asked != request:
            raise KeyMisused(NAME, "idempotency_error", 400)
        if isinstance(end, Refused):
            raise end
        if not any(found == end for _, found in self.sent):
            self.sent.append((request.group, end))
            self.balance_cents -= end.amount_cents
        if self.lose_next:
            self.lose_next -= 1
            raise Died if self.dies else OutcomeUnknown(NAME, "timeout")
        return end

    async def find_transfers(self, group: str) -> list[SentTransfer]:
        found = [sent for held, sent in reversed(self.sent) if held == group]
        await self.after_list()
        return found

    async def reverse(self, request: ReversalRequest) -> SentReversal:
        raise Refused(NAME, "not_in_this_double", 400)

    async def find_reversals(self, provider_transfer_id: str) -> list[SentReversal]:
        return []

    async def probe(self) -> None:
        """Always there."""

    def verify_event(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Believes everybody."""

    def parse_event(self, body: bytes) -> PayoutEvent:
        return PayoutEvent(event_id=body.decode(), kind="unknown")

    def _account(self, account_id: str) -> SellerAccount:
        if account_id in self.gone or account_id not in self.accounts:
            raise RecipientGone(NAME, "account_invalid", 403)
        return self.accounts[account_id]

    def _judge(self, request: TransferRequest) -> SentTransfer | Refused:
        if request.account_id in self.gone:
            return RecipientGone(NAME, "account_closed", 400)
        if not self.accounts[request.account_id].can_receive:
            return RecipientNotReady(NAME, "insufficient_capabilities_for_transfer", 400)
        if self.balance_cents < request.amount_cents:
            return InsufficientBalance(NAME, "balance_insufficient", 400)
        return SentTransfer(
            provider_id=f"tr_{len(self.sent)}_{len(self._kept)}_{request.transfer_id.hex}",
            transfer_id=request.transfer_id,
            amount_cents=request.amount_cents,
            reversed_cents=0,
            currency=request.currency,
            account_id=request.account_id,
        )
