"""From onboarding to the last cent: sellers at the payout provider, whatever that does."""

import asyncio
import csv
import io
from typing import Any

import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.clock import TurnableClock
from tests.factories.market import Market, run_jobs

from veza.auth.domain import Principal, Role
from veza.context import Context
from veza.kit.errors import Conflict
from veza.kit.ids import new_id
from veza.kit.page import PageRequest
from veza.sellers import transfers
from veza.sellers.domain import TransferFilter
from veza.sellers.views import csv_lines


async def mine(market: Market, seller: Person, **filters: Any) -> Any:
    return data_of(await market.client.get("/sell/transfers", headers=seller.headers, params=filters))


async def the_transfer(market: Market, seller: Person) -> Any:
    (found,) = (await mine(market, seller))["transfers"]
    return found


async def admin_of(market: Market) -> Principal:
    person = await join(market.client, "root")
    return Principal(person.id, new_id(), "root", Role.ADMIN, email_verified=True)


async def send_again(market: Market) -> None:
    """Let everything that failed be due, and tried."""
    async with market.ctx.db.connection() as connection:
        await connection.execute("update transfers set next_retry_at = '2026-01-01' where status = 'failed'")
    await transfers.sweep(market.ctx)
    await run_jobs(market.ctx)


async def sent_cents(market: Market) -> list[int]:
    return [found["amount"] for found in (await market.state())["transfers"]["all"]]


# --- the document's samples ------------------------------------------------------------------------------------


async def test_a_balance_before_and_after_onboarding(market: Market, buyer: Person) -> None:
    seller = await market.seller("ada", onboarded=False)
    assert data_of(await market.client.get("/sell/balance", headers=seller.headers)) == {
        "connected": False, "available": 0, "pending": 0, "debt": 0, "currency": "EUR", "onboarding": "none",
    }  # fmt: skip
    await market.buy(buyer, (await market.service(seller, 2_999))["id"])
    waiting = data_of(await market.client.get("/sell/balance", headers=seller.headers))
    assert (waiting["connected"], waiting["available"], waiting["pending"]) == (False, 0, 2_699)
    await market.onboard(seller)
    await market.deliver()
    found = data_of(await market.client.get("/sell/balance", headers=seller.headers))
    assert (found["connected"], found["onboarding"]) == (True, "active")
    assert found["available"] + found["pending"] == 2_699


async def test_onboarding_is_a_fresh_address_each_time_and_one_account(market: Market) -> None:
    seller = await market.seller("ada", onboarded=False)
    answers = await asyncio.gather(
        *(market.client.post("/sell/connect/onboard", headers=seller.headers) for _ in range(8))
    )
    links = {data_of(answer)["onboarding_url"] for answer in answers}
    assert len(links) == 8
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert len((await market.state())["accounts"]) == 1
    shown = data_of(await market.client.get("/sell/connect", headers=seller.headers))
    assert shown == {
        "connected": False, "onboarding": "pending", "disabled_reason": shown["disabled_reason"],
        "requirements_due": shown["requirements_due"],
    }  # fmt: skip


async def test_a_restricted_seller_is_told_and_coming_back_proves_nothing(market: Market) -> None:
    await market.faults(webhooks={"never": 1.0})
    seller = await market.seller("ada", onboarded=False)
    await market.onboard(seller, "abandon")
    refreshed = data_of(await market.client.post("/sell/connect/refresh", headers=seller.headers))
    assert (refreshed["connected"], refreshed["onboarding"]) == (False, "pending")
    await market.onboard(seller, "restrict")
    refreshed = data_of(await market.client.post("/sell/connect/refresh", headers=seller.headers))
    assert (refreshed["connected"], refreshed["onboarding"]) == (False, "restricted")
    assert refreshed["disabled_reason"]


async def test_where_nobody_is_paid_out_shares_wait(client: Any, ctx: Context, ada: Person) -> None:
    assert refusal_of(await client.post("/sell/connect/onboard", headers=ada.headers)) == (409, "payouts_disabled")
    assert data_of(await client.get("/sell/balance", headers=ada.headers))["onboarding"] == "none"


# --- sending ---------------------------------------------------------------------------------------------------


