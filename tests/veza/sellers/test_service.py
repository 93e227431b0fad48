"""Sellers' accounts at the provider: made once, believed in the right order, and asked for when a share comes."""

import asyncio
from dataclasses import replace

import pytest
from tests.factories.accounts import a_person
from tests.factories.payouts import NAME, MemoryPayouts
from tests.factories.sales import an_order

from veza.auth.domain import Principal
from veza.context import Context
from veza.kit.errors import Conflict, Forbidden, Unavailable
from veza.ports.payouts import SellerAccount
from veza.ports.provider_errors import ProviderError, Refused, Unauthorized
from veza.sellers import service
from veza.sellers.domain import SEND_TRANSFER, Onboarding


class Refusing(MemoryPayouts):
    """Opens no account while `refusal` stands."""

    refusal: ProviderError | None = None

    async def create_account(self, key: str, seller_id: object, email: str) -> SellerAccount:
        if self.refusal is not None:
            raise self.refusal
        return await super().create_account(key, seller_id, email)  # type: ignore[arg-type]


@pytest.fixture
def payouts() -> Refusing:
    return Refusing()


@pytest.fixture
def world(ctx: Context, payouts: Refusing) -> Context:
    return replace(ctx, payouts=payouts)


@pytest.fixture
async def seller(world: Context) -> Principal:
    return await a_person(world.db, "ada")


async def account_of(world: Context, seller: Principal) -> str:
    found = (await service.find_account(world, seller.user_id)).account_id
    assert found is not None
    return found


async def test_many_clicks_make_one_account(world: Context, payouts: Refusing, seller: Principal) -> None:
    await asyncio.gather(*(service.onboard(world, seller) for _ in range(10)))
    assert len(payouts.accounts) == 1
    assert set(payouts.account_keys) == {f"account:{seller.user_id}:1"}


@pytest.mark.parametrize(
    ("refusal", "generation"),
    [(Refused(NAME, "country_unsupported", 400), 2), (Unauthorized(NAME, "api_key_expired", 401), 1)],
)
async def test_a_refusal_that_the_provider_keeps_needs_a_new_key(
    world: Context, payouts: Refusing, seller: Principal, refusal: ProviderError, generation: int
) -> None:
    payouts.refusal = refusal
    with pytest.raises(Unavailable) as caught:
        await service.onboard(world, seller)
    assert caught.value.retry_after_s >= 1
    payouts.refusal = None
    await service.onboard(world, seller)
    assert payouts.account_keys == [f"account:{seller.user_id}:{generation}"]


async def test_who_must_verify_their_address_does_so_first(world: Context, seller: Principal) -> None:
    strict = replace(world, settings=replace(world.settings, require_verified_email=True))
    with pytest.raises(Forbidden):
        await service.onboard(strict, seller)
    with pytest.raises(Conflict) as caught:
        await service.onboard(replace(world, payouts=None), seller)
    assert caught.value.code == "payouts_disabled"


async def test_an_older_answer_does_not_undo_a_newer_one(world: Context, payouts: Refusing, seller: Principal) -> None:
    await service.onboard(world, seller)
    account_id, reached, opened = await account_of(world, seller), asyncio.Event(), asyncio.Event()

    async def pause() -> None:
        if not reached.is_set():
            reached.set()
            await opened.wait()

    payouts.after_account = pause
    slow = asyncio.ensure_future(service.refresh_account(world, account_id))
    await reached.wait()
    payouts.let_receive(account_id)
    await service.refresh_account(world, account_id)
    opened.set()
    await slow
    assert (await service.find_account(world, seller.user_id)).onboarding is Onboarding.ACTIVE


async def test_an_account_that_is_gone_makes_room_for_another(
    world: Context, payouts: Refusing, seller: Principal
) -> None:
    await service.onboard(world, seller)
    first = await account_of(world, seller)
    payouts.let_receive(first)
    await service.refresh_account(world, first)
    payouts.gone.add(first)
    assert await service.refresh_account(world, first)
    lost = await service.find_account(world, seller.user_id)
    assert (lost.onboarding, lost.can_receive) == (Onboarding.NONE, False)
    assert (await service.get_balance(world, seller)).connected is False
    await service.onboard(world, seller)
    second = await account_of(world, seller)
    assert second != first
    payouts.let_receive(second)
    await service.refresh_account(world, second)
    assert (await service.find_account(world, seller.user_id)).onboarding is Onboarding.ACTIVE


async def test_an_account_that_is_not_ours_is_nobodys(world: Context) -> None:
    assert not await service.refresh_account(world, "acct_stranger")


@pytest.mark.parametrize("ready", [True, False])
async def test_a_share_is_made_once_and_sent_when_it_can_be(
    world: Context, payouts: Refusing, seller: Principal, *, ready: bool
) -> None:
    await service.onboard(world, seller)
    if ready:
        payouts.let_receive(await account_of(world, seller))
        await service.refresh_account(world, await account_of(world, seller))
    order_id = await an_order(world.db, seller.user_id, (seller.user_id, 2_999), status="completed")
    for _ in range(2):
        async with world.db.transaction() as tx:
            await service.create_transfer(
                tx,
                world,
                seller_id=seller.user_id,
                order_id=order_id,
                amount_cents=2_699,
                platform_fee_cents=300,
                currency="EUR",
            )
    async with world.db.connection() as connection:
        rows = await connection.fetch("select status, amount_cents from transfers")
        jobs = await connection.fetchval("select count(*) from jobs where name = $1", SEND_TRANSFER)
    assert [tuple(row) for row in rows] == [("pending" if ready else "waiting_for_seller", 2_699)]
    assert jobs == int(ready)
    balance = await service.get_balance(world, seller)
    assert (balance.connected, balance.available_cents, balance.pending_cents) == (ready, 0, 2_699)
