"""What of a comparison is a difference, and the sentence that says it to an admin. Pure.

Codes are stable and stand in docs/howto/when-money-differs.md with what to do; sentences hold amounts, never secrets.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from veza.admin.money_queries import AskedPayment, AskedTransfer, FoundRow
from veza.admin.refund_queries import AskedRefund
from veza.ledger.domain import Difference
from veza.ports.payments import Payment, PaymentState, Refund, RefundState
from veza.ports.payouts import SentTransfer

SENTENCES = {
    "transaction_unbalanced": "A transaction of the ledger sums to {found} instead of zero.",
    "transaction_too_short": "A transaction of the ledger has fewer than two entries.",
    "order_not_settled": "An order was paid with {expected}, and this was not split in the ledger.",
    "order_settled_unpaid": "The ledger split {found} for an order that is not paid.",
    "order_settled_twice": "The ledger split an order of {expected} more than once: {found}.",
    "order_settled_differently": "The ledger split {found} for an order of {expected}.",
    "order_lines_differ": "The lines of an order sum to {found}, the order says {expected}.",
    "share_differs": "The ledger gave a seller {found} for their lines of an order, which come to {expected}.",
    "fee_differs": "The ledger took a fee of {found} for an order whose lines say {expected}.",
    "payment_not_booked": "A payment of {expected} succeeded and is not in the ledger.",
    "payment_booked_unpaid": "The ledger received {found} by a payment that did not succeed.",
    "payment_booked_differently": "The ledger received {found} by a payment of {expected}.",
    "return_not_booked": "{expected} went back to a buyer, and the ledger does not say so.",
    "return_booked_unsent": "The ledger says that {found} went back to a buyer, which is not so.",
    "return_booked_differently": "The ledger sent {found} back to a buyer instead of {expected}.",
    "transfer_not_booked": "A transfer of {expected} was sent and is not in the ledger.",
    "transfer_booked_unsent": "The ledger says that a transfer of {found} was sent, which is not so.",
    "transfer_booked_differently": "The ledger sent {found} by a transfer of {expected}.",
    "reversal_not_booked": "{expected} came back from a seller, and the ledger does not say so.",
    "reversal_booked_undone": "The ledger says that {found} came back from a seller, which is not so.",
    "reversal_booked_differently": "By the ledger {found} came back from a seller instead of {expected}.",
    "recovery_not_booked": "A transfer paid {expected} of a debt, and the ledger does not say so.",
    "recovery_booked_undone": "The ledger says that {found} of a debt were paid, which is not so.",
    "recovery_booked_differently": "By the ledger {found} of a debt were paid instead of {expected}.",
    "seller_debt_differs": "By the ledger a seller owes {found}; by what was taken back from them {expected}.",
    "debt_paid_differently": "Of a debt {found} were paid; it says {expected}.",
    "kept_back_differently": "A transfer kept {found} back for debts; it says {expected}.",
    "reversed_differently": "Of a transfer {found} came back by its reversals; it says {expected}.",
    "refund_not_booked": "A refund of {expected} succeeded and is not in the ledger.",
    "refund_booked_unsent": "The ledger says that {found} were refunded, which is not so.",
    "refund_booked_differently": "The ledger gave back {found} by a refund of {expected}.",
    "order_refunded_differently": "The refunds of an order sum to {found}, the order says {expected}.",
    "line_refunded_differently": "The refunds of a line sum to {found}, the line says {expected}.",
    "refund_parts_differ": "The parts of a refund sum to {found}, the refund says {expected}.",
    "fee_given_back_differently": "Of an order's fee {found} were given back, and {expected} belong to its refunds.",
    "order_status_differs": "Where an order stands does not follow from its refunds and disputes.",
    "seller_owed_differently": "The ledger owes a seller {found}; their transfers that were not sent are {expected}.",
    "payments_account_differs": "In the ledger {found} wait to be split or to go back; only {expected} should.",
    "clearing_differs": "By the ledger providers hold {found}; by payments, returns and transfers {expected}.",
    "provider_payment_missing": "The provider does not know a payment of {expected} that succeeded.",
    "provider_payment_unpaid": "The provider does not say of a payment of {expected} that it succeeded.",
    "provider_payment_differs": "The provider took {found} by a payment of {expected}.",
    "provider_refund_missing": "The provider does not know a refund of {expected} that succeeded.",
    "provider_refund_unpaid": "The provider does not say of a refund of {expected} that it succeeded.",
    "provider_refund_differs": "The provider gave back {found} by a refund of {expected}.",
    "provider_transfer_missing": "The provider does not know a transfer of {expected} that was sent.",
    "provider_transfer_twice": "The provider made a transfer of {expected} more than once: {found}.",
    "provider_transfer_differs": "The provider sent {found} by a transfer of {expected}, or elsewhere.",
    "provider_reversal_differs": "The provider took {found} of a transfer back, and the books say {expected}.",
    "provider_transfer_unbooked": "The provider made a transfer of {found} that was not sent as far as we know.",
}


def difference(
    code: str, subject_id: UUID | None, currency: str | None, expected_cents: int | None, found_cents: int | None
) -> Difference:
    """One difference, with its sentence."""
    sentence = SENTENCES[code].format(expected=_words(expected_cents, currency), found=_words(found_cents, currency))
    by_cents = None if expected_cents is None or found_cents is None else found_cents - expected_cents
    return Difference(code, sentence, by_cents, subject_id)


def differences_of(rows: Sequence[FoundRow]) -> list[Difference]:
    """What one statement found; a last one says of how many more there is no room to tell."""
    found = [difference(r.code, r.subject_id, r.currency, r.expected_cents, r.found_cents) for r in rows]
    if rows and rows[0].total > len(rows):
        found.append(Difference(rows[0].code, f"There are {rows[0].total - len(rows):,} more like these."))
    return found


def judge_payment(ours: AskedPayment, word: Payment | None) -> Difference | None:
    """Whether the provider says the same of a payment that succeeded."""
    if word is None:
        return difference("provider_payment_missing", ours.id, ours.currency, ours.amount_cents, 0)
    if (word.amount_cents, word.currency) != (ours.amount_cents, ours.currency):
        return difference("provider_payment_differs", ours.id, ours.currency, ours.amount_cents, word.amount_cents)
    if word.state is not PaymentState.SUCCEEDED:
        return difference("provider_payment_unpaid", ours.id, ours.currency, ours.amount_cents, 0)
    return None


def judge_refund(ours: AskedRefund, word: Refund | None) -> Difference | None:
    """Whether the provider says the same of a refund that succeeded."""
    if word is None:
        return difference("provider_refund_missing", ours.id, ours.currency, ours.amount_cents, 0)
    if (word.amount_cents, word.currency) != (ours.amount_cents, ours.currency):
        return difference("provider_refund_differs", ours.id, ours.currency, ours.amount_cents, word.amount_cents)
    if word.state is not RefundState.SUCCEEDED:
        return difference("provider_refund_unpaid", ours.id, ours.currency, ours.amount_cents, 0)
    return None


def judge_transfers(ours: Iterable[AskedTransfer], words: Sequence[SentTransfer]) -> list[Difference]:
    """Whether the provider made each transfer of an order that was sent exactly once, and none that was not."""
    found: list[Difference] = []
    for transfer in ours:
        made = [word for word in words if word.transfer_id == transfer.id]
        code = _transfer_code(transfer, made)
        if code is not None:
            sent_cents = sum(word.amount_cents for word in made)
            expected_cents = transfer.amount_cents if transfer.is_sent else 0
            found.append(difference(code, transfer.id, transfer.currency, expected_cents, sent_cents))
        elif made and _reversed_differently(transfer, made[0]):
            back_cents = made[0].reversed_cents
            found.append(
                difference(
                    "provider_reversal_differs", transfer.id, transfer.currency, transfer.reversed_cents, back_cents
                )
            )
    return found


def _reversed_differently(ours: AskedTransfer, word: SentTransfer) -> bool:
    """While a reversal is under way, more may have come back than we know."""
    return word.reversed_cents < ours.reversed_cents or (
        word.reversed_cents > ours.reversed_cents and not ours.is_under_way
    )


def _transfer_code(ours: AskedTransfer, made: Sequence[SentTransfer]) -> str | None:
    if not ours.is_sent:
        return "provider_transfer_unbooked" if made and not ours.is_under_way else None
    if not made:
        return "provider_transfer_missing"
    if len(made) > 1:
        return "provider_transfer_twice"
    word = made[0]
    same = (word.provider_id, word.amount_cents, word.currency) == (
        ours.stripe_transfer_id,
        ours.amount_cents,
        ours.currency,
    )
    return None if same and ours.account_id in {None, word.account_id} else "provider_transfer_differs"


def count_by_code(differences: Iterable[Difference]) -> dict[str, int]:
    """How many there are of each kind."""
    return dict(Counter(found.code for found in differences))


def total_cents(differences: Iterable[Difference]) -> int:
    """How much money differs, each difference by itself: what is missing here does not make up for too much there."""
    return sum(abs(found.difference_cents or 0) for found in differences)


def _words(cents: int | None, currency: str | None) -> str:
    return f"{0 if cents is None else cents:,} cents {currency or ''}".rstrip()