async def test_an_answer_that_is_lost_moves_the_money_once(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    await market.faults(stripe={"lost_answer": {"rate": 1.0, "only": "POST /v1/transfers"}})
    await market.buy(buyer, service["id"])
    failed = await the_transfer(market, seller)
    assert (failed["status"], failed["retry_count"]) == ("failed", 1)
    assert failed["next_retry_at"] is not None
    assert len(await sent_cents(market)) == 1
    await market.faults()
    await send_again(market)
    done = await the_transfer(market, seller)
    assert (done["status"], done["error"], done["retry_count"]) == ("completed", None, 2)
    assert await sent_cents(market) == [2_699]


async def test_an_empty_platform_pays_once_there_is_money(market: Market, seller: Person, buyer: Person) -> None:
    """The provider keeps its no under the old key: only a new one is heard."""
    service = await market.service(seller)
    order = await market.order(buyer, service["id"])
    await market.check_out(order)
    await market.sandbox.post("/sandbox/balance", json={"amount": 0})
    await market.deliver()
    assert (await the_transfer(market, seller))["status"] == "failed"
    assert await market.value("select error_code from transfers") == "balance_insufficient"
    await market.sandbox.post("/sandbox/balance", json={"amount": 10_000})
    await send_again(market)
    assert (await the_transfer(market, seller))["status"] == "completed"
    assert await market.value("select generation from transfers") == 2
    assert await sent_cents(market) == [2_699]


async def test_an_account_that_closes_is_given_up_and_a_new_one_gets_the_money(
    market: Market, seller: Person, buyer: Person
) -> None:
    service = await market.service(seller)
    account_id = await market.value("select account_id from seller_accounts")
    await market.faults(webhooks={"never": 1.0})
    order = await market.order(buyer, service["id"])
    await market.check_out(order)
    await market.sandbox.post(f"/sandbox/accounts/{account_id}", json={"status": "closed"})
    await market.client.post(f"/marketplace/orders/{order['id']}/pay", headers=buyer.headers)
    await run_jobs(market.ctx)
    given_up = await the_transfer(market, seller)
    assert given_up["status"] == "permanently_failed"
    assert data_of(await market.client.get("/sell/balance", headers=seller.headers))["onboarding"] == "none"
    await market.faults()
    await market.onboard(seller)
    tried = await transfers.retry_transfer(market.ctx, await admin_of(market), await transfer_id(market))
    assert (tried.status, tried.retry_count) == ("completed", 2)
    assert await sent_cents(market) == [2_699]
    assert await market.value("select account_id from transfers") != account_id


async def transfer_id(market: Market) -> Any:
    return await market.value("select id from transfers")


async def test_fifty_retries_and_the_worker_at_once_move_the_money_once(
    market: Market, seller: Person, buyer: Person
) -> None:
    service = await market.service(seller)
    await market.faults(stripe={"refused": {"rate": 1.0, "only": "POST /v1/transfers"}})
    await market.buy(buyer, service["id"])
    assert (await the_transfer(market, seller))["status"] == "failed"
    await market.faults()
    admin, found = await admin_of(market), await transfer_id(market)

    async def retry() -> str:
        try:
            return str((await transfers.retry_transfer(market.ctx, admin, found)).status)
        except Conflict as error:
            return error.code

    ends = await asyncio.gather(*(retry() for _ in range(50)), send_again(market))
    assert set(ends[:-1]) <= {"completed", "not_retryable"}
    assert await sent_cents(market) == [2_699]
    assert (await the_transfer(market, seller))["status"] == "completed"
    assert await market.value("select count(*) from ledger_transactions where kind = 'transfer_sent'") == 1
    with pytest.raises(Conflict):
        await transfers.retry_transfer(market.ctx, admin, found)


async def test_a_provider_that_is_away_for_good_leaves_it_to_an_admin(
    market: Market, seller: Person, buyer: Person, clock: TurnableClock
) -> None:
    service = await market.service(seller)
    await market.faults(stripe={"refused": {"rate": 1.0, "only": "POST /v1/transfers"}})
    await market.buy(buyer, service["id"])
    for tried in range(2, market.ctx.settings.transfer_tries + 1):
        await send_again(market)
        clock.turn(30)  # the breaker lets somebody try again
        assert (await the_transfer(market, seller))["retry_count"] <= tried
    for _ in range(20):
        await send_again(market)
    given_up = await the_transfer(market, seller)
    assert (given_up["status"], given_up["retry_count"], given_up["next_retry_at"]) == ("permanently_failed", 8, None)
    assert await market.value("select count(*) from audit_entries where action = 'transfer.gave_up'") == 1


async def test_a_worker_that_was_paused_says_nothing_when_it_comes_back(
    market: Market, seller: Person, buyer: Person
) -> None:
    """Its claim ran out, another sent the money; what the first one then sends is the same to the provider."""
    service = await market.service(seller)
    await market.faults(stripe={"slow": {"next": 1, "only": "POST /v1/transfers"}, "slow_ms": 1_500})
    order = await market.order(buyer, service["id"])
    await market.check_out(order)
    await market.client.post(f"/marketplace/orders/{order['id']}/pay", headers=buyer.headers)
    found = await transfer_id(market)
    slow = asyncio.create_task(transfers.send_transfer(market.ctx, found))
    while await market.value("select claim is null from transfers"):  # noqa: ASYNC110 - a row tells nobody
        await asyncio.sleep(0)
    async with market.ctx.db.connection() as connection:
        await connection.execute("update transfers set claimed_until = now() - interval '1 second'")
    await transfers.send_transfer(market.ctx, found)
    await slow
    assert await sent_cents(market) == [2_699]
    assert (await the_transfer(market, seller))["status"] in {"completed", "failed"}
    await send_again(market)
    assert (await the_transfer(market, seller))["status"] == "completed"
    assert await market.value("select count(*) from ledger_transactions where kind = 'transfer_sent'") == 1


# --- statements ------------------------------------------------------------------------------------------------


async def test_transfers_are_listed_filtered_and_nobody_elses(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    orders = [await market.buy(buyer, service["id"]) for _ in range(3)]
    page = await mine(market, seller, limit=2)
    assert (page["total"], len(page["transfers"])) == (3, 2)
    assert page["transfers"][0]["order_id"] == orders[-1]["id"]
    assert (await mine(market, seller, status="failed"))["total"] == 0
    assert (await mine(market, seller, status="completed"))["total"] == 3
    now = await market.value("select now()")
    assert (await mine(market, seller, **{"from": now.isoformat().replace("+00:00", "Z")}))["total"] == 0
    assert (await mine(market, buyer))["total"] == 0
    for wrong in ({"status": "sent"}, {"from": "yesterday"}, {"limit": 0}, {"offset": -1}):
        answer = await market.client.get("/sell/transfers", headers=seller.headers, params=wrong)
        assert refusal_of(answer)[0] == 400


async def test_a_file_for_a_spreadsheet_holds_them_all(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    order = await market.buy(buyer, service["id"])
    answer = await market.client.get("/sell/transfers.csv", headers=seller.headers)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="transfers.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["order_id"], row["amount_cents"], row["status"]) for row in rows] == [
        (order["id"], "2699", "completed")
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
async def test_what_a_spreadsheet_would_run_is_text(market: Market, seller: Person, buyer: Person, text: str) -> None:
    await market.buy(buyer, (await market.service(seller))["id"])
    page = await transfers.list_transfers(market.ctx, TransferFilter(), PageRequest())
    object.__setattr__(page.items[0], "order_number", text)
    (row,) = csv.reader(io.StringIO(csv_lines(page.items).decode(), newline=""))
    assert row[1] == f"'{text}"


async def test_days_without_a_sale_are_days_too(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    await market.buy(buyer, {"product_id": service["id"], "quantity": 2})
    stats = data_of(await market.client.get("/sell/stats", headers=seller.headers, params={"days": 7}))
    assert len(stats["days"]) == 7
    assert stats["days"][-1]["date"] == market.ctx.clock.now().date().isoformat()
    assert stats["totals"] == {
        "orders": 1, "gross_cents": 5_998, "fee_cents": 600, "net_cents": 5_398, "refunded_cents": 0,
    }  # fmt: skip
    assert stats["top_products"] == [
        {"product_id": service["id"], "title": service["title"], "quantity": 2, "gross_cents": 5_998}
    ]
    for wrong in (0, 367, "x"):
        answer = await market.client.get("/sell/stats", headers=seller.headers, params={"days": wrong})
        assert refusal_of(answer)[0] == 400
