"""Money moves once, whatever dies, pauses or is forgotten in between.

The provider is in memory, so that each of these moments can be chosen; the real wire is in `tests/acceptance`.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.factories.accounts import a_person
from tests.factories.clock import TurnableClock
from tests.factories.payouts import NAME, Died, MemoryPayouts
from tests.factories.sales import a_transfer, an_order

from veza.auth.domain import Principal
from veza.context import Context
from veza.kit.errors import Conflict, NotFound
from veza.kit.ids import new_id
from veza.ports.provider_errors import (
    NotExecuted,
    OutcomeUnknown,
    ProviderError,
    RecipientNotReady,
    Refused,
    Unauthorized,
)
from veza.sellers import service, transfers
from veza.sellers.domain import SEND_TRANSFER, TransferFilter, TransferStatus

A_DAY_S = 25 * 3600.0


@pytest.fixture
def payouts() -> MemoryPayouts:
    return MemoryPayouts()


@pytest.fixture
def world(ctx: Context, payouts: MemoryPayouts) -> Context:
    return replace(ctx, payouts=payouts)


@pytest.fixture
async def seller(world: Context, payouts: MemoryPayouts) -> Principal:
    """Somebody whose account can receive transfers."""
    person = await a_person(world.db, "ada")
    await service.onboard(world, person)
    account_id = (await service.find_account(world, person.user_id)).account_id
    assert account_id is not None
    payouts.let_receive(account_id)
    assert await service.refresh_account(world, account_id)
    return person


async def owed(world: Context, seller: Principal, status: str = "pending") -> UUID:
    """A share of 26.99 that was not sent yet."""
    order_id = await an_order(world.db, seller.user_id, (seller.user_id, 2_999), status="completed")
    return await a_transfer(world.db, order_id, seller.user_id, 2_999, status=status)


async def value(world: Context, statement: str, *args: Any) -> Any:
    async with world.db.connection() as connection:
        return await connection.fetchval(statement, *args)


async def send(world: Context, transfer_id: UUID) -> TransferStatus:
    """Try it now, whenever it is due and whoever held it."""
    await value(
        world, "update transfers set next_retry_at = '2026-01-01' where id = $1 and status = 'failed'", transfer_id
    )
    await value(
        world,
        "update transfers set claimed_until = now() - interval '1 s' where id = $1 and claim is not null",
        transfer_id,
    )
    await transfers.send_transfer(world, transfer_id)
    return (await transfers.get_transfer(world, transfer_id)).status


def unauthorized() -> ProviderError:
    return Unauthorized(NAME, "api_key_expired", 401)


def too_many() -> ProviderError:
    return NotExecuted(NAME, "rate_limit", 429)


# --- keys ------------------------------------------------------------------------------------------------------


async def test_an_unknown_outcome_keeps_its_key_and_account(
    world: Context, payouts: MemoryPayouts, seller: Principal
) -> None:
    found = await owed(world, seller)
    payouts.lose_next = 1
    assert await send(world, found) is TransferStatus.FAILED
    assert await send(world, found) is TransferStatus.COMPLETED
    assert [request.key for request in payouts.asked] == [f"transfer:{found}:1"] * 2
    assert len(payouts.sent_of(found)) == 1


async def test_money_that_was_short_moves_under_a_new_key(
    world: Context, payouts: MemoryPayouts, seller: Principal
) -> None:
    found = await owed(world, seller)
    payouts.balance_cents = 0
    assert await send(world, found) is TransferStatus.FAILED
    payouts.balance_cents = 10_000
    assert await send(world, found) is TransferStatus.COMPLETED
    assert [request.key for request in payouts.asked] == [f"transfer:{found}:1", f"transfer:{found}:2"]
    assert payouts.balance_cents == 10_000 - 2_699


@pytest.mark.parametrize("between", [None, too_many, unauthorized])
async def test_what_stayed_unknown_for_a_day_is_looked_up_first(
    world: Context,
    payouts: MemoryPayouts,
    seller: Principal,
    clock: TurnableClock,
    between: Callable[[], ProviderError] | None,
) -> None:
    """Nothing that the provider did not carry out later makes the first try known."""
    found = await owed(world, seller)
    payouts.lose_next = 1
    await send(world, found)
    if between is not None:
        payouts.fail_next = [between()]
        assert await send(world, found) is TransferStatus.FAILED
    clock.turn(A_DAY_S)
    payouts.forget_keys()
    assert await send(world, found) is TransferStatus.COMPLETED
    assert len(payouts.sent_of(found)) == 1


async def test_who_dies_after_sending_leaves_word_that_it_may_have_happened(
    world: Context, payouts: MemoryPayouts, seller: Principal, clock: TurnableClock
) -> None:
    found = await owed(world, seller)
    payouts.lose_next, payouts.dies = 1, True
    with pytest.raises(Died):
        await send(world, found)
    assert (await transfers.get_transfer(world, found)).status is TransferStatus.PENDING
    clock.turn(A_DAY_S)
    payouts.forget_keys()
    assert await send(world, found) is TransferStatus.COMPLETED
    assert len(payouts.sent_of(found)) == 1


async def test_what_never_happened_is_sent_under_a_new_key_after_a_day(
    world: Context, payouts: MemoryPayouts, seller: Principal, clock: TurnableClock
) -> None:
    found = await owed(world, seller)
    payouts.fail_next = [OutcomeUnknown(NAME, "timeout")]
    await send(world, found)
    clock.turn(A_DAY_S)
    payouts.lose_next = 1
    assert await send(world, found) is TransferStatus.FAILED
    assert [request.key for request in payouts.asked] == [f"transfer:{found}:1", f"transfer:{found}:2"]
    assert await send(world, found) is TransferStatus.COMPLETED
    assert len(payouts.sent_of(found)) == 1


async def test_an_account_that_changed_meanwhile_does_not_get_the_same_key(
    world: Context, payouts: MemoryPayouts, seller: Principal
) -> None:
    found = await owed(world, seller)
    payouts.fail_next = [OutcomeUnknown(NAME, "timeout")]
    await send(world, found)
    first = payouts.asked[0].account_id
    await value(world, "update seller_accounts set is_gone = true, can_receive = false where account_id = $1", first)
    await service.onboard(world, seller)
    second = (await service.find_account(world, seller.user_id)).account_id
    assert second is not None
    assert second != first
    payouts.let_receive(second)
    payouts.gone.add(first)
    await service.refresh_account(world, second)
    assert await send(world, found) is TransferStatus.PERMANENTLY_FAILED
    admin = await a_person(world.db, "root")
    assert (await transfers.retry_transfer(world, admin, found)).status is TransferStatus.COMPLETED
    assert [(request.key[-1], request.account_id) for request in payouts.asked] == [
        ("1", first), ("1", first), ("2", second),
    ]  # fmt: skip
    assert await value(world, "select account_id from transfers where id = $1", found) == second


async def test_whatever_happens_in_whatever_order_the_money_moves_once(
    world: Context, payouts: MemoryPayouts, seller: Principal, clock: TurnableClock
) -> None:
    admin = await a_person(world.db, "root")
    account_id = next(iter(payouts.accounts))
    for seed in range(40):
        chance, found = random.Random(seed), await owed(world, seller)
        history = chance.choices(["lost", "dies", "away", "busy", "key", "short", "not ready", "a day"], k=6)
        for what in history:
            payouts.lose_next, payouts.dies = int(what in {"lost", "dies"}), what == "dies"
            payouts.balance_cents = 0 if what == "short" else 1_000_000
            payouts.let_receive(account_id, can_receive=what != "not ready")
            errors = {"away": OutcomeUnknown(NAME, "timeout"), "busy": too_many(), "key": unauthorized()}
            payouts.fail_next = [errors[what]] if what in errors else []
            if what == "a day":
                clock.turn(A_DAY_S)
                payouts.forget_keys()
            try:
                status = await send(world, found)
            except Died:
                status = TransferStatus.PENDING
            if status is TransferStatus.WAITING_FOR_SELLER:
                payouts.let_receive(account_id)
                await service.refresh_account(world, account_id)
        payouts.lose_next, payouts.fail_next, payouts.balance_cents = 0, [], 1_000_000
        if await send(world, found) is TransferStatus.PERMANENTLY_FAILED:
            await transfers.retry_transfer(world, admin, found)
        assert (await transfers.get_transfer(world, found)).status is TransferStatus.COMPLETED, (seed, history)
        assert len(payouts.sent_of(found)) == 1, (seed, history)
        assert await value(world, "select count(*) from ledger_transactions where subject_id = $1", found) == 1


# --- two at once -----------------------------------------------------------------------------------------------


class Gate:
    """Holds the first who comes until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> None:
        if not self.reached.is_set():
            self.reached.set()
            await self.opened.wait()


