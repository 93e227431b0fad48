"""Invoices from the order to the paper, through the real doors: who may have one, when, and that it never changes."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.market import Market, open_market
from tests.factories.paper import require_sound, squeezed, words_of
from tests.factories.refunds import ask

from veza.context import Context
from veza.kit.ids import new_id


@pytest.fixture
async def market(ctx: Context, tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(ctx, tmp_path) as found:
        yield found


@pytest.fixture
async def seller(market: Market) -> Person:
    return await market.seller("ada")


@pytest.fixture
async def buyer(market: Market) -> Person:
    return await join(market.client, "bob")


@pytest.fixture
async def bought(market: Market, seller: Person, buyer: Person) -> Any:
    service = await market.service(seller, title="Mixing by Ada")
    billing = {"name": "Bob Ltd", "address": "1 Road\nTown", "country": "FR"}
    order = await market.buy(buyer, service["id"], billing=billing)
    await market.print_papers()
    return order


async def invoice(market: Market, person: Person, order_id: str, **headers: str) -> httpx.Response:
    return await market.client.get(f"/marketplace/orders/{order_id}/invoice", headers={**person.headers, **headers})


async def test_the_documents_sample(market: Market, buyer: Person, bought: Any, tmp_path: Path) -> None:
    """As the API document has it: curl writes the PDF to a file."""
    target = tmp_path / "invoice.pdf"
    address = f"{market.client.base_url}marketplace/orders/{bought['id']}/invoice"
    process = await asyncio.create_subprocess_exec(
        "curl", "-sS", "-o", str(target), address, "-H", f"Authorization: {buyer.headers['Authorization']}"
    )
    assert await process.wait() == 0
    paper = target.read_bytes()
    require_sound(paper)
    words = squeezed(words_of(paper))
    for wanted in (bought["invoice_number"], bought["number"], "MixingbyAda", "BobLtd", "1Road", "€29.99", "byada"):
        assert squeezed(wanted) in words
    assert "VAT" not in words, "no rates are set here"


async def test_it_is_an_attachment_of_its_readers_and_nothing_else(market: Market, buyer: Person, bought: Any) -> None:
    answer = await invoice(market, buyer, bought["id"])
    name = f"invoice-{bought['invoice_number']}.pdf"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert {"Authorization", "Cookie"} <= set(answer.headers["vary"].split(", "))
    etag = answer.headers["etag"]
    assert etag == f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'

    again = await invoice(market, buyer, bought["id"], **{"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    head = await market.client.head(f"/marketplace/orders/{bought['id']}/invoice", headers=buyer.headers)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.content))
    assert head.headers["etag"] == etag
    part = await invoice(market, buyer, bought["id"], range="bytes=0-4")
    assert (part.status_code, part.content) == (206, b"%PDF-")


async def test_it_is_the_buyers_and_the_admins(market: Market, seller: Person, buyer: Person, bought: Any) -> None:
    eve, admin = await join(market.client, "eve"), await join(market.client, "root_")
    async with market.ctx.db.connection() as connection:
        await connection.execute("update users set role = 'admin' where id = $1", admin.id)
    for person in (eve, seller):
        assert refusal_of(await invoice(market, person, bought["id"])) == (404, "not_found")
        answer = await invoice(market, person, bought["id"], **{"if-none-match": "*"})
        assert answer.status_code == 404
    assert (await market.client.get(f"/marketplace/orders/{bought['id']}/invoice")).status_code == 401
    assert (await invoice(market, admin, bought["id"])).status_code == 200
    assert (await invoice(market, buyer, str(new_id()))).status_code == 404
    assert (await invoice(market, buyer, "not-an-id")).status_code == 404
    assert (await market.seen(seller, bought["id"]))["invoice_number"] is None, "a seller sees no paper of the buyer's"


async def test_before_the_order_is_completed_there_is_none(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    order = await market.order(buyer, service["id"])
    assert order["invoice_number"] is None
    assert refusal_of(await invoice(market, buyer, order["id"])) == (404, "not_found")


async def test_while_it_is_being_made_it_asks_for_patience(market: Market, buyer: Person) -> None:
    """A free order is complete at once; no worker has run yet."""
    seller = await market.seller("carla")
    service = await market.service(seller, price_cents=0)
    order = await market.order(buyer, service["id"])
    assert order["status"] == "completed"
    answer = await invoice(market, buyer, order["id"])
    assert refusal_of(answer) == (503, "document_pending")
    assert answer.headers["retry-after"] == "1"
    await market.print_papers()
    paper = (await invoice(market, buyer, order["id"])).content
    assert "Freeofcharge" in squeezed(words_of(paper))


async def test_a_credit_note_names_its_invoice(market: Market, seller: Person, buyer: Person, bought: Any) -> None:
    unknown = f"/marketplace/orders/{bought['id']}/refunds/{new_id()}/credit-note"
    assert refusal_of(await market.client.get(unknown, headers=buyer.headers)) == (404, "not_found")
    before = (await invoice(market, buyer, bought["id"])).content
    refund = data_of(await ask(market, buyer, bought, (0, 1_000)))["refund"]
    address = f"/marketplace/orders/{bought['id']}/refunds/{refund['id']}/credit-note"
    assert refusal_of(await market.client.get(address, headers=buyer.headers)) == (404, "not_found"), "not settled yet"
    await market.deliver()
    assert refusal_of(await market.client.get(address, headers=buyer.headers)) == (503, "document_pending")
    await market.print_papers()

    answer = await market.client.get(address, headers=buyer.headers)
    number = (await market.seen(buyer, bought["id"]))["refunds"][0]["credit_note_number"]
    assert f'filename="credit-note-{number}.pdf"' in answer.headers["content-disposition"]
    require_sound(answer.content)
    words = squeezed(words_of(answer.content))
    for wanted in (number, bought["invoice_number"], "€10.00", "Creditnote", "MixingbyAda"):
        assert wanted in words
    assert refusal_of(await market.client.get(address, headers=seller.headers)) == (404, "not_found")
    assert (await market.seen(seller, bought["id"]))["refunds"][0]["credit_note_number"] is None
    other = f"/marketplace/orders/{new_id()}/refunds/{refund['id']}/credit-note"
    assert (await market.client.get(other, headers=buyer.headers)).status_code == 404
    assert (await invoice(market, buyer, bought["id"])).content == before, "a refund does not touch the invoice"
