"""What a try that failed means for the next one: which key, when, and when nobody tries any more."""

from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from veza.sellers import domain
from veza.sellers.domain import Account, Failure, Onboarding, ReversalStatus, TransferStatus


@given(st.integers(0, 6), st.sampled_from([Failure.SAME_KEY, Failure.NEW_KEY]))
def test_a_failure_that_passes_is_tried_again_after_a_wait_that_grows(count: int, failure: Failure) -> None:
    after = domain.after_failure(failure, retry_count=count, tries=8, base_s=60.0)
    assert (after.status, after.retry_count) == (TransferStatus.FAILED, count + 1)
    assert after.wait_s is not None
    assert 0 <= after.wait_s <= min(86_400, 60 * 4**count)
    assert after.needs_new_key is (failure is Failure.NEW_KEY)


@pytest.mark.parametrize("failure", [Failure.SAME_KEY, Failure.NEW_KEY])
def test_after_the_last_try_it_is_an_admins(failure: Failure) -> None:
    after = domain.after_failure(failure, retry_count=7, tries=8, base_s=60.0)
    assert (after.status, after.retry_count, after.wait_s) == (TransferStatus.PERMANENTLY_FAILED, 8, None)


def test_a_no_that_stays_needs_a_new_key_for_whoever_tries_again() -> None:
    after = domain.after_failure(Failure.GIVE_UP, retry_count=0, tries=8, base_s=60.0)
    assert (after.status, after.needs_new_key) == (TransferStatus.PERMANENTLY_FAILED, True)


def test_who_is_not_ready_costs_no_try_and_neither_does_a_key_of_ours_that_is_refused() -> None:
    parked = domain.after_failure(Failure.PARK, retry_count=3, tries=8, base_s=60.0)
    assert (parked.status, parked.retry_count, parked.wait_s) == (TransferStatus.WAITING_FOR_SELLER, 3, None)
    ours = domain.after_failure(Failure.NOT_OURS, retry_count=7, tries=8, base_s=60.0)
    assert (ours.status, ours.retry_count, ours.wait_s) == (TransferStatus.FAILED, 7, 240.0)


def test_a_key_names_the_transfer_and_its_attempt() -> None:
    assert domain.transfer_key(UUID(int=1), 3) == f"transfer:{UUID(int=1)}:3"


@pytest.mark.parametrize(
    ("changes", "onboarding"),
    [
        ({"account_id": None}, Onboarding.NONE),
        ({"is_gone": True, "can_receive": False}, Onboarding.NONE),
        ({}, Onboarding.ACTIVE),
        ({"can_receive": False, "details_submitted": False, "disabled_reason": "x"}, Onboarding.PENDING),
        ({"can_receive": False}, Onboarding.PENDING),
        ({"can_receive": False, "disabled_reason": "requirements.past_due"}, Onboarding.RESTRICTED),
    ],
)
def test_what_a_seller_is_told(changes: dict[str, object], onboarding: Onboarding) -> None:
    values = {
        "user_id": UUID(int=1),
        "account_id": "acct_1",
        "can_receive": True,
        "details_submitted": True,
        "disabled_reason": None,
        "requirements_due": 0,
        "is_gone": False,
    }
    assert Account(**{**values, **changes}).onboarding is onboarding  # type: ignore[arg-type]


@given(
    st.integers(1, 10_000),
    st.sampled_from(TransferStatus),
    st.booleans(),
    st.integers(0, 10_000).flatmap(lambda left: st.tuples(st.just(left), st.integers(0, left))),
)
def test_what_is_taken_back_comes_from_somewhere_and_is_reversed_only_if_it_can_have_been_sent(
    amount_cents: int, status: TransferStatus, is_under_way: bool, sums: tuple[int, int]
) -> None:
    left_cents, asked_cents = sums
    plan = domain.plan_take_back(
        amount_cents, status, is_under_way=is_under_way, left_cents=left_cents, asked_cents=asked_cents
    )
    assert plan.payable_cents + plan.reverse_cents + plan.owed_cents == amount_cents
    assert min(plan.payable_cents, plan.reverse_cents, plan.owed_cents) >= 0
    assert plan.reverse_cents <= left_cents - asked_cents
    if status.is_sent or is_under_way:
        assert plan.payable_cents == 0
    else:
        assert plan.reverse_cents == 0
    expected = (
        ReversalStatus.PENDING
        if plan.reverse_cents and status.is_sent
        else ReversalStatus.WAITING
        if plan.reverse_cents
        else ReversalStatus.OWED
        if plan.owed_cents
        else ReversalStatus.DONE
    )
    assert plan.status is expected


def test_a_reversals_key_names_the_refund_too() -> None:
    assert domain.reversal_key(UUID(int=1), UUID(int=2), 3) == f"reversal:{UUID(int=1)}:{UUID(int=2)}:3"
