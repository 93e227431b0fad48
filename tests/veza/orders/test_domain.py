"""The provider's words mean the same in every order, and money completes what can still be had."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from veza.orders import domain
from veza.orders.domain import EndedBy, OrderStatus, PaymentStatus, Verdict

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)

WORDS = [
    (PaymentStatus.PENDING, NOON),
    (PaymentStatus.FAILED, NOON + timedelta(seconds=1)),
    (PaymentStatus.PENDING, NOON + timedelta(seconds=2)),
    (PaymentStatus.EXPIRED, NOON + timedelta(seconds=3)),
    (PaymentStatus.FAILED, NOON + timedelta(seconds=3)),
]


@pytest.mark.parametrize("succeeds", [True, False])
def test_the_order_of_the_providers_words_means_nothing(succeeds: bool) -> None:
    words = [*WORDS, (PaymentStatus.SUCCEEDED, NOON + timedelta(seconds=2))] if succeeds else WORDS
    ends = set()
    for order in itertools.permutations(words):
        held, held_at = PaymentStatus.CREATING, None
        for word, at in [*order, *order[:2]]:
            held = domain.judge_word(held, held_at, word, at)
            held_at = at if held_at is None else max(held_at, at)
        ends.add(held)
    assert ends == {PaymentStatus.SUCCEEDED if succeeds else PaymentStatus.EXPIRED}


@pytest.mark.parametrize(
    ("status", "ended_by", "all_there", "verdict"),
    [
        (OrderStatus.PENDING, None, True, Verdict.COMPLETE),
        (OrderStatus.FAILED, None, True, Verdict.COMPLETE),
        (OrderStatus.EXPIRED, EndedBy.TIME, True, Verdict.COMPLETE),
        (OrderStatus.EXPIRED, EndedBy.TIME, False, Verdict.RETURN),
        (OrderStatus.CANCELLED, EndedBy.PROVIDER, True, Verdict.COMPLETE),
        (OrderStatus.CANCELLED, EndedBy.BUYER, True, Verdict.RETURN),
        (OrderStatus.COMPLETED, None, True, Verdict.RETURN),
        (OrderStatus.REFUNDED, None, True, Verdict.RETURN),
    ],
)
def test_money_completes_what_can_still_be_had_and_goes_back_otherwise(
    status: OrderStatus, ended_by: EndedBy | None, all_there: bool, verdict: Verdict
) -> None:
    assert domain.judge_money(status, ended_by, all_to_be_had=all_there) is verdict