async def while_paused(gate: Gate, paused: Awaitable[Any], meanwhile: Callable[[], Awaitable[Any]]) -> None:
    task = asyncio.ensure_future(paused)
    await gate.reached.wait()
    await meanwhile()
    gate.opened.set()
    await task


async def test_who_lost_the_claim_before_sending_does_not_send(
    world: Context, payouts: MemoryPayouts, seller: Principal
) -> None:
    found, gate = await owed(world, seller), Gate()
    payouts.balance_cents = 0
    await send(world, found)
    payouts.balance_cents, payouts.after_list = 10_000, gate
    await while_paused(gate, send(world, found), lambda: send(world, found))
    assert len(payouts.asked) == 2
    assert (await transfers.get_transfer(world, found)).status is TransferStatus.COMPLETED
    assert payouts.balance_cents == 10_000 - 2_699


@pytest.mark.parametrize("late", [Refused(NAME, "country_unsupported", 400), OutcomeUnknown(NAME, "timeout")])
async def test_who_lost_the_claim_while_sending_changes_nothing(
    world: Context, payouts: MemoryPayouts, seller: Principal, late: ProviderError
) -> None:
    found, gate = await owed(world, seller), Gate()
    payouts.before_transfer = gate

    async def meanwhile() -> None:
        await send(world, found)
        payouts.fail_next = [late]

    await while_paused(gate, send(world, found), meanwhile)
    done = await transfers.get_transfer(world, found)
    assert (done.status, done.error, done.retry_count) == (TransferStatus.COMPLETED, None, 0)
    assert await value(world, "select count(*) from audit_entries where subject_id = $1", str(found)) == 0
    assert await value(world, "select count(*) from ledger_transactions where subject_id = $1", found) == 1


