"""Providers of payments and payouts that know what a test tells them, for those who only ask. They speak no wire."""

from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from uuid import UUID

from veza.context import Context
from veza.ports.payments import Payment, Payments, PaymentState
from veza.ports.payouts import Payouts, SentTransfer
from veza.sellers.transfers import group_of

Answer = TypeVar("Answer")


@dataclass
class Told:
    """What they answer, by our id of a payment and by group; an exception is raised. `asked`: about what, in order."""

    payments: dict[str, Payment | Exception] = field(default_factory=dict)
    groups: dict[str, list[SentTransfer] | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def find(self, payment_id: str) -> Payment | None:
        self.asked.append(payment_id)
        return _said(self.payments.get(payment_id))

    async def find_transfers(self, group: str) -> list[SentTransfer]:
        self.asked.append(group)
        return _said(self.groups.get(group)) or []

    @property
    def as_payments(self) -> Payments:
        return cast("Payments", self)

    @property
    def as_payouts(self) -> Payouts:
        return cast("Payouts", self)


def _said(answer: Answer | Exception | None) -> Answer | None:
    if isinstance(answer, Exception):
        raise answer
    return answer


def a_payment_word(payment_id: str, cents: int, state: PaymentState = PaymentState.SUCCEEDED, **fields: Any) -> Payment:
    """What the provider says of a payment."""
    values = {"provider_status": state.value, "currency": "EUR", **fields}
    return Payment(payment_id=payment_id, state=state, amount_cents=cents, **values)


def a_sent_transfer(transfer_id: UUID, seller_id: UUID, cents: int, **fields: Any) -> SentTransfer:
    """A transfer as `sales.a_transfer` stores it, as the provider knows it."""
    values = {"provider_id": f"tr_{transfer_id.hex}", "account_id": f"acct_{seller_id.hex}", "currency": "EUR"}
    return SentTransfer(transfer_id=transfer_id, amount_cents=cents, reversed_cents=0, **{**values, **fields})


async def that_agree(ctx: Context) -> Told:
    """Providers that know just what the database says."""
    told = Told()
    async with ctx.db.connection() as connection:
        for row in await connection.fetch("select * from payments where status = 'succeeded'"):
            told.payments[row["provider_payment_id"]] = a_payment_word(row["provider_payment_id"], row["amount_cents"])
        for row in await connection.fetch("select * from transfers where stripe_transfer_id is not null"):
            sent = a_sent_transfer(row["id"], row["seller_id"], row["amount_cents"])
            made = told.groups.setdefault(group_of(row["order_id"]), [])
            assert isinstance(made, list)
            made.append(sent)
    return told
