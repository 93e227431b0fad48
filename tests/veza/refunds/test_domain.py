"""Who may give back what, that every cent goes back to where it came from, and that words come in any order."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from veza.kit.errors import Conflict, Invalid
from veza.kit.ids import new_id
from veza.kit.money import fee_of
from veza.orders.cart import shares_of, with_fees
from veza.orders.domain import Line, OrderStatus
from veza.ports.payments import DisputeState
from veza.refunds import domain
from veza.refunds.domain import Part, RequestedBy, State

PAID_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
PAID = State(PAID_AT, is_refunding=False, is_disputed=False)
SELLERS = [UUID(int=number) for number in range(1, 4)]


def a_line(cents: int = 1_000, *, seller: UUID = SELLERS[0], refunded: int = 0, kind: str = "service") -> Line:
    """A line of so much."""
    return Line(
        id=new_id(),
        product_id=new_id(),
        license_id=None,
        seller_id=seller,
        title="Night drive",
        product_type=kind,
        license_name=None,
        license_exclusive=False,
        license_terms=None,
        quantity=1,
        unit_price_cents=cents,
        total_cents=cents,
        refunded_cents=refunded,
    )


def given_back(lines: list[Line], parts: list[Part]) -> list[Line]:
    """The lines once these parts went back."""
    now = {part.item_id: part.amount_cents for part in parts}
    return [replace(line, refunded_cents=line.refunded_cents + now.get(line.id, 0)) for line in lines]


# --- every cent ------------------------------------------------------------------------------------------------


@given(
    orders=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 20_000)), min_size=1, max_size=6),
    rate_bps=st.integers(0, 9_999),
    data=st.data(),
)
def test_any_steps_end_at_gross_fee_and_net(orders: list[tuple[int, int]], rate_bps: int, data: Any) -> None:
    lines = with_fees([a_line(cents, seller=SELLERS[place]) for place, cents in orders], rate_bps)
    shares = {share.seller_id: share for share in shares_of(lines)}
    back: dict[UUID, list[int]] = {seller_id: [0, 0, 0] for seller_id in shares}
    now = list(lines)
    while any(line.refunded_cents < line.total_cents for line in now):
        open_lines = [line for line in now if line.refunded_cents < line.total_cents]
        chosen = data.draw(st.lists(st.sampled_from(open_lines), min_size=1, unique_by=lambda line: line.id))
        parts = []
        for line in chosen:
            left = line.total_cents - line.refunded_cents
            parts.append(Part(line.id, data.draw(st.integers(max(1, left // 3), left))))
        legs = domain.legs_of(now, parts)
        assert sum(leg.gross_cents for leg in legs) == sum(part.amount_cents for part in parts)
        for leg in legs:
            assert 0 <= leg.fee_cents <= leg.gross_cents
            for place, cents in enumerate((leg.gross_cents, leg.fee_cents, leg.net_cents)):
                back[leg.seller_id][place] += cents
            share = shares[leg.seller_id]
            # At no step is more of the fee or the net back than belongs to what went back.
            assert back[leg.seller_id][1] <= share.fee_cents
            assert back[leg.seller_id][2] <= share.net_cents
        now = given_back(now, parts)
    for seller_id, share in shares.items():
        assert back[seller_id] == [share.gross_cents, share.fee_cents, share.net_cents]


def test_the_documents_fee_goes_back_by_halves() -> None:
    assert fee_of(2_999, 1_000) == 300
    assert [domain.fee_back_cents(300, 2_999, cents) for cents in (0, 1, 4, 5, 1_499, 1_500, 2_999)] == [
        0, 0, 0, 1, 150, 150, 300,
    ]  # fmt: skip


def test_a_dispute_takes_the_oldest_lines_first_and_never_more_than_is_left() -> None:
    lines = [a_line(300, refunded=100), a_line(500, refunded=500), a_line(400)]
    assert domain.spread(lines, 250) == (Part(lines[0].id, 200), Part(lines[2].id, 50))
    assert sum(part.amount_cents for part in domain.spread(lines, 10_000)) == 600
    assert domain.spread([lines[1]], 10) == ()


def test_what_is_emptied_and_what_still_fits() -> None:
    lines = [a_line(300, refunded=100), a_line(500)]
    parts = [Part(lines[0].id, 200), Part(lines[1].id, 499)]
    assert domain.emptied_by(lines, parts) == (lines[0],)
    assert domain.fits(lines, parts, {})
    assert domain.fits(lines, parts, {lines[1].id: 1})
    assert not domain.fits(lines, parts, {lines[1].id: 2})


# --- who may ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "by", "after", "code"),
    [
        (PAID, RequestedBy.BUYER, timedelta(days=14) - timedelta(seconds=1), None),
        (PAID, RequestedBy.BUYER, timedelta(days=14), "refund_too_late"),
        (PAID, RequestedBy.SELLER, timedelta(days=4_000), None),
        (PAID, RequestedBy.ADMIN, timedelta(days=4_000), None),
        (State(None, is_refunding=False, is_disputed=False), RequestedBy.ADMIN, timedelta(), "not_refundable"),
        (State(PAID_AT, is_refunding=True, is_disputed=False), RequestedBy.ADMIN, timedelta(), "refund_in_progress"),
        (State(PAID_AT, is_refunding=True, is_disputed=True), RequestedBy.ADMIN, timedelta(), "order_disputed"),
    ],
)
def test_when_nothing_of_an_order_can_be_given_back(
    state: State, by: RequestedBy, after: timedelta, code: str | None
) -> None:
    found = domain.judge(state, [a_line()], by, set(), PAID_AT + after)
    assert (found.refused and found.refused.code) == code
    assert found.total_cents == (1_000 if code is None else 0)
    if code is not None:
        with pytest.raises(Conflict) as refusal:
            domain.allocate(found, None)
        assert refusal.value.code == code


def test_a_buyer_keeps_what_they_downloaded_and_others_may_give_it_back() -> None:
    track, other = a_line(kind="track"), a_line(500, kind="track")
    for by, total in ((RequestedBy.BUYER, 500), (RequestedBy.SELLER, 1_500), (RequestedBy.ADMIN, 1_500)):
        found = domain.judge(PAID, [track, other], by, {track.id}, PAID_AT)
        assert found.total_cents == total
        assert sum(part.amount_cents for part in domain.allocate(found, None)) == total
    all_of_it = domain.judge(PAID, [track], RequestedBy.BUYER, {track.id}, PAID_AT)
    with pytest.raises(Conflict) as refusal:
        domain.allocate(all_of_it, None)
    assert refusal.value.code == "already_downloaded"


def test_a_buyer_gives_something_digital_back_whole() -> None:
    track, service = a_line(kind="track"), a_line()
    parts = [Part(service.id, 1), Part(track.id, 999)]
    with pytest.raises(Invalid) as refusal:
        domain.allocate(domain.judge(PAID, [track, service], RequestedBy.BUYER, set(), PAID_AT), parts)
    assert [problem.field for problem in refusal.value.fields] == ["items.1.amount_cents"]
    for by in (RequestedBy.SELLER, RequestedBy.ADMIN):
        assert domain.allocate(domain.judge(PAID, [track, service], by, set(), PAID_AT), parts) == tuple(parts)
    # What of it went back already does not count.
    rest = a_line(kind="track", refunded=400)
    found = domain.judge(PAID, [rest], RequestedBy.BUYER, set(), PAID_AT)
    assert domain.allocate(found, [Part(rest.id, 600)]) == (Part(rest.id, 600),)


def test_wrong_parts_are_named_by_their_place() -> None:
    line = a_line()
    found = domain.judge(PAID, [line], RequestedBy.ADMIN, set(), PAID_AT)
    wrong = [Part(line.id, 1), Part(new_id(), 1), Part(line.id, 1), Part(line.id, 0)]
    with pytest.raises(Invalid) as refusal:
        domain.allocate(found, wrong)
    assert [problem.field for problem in refusal.value.fields] == [
        "items.1.item_id", "items.2.item_id", "items.3.item_id", "items.3.amount_cents",
    ]  # fmt: skip
    for parts in ([], [Part(line.id, 1)] * 51):
        with pytest.raises(Invalid):
            domain.allocate(found, parts)
    with pytest.raises(Conflict) as too_much:
        domain.allocate(found, [Part(line.id, 1_001)])
    assert too_much.value.code == "refund_exceeds_payment"


# --- where it stands -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refunded", "is_refunding", "is_disputed", "status"),
    [
        (0, False, False, OrderStatus.COMPLETED),
        (1, False, False, OrderStatus.PARTIALLY_REFUNDED),
        (9, False, False, OrderStatus.REFUNDED),
        (0, True, False, OrderStatus.REFUND_PENDING),
        (1, True, True, OrderStatus.DISPUTED),
        (9, False, True, OrderStatus.DISPUTED),
    ],
)
def test_where_an_order_stands(refunded: int, is_refunding: bool, is_disputed: bool, status: OrderStatus) -> None:
    assert domain.status_of(9, refunded, is_refunding=is_refunding, is_disputed=is_disputed) is status


def test_the_order_of_a_disputes_words_means_nothing() -> None:
    for size in (2, 3, 4):
        for words in itertools.combinations(DisputeState, size):
            ends = set()
            for told in itertools.permutations(words):
                held = told[0]
                for word in [*told, told[0]]:
                    held = domain.judge_dispute(held, word)
                ends.add(held)
            assert len(ends) == 1, words
            assert (ends.pop() in domain.COSTLY) == bool(domain.COSTLY & set(words))
