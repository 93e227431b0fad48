"""Transfers as the admins see and retry them, and the comparison of money: against the providers' real wire."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.market import Market, run_jobs

from veza.admin.money_check import check_money
from veza.auth.domain import Role
from veza.auth.service import change_role
from veza.kit.ids import new_id


@pytest.fixture
async def admin(market: Market) -> Person:
    person = await join(market.client, "root")
    await change_role(market.ctx, person.id, Role.ADMIN)
    return person


@pytest.fixture
async def failed(market: Market) -> Any:
    """A transfer of 26.99 to ada that was refused for want of money: the platform's balance was short."""
    ada, bob = await market.seller("ada"), await join(market.client, "bob")
    await market.faults(stripe={"balance_insufficient": {"next": 1}})
    await market.buy(bob, (await market.service(ada))["id"])
    transfers = data_of(await market.client.get("/sell/transfers", headers=ada.headers))["transfers"]
    assert [transfer["status"] for transfer in transfers] == ["failed"]
    return transfers[0]


async def retry(market: Market, admin: Person, transfer_id: str, key: str | None = None) -> httpx.Response:
    headers = admin.headers if key is None else {**admin.headers, "Idempotency-Key": key}
    return await market.client.post(f"/admin/transfers/{transfer_id}/retry", headers=headers)


async def sent(market: Market) -> int:
    """How many transfers the provider made."""
    count: int = (await market.state())["transfers"]["count"]
    return count


# --- the document's own samples ----------------------------------------------------------------------------------


async def test_the_documents_list_and_retry(market: Market, admin: Person, failed: Any) -> None:
    answer = await market.client.get("/admin/transfers?status=failed&limit=50&offset=0", headers=admin.headers)
    data = data_of(answer)
    assert data["total"] == 1
    transfer = data["transfers"][0]
    assert {name: transfer[name] for name in ("amount_cents", "platform_fee_cents", "currency", "status")} == {
        "amount_cents": 2_699,
        "platform_fee_cents": 300,
        "currency": "EUR",
        "status": "failed",
    }
    assert (transfer["id"], transfer["retry_count"]) == (failed["id"], 1)
    assert {"seller_id", "order_id", "next_retry_at", "created_at"} <= transfer.keys()
    retried = data_of(await retry(market, admin, failed["id"]))
    assert retried == {"id": failed["id"], "status": "completed", "retry_count": 2}


# --- lists ---------------------------------------------------------------------------------------------------------


async def test_transfers_are_filtered(market: Market, admin: Person, failed: Any) -> None:
    async def found(**asked: Any) -> list[str]:
        data = data_of(await market.client.get("/admin/transfers", params=asked, headers=admin.headers))
        assert data["total"] == len(data["transfers"])
        return [transfer["id"] for transfer in data["transfers"]]

    day = failed["created_at"][:10]
    everything = [failed["id"]]
    assert await found() == await found(seller_id=failed["seller_id"]) == everything
    assert await found(**{"from": day, "to": day}) == everything
    assert await found(**{"from": failed["created_at"], "to": failed["created_at"]}) == everything
    assert await found(to="2020-01-01") == await found(status="completed") == await found(seller_id=str(new_id())) == []
    for wrong in ("status=lost", "seller_id=1", "from=never", "to=2026-13-01", "limit=101", "offset=-1"):
        answer = await market.client.get(f"/admin/transfers?{wrong}", headers=admin.headers)
        assert refusal_of(answer) == (400, "validation_error"), wrong
    for person in (await join(market.client, "carl"), None):
        headers = {} if person is None else person.headers
        refused = (401, "unauthenticated") if person is None else (403, "forbidden")
        assert refusal_of(await market.client.get("/admin/transfers", headers=headers)) == refused
        path = f"/admin/transfers/{failed['id']}/retry"
        assert refusal_of(await market.client.post(path, headers=headers)) == refused


async def test_a_seller_asks_for_days_too(market: Market, failed: Any) -> None:
    ada = data_of(
        await market.client.post("/auth/login", json={"email": "ada@example.com", "password": "SecureP@ssw0rd"})
    )
    headers = {"Authorization": f"Bearer {ada['access_token']}"}
    day = failed["created_at"][:10]
    for query, total in ((f"from={day}&to={day}", 1), ("to=2020-01-01", 0)):
        assert data_of(await market.client.get(f"/sell/transfers?{query}", headers=headers))["total"] == total
    assert refusal_of(await market.client.get("/sell/transfers?from=x", headers=headers)) == (400, "validation_error")


