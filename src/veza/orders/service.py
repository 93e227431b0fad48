"""Use cases of orders: quote, place, pay, cancel. Showing them is `reading.py`, what the provider says `settlement.py`.

An order is written before the provider hears of it, with the id that the payment will have there: whatever dies in
between, asking again is asking for the same payment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from veza import metrics
from veza.auth.domain import Principal
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.entitlements.service import owned_among
from veza.http.idempotency import Claim
from veza.http.rate_limit import RateLimits, Rule
from veza.jobs.queue import defer
from veza.kit.ids import id_for_provider, new_id
from veza.kit.money import to_bps
from veza.kit.signing import seal
from veza.orders import cart, domain, payment_queries, queries, reading, settlement
from veza.orders.cart import Problem
from veza.orders.domain import Billing, CartItem, Line, Order, OrderStatus, PaymentStatus
from veza.orders.payment_queries import PaymentRow
from veza.orders.queries import OrderRow
from veza.ports import payments as port
from veza.ports.provider_errors import ProviderError, WrongState
from veza.products.domain import Product
from veza.products.service import products_among

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Quote:
    """A cart as it would be sold now: each item with its product and line, or with what is in the way."""

    items: tuple[CartItem, ...]
    products: dict[UUID, Product]
    lines: dict[int, Line]
    problems: dict[int, Problem]

    @property
    def total_cents(self) -> int:
        return sum(line.total_cents for line in self.lines.values())


# --- placing ---------------------------------------------------------------------------------------------------


async def quote(ctx: Context, buyer: Principal, wanted: Sequence[CartItem]) -> Quote:
    """What a cart costs now, and what of it cannot be bought. Raises `Invalid` for a cart that cannot be."""
    items = cart.parse_cart(wanted)
    async with ctx.db.connection() as connection:
        return await _judge(connection, buyer.user_id, items)


async def place(
    ctx: Context, buyer: Principal, wanted: Sequence[CartItem], billing: Billing, claim: Claim | None
) -> Order:
    """Place an order, and have its payment made. Again with the same claim, it goes on with the order there is.

    Raises `Invalid` (with the item's index), `Forbidden` (`own_product`), `Conflict` (`sold_out`, `already_owned`),
    `TooMany`, `Unavailable`: the order is kept then, and the same key goes on with it.
    """
    if claim is not None and claim.resource_id is not None:
        return await _with_payment(ctx, buyer, claim.resource_id)
    items = cart.parse_cart(wanted)
    await RateLimits(ctx.db).hit(Rule("order", ctx.settings.orders_per_hour, 3600), str(buyer.user_id))
    async with ctx.db.transaction() as tx:
        if any(item.license_id for item in items):
            await queries.lock_licenses.list(tx, [item.license_id for item in items if item.license_id])
        found = await _judge(tx, buyer.user_id, items)
        if found.problems:
            raise cart.refuse(list(found.problems.values()))
        if found.total_cents and ctx.payments is None:
            raise domain.payments_closed()
        order_id = await _insert(ctx, tx, buyer, list(found.lines.values()), billing)
        if claim is not None:
            await claim.finish(tx, order_id)
    return await _with_payment(ctx, buyer, order_id)


async def _judge(connection: Connection, buyer_id: UUID, items: Sequence[CartItem]) -> Quote:
    products = await products_among(connection, [item.product_id for item in items])
    owned: dict[UUID, list[UUID | None]] = {}
    for held in await owned_among(connection, buyer_id, list(products)):
        owned.setdefault(held.product_id, []).append(held.license_id)
    licenses = [item.license_id for item in items if item.license_id]
    taken = {row.id for row in await queries.held_licenses.list(connection, licenses, None)} if licenses else set()
    lines: dict[int, Line] = {}
    problems: dict[int, Problem] = {}
    for index, item in enumerate(items):
        product = products.get(item.product_id)
        problem = cart.find_problem(
            index, item, product, buyer_id, owned=owned.get(item.product_id, []), taken=item.license_id in taken
        )
        if problem is not None:
            problems[index] = problem
        elif product is not None:
            lines[index] = cart.draft_line(item, product)
    return Quote(tuple(items), products, lines, problems)


async def _insert(ctx: Context, tx: Tx, buyer: Principal, drafted: Sequence[Line], billing: Billing) -> UUID:
    """Write an order with its first payment; one that is free is complete with that. Answers its id."""
    now, order_id = ctx.clock.now(), new_id()
    fee_rate_bps = to_bps(ctx.settings.platform_fee_rate)
    lines = cart.with_fees(drafted, fee_rate_bps)
    total_cents = sum(line.total_cents for line in lines)
    cart.require_total(total_cents)
    number = f"V{now:%y}-{await queries.next_number.find(tx):06d}"
    await queries.insert_order.run(
        tx, order_id, number, buyer.user_id, ctx.settings.currency, total_cents, fee_rate_bps,
        now + timedelta(seconds=_payable_s(ctx, lines)), billing.name, billing.address, billing.country, billing.vat_id,
    )  # fmt: skip
    await queries.insert_line.run_many(
        tx,
        [
            (line.id, order_id, place, line.product_id, line.license_id, line.seller_id, line.title,
             line.product_type, line.license_name, line.license_exclusive, line.license_terms, line.quantity,
             line.unit_price_cents, line.total_cents, line.fee_cents)
            for place, line in enumerate(lines)
        ],
    )  # fmt: skip
    await settlement.add_event(tx, order_id, "placed")
    if total_cents:
        await _insert_payment(ctx, tx, order_id, total_cents, attempt=1)
    else:
        order = await queries.lock_order.find(tx, order_id)
        assert order is not None
        await settlement.complete(ctx, tx, order, lines, now)
    metrics.orders_placed.inc()
    log.info("order_placed", order_id=str(order_id), buyer_id=str(buyer.user_id), total_cents=total_cents)
    return order_id


def _payable_s(ctx: Context, lines: Sequence[Line]) -> float:
    """How long an order can be paid: one that holds an exclusive licence, which nobody else can buy then, not long."""
    settings = ctx.settings
    is_held = any(line.license_exclusive for line in lines)
    return settings.order_held_s if is_held else settings.order_payable_s


async def _insert_payment(ctx: Context, tx: Tx, order_id: UUID, amount_cents: int, *, attempt: int) -> None:
    payment_id = new_id()
    await payment_queries.insert_payment.run(
        tx, payment_id, order_id, attempt, id_for_provider("pay_", payment_id), amount_cents, ctx.settings.currency
    )


# --- paying ----------------------------------------------------------------------------------------------------


async def pay(ctx: Context, buyer: Principal, order_id: UUID) -> Order:
    """A checkout for an order that is not paid. Raises `NotFound`, `Conflict` (`already_paid`, `not_payable`)."""
    row = await _own(ctx, buyer, order_id)
    domain.require_payable(OrderStatus(row.status))
    async with ctx.db.connection() as connection:
        payment = await payment_queries.newest_payment.find(connection, order_id)
    assert payment is not None
    if payment.checkout_url is not None:
        word = await _ask(ctx, payment)
        if word is None:  # it never got there, or forgot
            await make_payment(ctx, payment)
        else:
            await take_answer(ctx, payment, word)
        await _renew(ctx, order_id)
    return await _with_payment(ctx, buyer, order_id)


async def _ask(ctx: Context, payment: PaymentRow) -> port.Payment | None:
    if ctx.payments is None:
        raise domain.payments_closed()
    try:
        return await ctx.payments.find(payment.provider_payment_id)
    except ProviderError as error:
        log.warning("payment_provider_away", code=error.code)
        raise domain.provider_away() from error


async def _renew(ctx: Context, order_id: UUID) -> None:
    """A new attempt where the last one cannot be paid any more, and the order still can."""
    async with ctx.db.transaction() as tx:
        order = await queries.lock_order.find(tx, order_id)
        newest = await payment_queries.newest_payment.find(tx, order_id)
        assert order is not None
        assert newest is not None
        if OrderStatus(order.status).is_paid:
            raise domain.already_paid()
        if PaymentStatus(newest.status).is_open:
            return
        if order.expires_at <= ctx.clock.now() or order.ended_by in {domain.EndedBy.BUYER, domain.EndedBy.TIME}:
            raise domain.not_payable()
        await _insert_payment(ctx, tx, order_id, order.total_cents, attempt=newest.attempt + 1)
        await queries.set_status.run(tx, order_id, OrderStatus.PENDING, None)


async def _with_payment(ctx: Context, buyer: Principal, order_id: UUID) -> Order:
    """An order whose payment the provider has: made now if it was not. Raises `Unavailable`."""
    async with ctx.db.connection() as connection:
        payment = await payment_queries.newest_payment.find(connection, order_id)
    if payment is not None and PaymentStatus(payment.status).is_open and payment.checkout_url is None:
        await make_payment(ctx, payment)
    return await reading.get_order(ctx, buyer, order_id)


async def make_payment(ctx: Context, payment: PaymentRow) -> None:
    """Have the provider make a payment, and keep what the buyer needs for it. Again, it is the same payment."""
    if ctx.payments is None:
        raise domain.payments_closed()
    async with ctx.db.connection() as connection:
        order = await queries.order.find(connection, payment.order_id)
        lines = await queries.lines.list(connection, [payment.order_id])
    assert order is not None
    if not OrderStatus(order.status).is_payable:
        return
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    request = port.PaymentRequest(
        payment_id=payment.provider_payment_id,
        order_id=order.id,
        order_number=order.number,
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        description=f"{order.number}: {lines[0].title}{more}"[:200],
        return_url=f"{ctx.settings.public_url}/orders/{order.id}",
        expires_s=max(60, int((order.expires_at - ctx.clock.now()).total_seconds())),
        buyer_id=order.buyer_id,
    )
    try:
        made = await ctx.payments.create(request)
    except ProviderError as error:
        log.warning("payment_not_made", order_id=str(order.id), code=error.code)
        raise domain.provider_away() from error
    await take_answer(ctx, payment, made)


async def take_answer(ctx: Context, payment: PaymentRow, word: port.Payment) -> None:
    """Keep what the buyer needs of an answer of the provider, and apply what it says."""
    async with ctx.db.transaction() as tx:
        await queries.lock_order.find(tx, payment.order_id)
        secret = word.client_secret
        sealed = None if secret is None else seal(ctx.keys.payment_secret, secret, bound_to=payment.id.bytes)
        await payment_queries.started.run(tx, payment.id, sealed, word.checkout_url)
        await settlement.apply_payment(ctx, tx, word)


async def cancel(ctx: Context, buyer: Principal, order_id: UUID) -> Order:
    """Give up an order that is not paid. Money that is on its way all the same goes back.

    Raises `NotFound`, `Conflict` (`not_cancellable`).
    """
    await _own(ctx, buyer, order_id)
    async with ctx.db.transaction() as tx:
        order = await queries.lock_order.find(tx, order_id)
        assert order is not None
        if order.status != OrderStatus.CANCELLED:
            if not OrderStatus(order.status).is_payable:
                raise domain.not_cancellable()
            await end(tx, order, OrderStatus.CANCELLED, domain.EndedBy.BUYER)
    return await reading.get_order(ctx, buyer, order_id)


async def end(tx: Tx, order: OrderRow, status: OrderStatus, ended_by: domain.EndedBy) -> None:
    """End a locked order that is not paid: nothing is held for it any more, and its payment will be cancelled."""
    await queries.set_status.run(tx, order.id, status, ended_by)
    await queries.release_licenses.run(tx, order.id)
    await settlement.add_event(tx, order.id, str(status))
    payment = await payment_queries.newest_payment.find(tx, order.id)
    if payment is not None and PaymentStatus(payment.status).is_open:
        await defer(tx, domain.CANCEL_PAYMENT, {"id": str(payment.id)}, unique_key=f"cancel:{payment.id}")


async def cancel_payment(ctx: Context, payment_id: UUID) -> None:
    """See to it that the payment of an ended order can no longer be made. Raises `ProviderError`."""
    if ctx.payments is None:
        return
    async with ctx.db.connection() as connection:
        payment = await payment_queries.payment.find(connection, payment_id)
    if payment is None or not PaymentStatus(payment.status).is_open:
        return
    try:
        word: port.Payment | None = await ctx.payments.cancel(payment.provider_payment_id)
    except WrongState:
        word = await ctx.payments.find(payment.provider_payment_id)
    if word is not None:
        async with ctx.db.transaction() as tx:
            await settlement.apply_payment(ctx, tx, word)


async def has_open_order(connection: Connection, buyer_id: UUID) -> bool:
    """Whether an order of theirs can still be paid, or its money is on its way back or disputed."""
    return bool(await queries.has_open.find(connection, buyer_id))


async def _own(ctx: Context, buyer: Principal, order_id: UUID) -> OrderRow:
    async with ctx.db.connection() as connection:
        row = await queries.order.find(connection, order_id)
    if row is None or row.buyer_id != buyer.user_id:
        raise domain.order_not_found()
    return row