async def test_fifty_retries_and_a_worker_have_one_effect(
    world: Context, payouts: MemoryPayouts, seller: Principal
) -> None:
    found, admin = await owed(world, seller), await a_person(world.db, "root")
    payouts.balance_cents = 0
    await send(world, found)
    payouts.balance_cents = 10_000

    async def retry() -> str:
        try:
            return (await transfers.retry_transfer(world, admin, found)).status
        except Conflict as error:
            return error.code

    ends = await asyncio.gather(*(retry() for _ in range(50)), transfers.send_transfer(world, found))
    assert set(ends[:-1]) <= {TransferStatus.COMPLETED, "not_retryable"}
    assert (await transfers.get_transfer(world, found)).status is TransferStatus.COMPLETED
    assert payouts.balance_cents == 10_000 - 2_699
    assert await value(world, "select count(*) from audit_entries where action = 'transfer.retried'") == ends.count(
        TransferStatus.COMPLETED
    )


async def test_what_is_not_there_cannot_be_retried(world: Context, seller: Principal) -> None:
    with pytest.raises(NotFound):
        await transfers.retry_transfer(world, seller, new_id())


# --- sellers who are not ready ---------------------------------------------------------------------------------


async def test_who_is_not_ready_is_waited_for_and_costs_no_try(
    world: Context, payouts: MemoryPayouts, seller: Principal
) -> None:
    found, (account_id,) = await owed(world, seller), payouts.accounts
    payouts.let_receive(account_id, can_receive=False)
    assert await send(world, found) is TransferStatus.WAITING_FOR_SELLER
    assert not (await service.find_account(world, seller.user_id)).can_receive
    payouts.let_receive(account_id)
    await service.refresh_account(world, account_id)
    assert await value(world, "select count(*) from jobs where name = $1", SEND_TRANSFER) == 1
    assert await send(world, found) is TransferStatus.COMPLETED
    assert (await transfers.get_transfer(world, found)).retry_count == 0


async def test_who_is_refused_though_ready_is_tried_later_and_not_for_ever(
    world: Context, payouts: MemoryPayouts, seller: Principal
) -> None:
    """The provider contradicts itself: nobody will say when it changes its mind."""
    found = await owed(world, seller)
    for tried in range(1, world.settings.transfer_tries + 1):
        payouts.fail_next = [RecipientNotReady(NAME, "transfers_not_allowed", 400)]
        await send(world, found)
        assert (await transfers.get_transfer(world, found)).retry_count == tried
        assert await transfers.sweep(world) == 0
    assert (await transfers.get_transfer(world, found)).status is TransferStatus.PERMANENTLY_FAILED


async def test_without_payouts_what_is_owed_waits(ctx: Context, world: Context, seller: Principal) -> None:
    found = await owed(world, seller)
    assert await send(ctx, found) is TransferStatus.WAITING_FOR_SELLER
    assert await transfers.sweep(ctx) == 0
    assert await transfers.sweep(world) == 1
    assert await send(world, found) is TransferStatus.COMPLETED


# --- the file --------------------------------------------------------------------------------------------------


async def test_a_file_holds_each_transfer_once_whatever_changes_while_it_is_read(
    world: Context, seller: Principal
) -> None:
    made = [await owed(world, seller) for _ in range(5)]
    read: list[UUID] = []
    async for page in transfers.stream_transfers(world, TransferFilter(seller_id=seller.user_id), per_page=2):
        read += [found.id for found in page]
        await owed(world, seller)
    assert read == made[::-1]
    read = []
    waiting = TransferFilter(TransferStatus.PENDING, seller.user_id)
    async for page in transfers.stream_transfers(world, waiting, per_page=2):
        read += [found.id for found in page]
        await transfers.send_transfer(world, page[0].id)
    assert set(made) <= set(read)
    assert len(read) == len(set(read))