# --- retrying ------------------------------------------------------------------------------------------------------


async def test_a_retry_answers_how_it_ended_and_is_written_down(market: Market, admin: Person, failed: Any) -> None:
    await market.faults(stripe={"balance_insufficient": 1.0})
    again = data_of(await retry(market, admin, failed["id"]))
    assert (again["status"], again["retry_count"]) == ("failed", 2)
    await market.faults()
    assert data_of(await retry(market, admin, failed["id"]))["status"] == "completed"
    assert refusal_of(await retry(market, admin, failed["id"])) == (409, "not_retryable")
    assert refusal_of(await retry(market, admin, str(new_id()))) == (404, "not_found")
    acts = data_of(await market.client.get("/admin/audit?action=transfer.retried", headers=admin.headers))["entries"]
    assert [(act["actor_username"], act["subject_id"]) for act in acts] == [("root", failed["id"])] * 2
    assert await sent(market) == 1


async def test_many_clicks_at_once_move_money_once(market: Market, admin: Person, failed: Any) -> None:
    answers = await asyncio.gather(*(retry(market, admin, failed["id"]) for _ in range(20)))
    results = [200 if answer.status_code == 200 else refusal_of(answer) for answer in answers]
    assert results.count(200) == 1
    assert set(results) == {200, (409, "not_retryable")}
    assert await sent(market) == 1


async def test_a_key_makes_a_repeated_retry_the_same_retry(market: Market, admin: Person, failed: Any) -> None:
    first = await retry(market, admin, failed["id"], key="k")
    again = await retry(market, admin, failed["id"], key="k")
    assert data_of(first) == data_of(again) == {"id": failed["id"], "status": "completed", "retry_count": 2}
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    # a refusal gives the key back
    for _ in range(2):
        assert refusal_of(await retry(market, admin, failed["id"], key="other")) == (409, "not_retryable")
    assert refusal_of(await retry(market, admin, failed["id"], key="x" * 256)) == (400, "validation_error")
    assert await sent(market) == 1


async def test_a_key_belongs_to_one_transfer(market: Market, admin: Person, failed: Any) -> None:
    data_of(await retry(market, admin, failed["id"], key="k"))
    assert refusal_of(await retry(market, admin, str(new_id()), key="k")) == (404, "not_found")


# --- the comparison ------------------------------------------------------------------------------------------------


async def test_a_market_agrees_with_its_providers(market: Market, admin: Person, failed: Any) -> None:
    del failed
    carl, buyer = await market.seller("carl"), await join(market.client, "buyer")
    late = await market.seller("late", onboarded=False)
    for seller in (carl, carl, late):
        await market.buy(buyer, (await market.service(seller, 1_050))["id"])
    await market.order(buyer, (await market.service(carl))["id"])  # never paid
    checked = data_of(await market.client.post("/admin/ledger/check", headers=admin.headers))
    assert (checked["is_balanced"], checked["differences"], checked["unanswered"]) == (True, [], 0)
    assert checked["asked"] == 4 + 4
    await run_jobs(market.ctx)


async def test_what_happened_behind_our_back_is_found(market: Market, admin: Person, failed: Any) -> None:
    data_of(await retry(market, admin, failed["id"]))
    async with market.ctx.db.connection() as connection:
        await connection.execute("update payments set provider_payment_id = reverse(provider_payment_id)")
        await connection.execute("update transfers set stripe_transfer_id = 'tr_other'")
    found = (await check_money(market.ctx, ask_providers=True)).check.differences
    assert [one.code for one in found] == ["provider_payment_missing", "provider_transfer_differs"]


async def test_a_transfer_whose_answer_was_lost_is_no_difference(market: Market, admin: Person) -> None:
    ada, bob = await market.seller("ada"), await join(market.client, "bob")
    await market.faults(stripe={"lost_answer": {"rate": 1.0, "only": "POST /v1/transfers"}})
    await market.buy(bob, (await market.service(ada))["id"])
    await market.faults()
    assert await sent(market) == 1
    report = await check_money(market.ctx, ask_providers=True)
    assert (report.check.differences, report.unanswered) == ((), 0)
    transfer = data_of(await market.client.get("/admin/transfers", headers=admin.headers))["transfers"][0]
    assert transfer["status"] == "failed"
    assert data_of(await retry(market, admin, transfer["id"]))["status"] == "completed"
    assert await sent(market) == 1
    assert (await check_money(market.ctx, ask_providers=True)).check.is_balanced
