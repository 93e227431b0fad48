"""Compares the books with orders, payments and transfers, and these with what the providers say. Changes nothing.

The first in one snapshot of the database, in sets; the second outside any transaction, bounded, for what changed
lately and for some of the older by chance. What the providers do not answer is no difference.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from veza import metrics
from veza.admin import money_back_queries, money_queries, refund_queries
from veza.admin.differences import (
    count_by_code,
    differences_of,
    judge_payment,
    judge_refund,
    judge_transfers,
    total_cents,
)
from veza.admin.domain import CheckReport
from veza.admin.money_queries import AskedPayment, AskedTransfer
from veza.admin.refund_queries import AskedRefund
from veza.context import Context
from veza.ledger import service as ledger
from veza.ledger.domain import Check, Difference
from veza.ports.payments import Payments
from veza.ports.payouts import Payouts
from veza.ports.provider_errors import ProviderError
from veza.sellers.transfers import group_of

log = structlog.get_logger()

LATELY = timedelta(hours=48)
STATEMENT_S = 60.0
AT_ONCE = 8
"""Questions to a provider that wait at the same time."""
ASK_FOR_S = 180.0
"""After that the rest is not asked: less than a job may take."""

COMPARISONS = (*money_queries.COMPARISONS, *refund_queries.COMPARISONS, *money_back_queries.COMPARISONS)

Question = Callable[[], Awaitable[list[Difference]]]


@dataclass(slots=True)
class _Asked:
    """How far the questions came. `left`: of the things that were to be asked about."""

    left: int
    answered: int = 0
    found: list[Difference] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)


async def check_money(ctx: Context, *, ask_providers: bool, ask_for_s: float = ASK_FOR_S) -> CheckReport:
    """Compare everything now, and keep what was found.

    Args:
        ctx: the world; a provider that it lacks is not asked.
        ask_providers: also compare with what the providers say.
        ask_for_s: how long at most; what is left then counts as unanswered.
    """
    try:
        report = await _compare(ctx, ask_providers=ask_providers, ask_for_s=ask_for_s)
        async with ctx.db.transaction() as tx:
            await ledger.keep_check(tx, report.check)
    except BaseException:
        metrics.ledger_checks.labels("failed").inc()
        raise
    check = report.check
    metrics.ledger_checks.labels("balanced" if check.is_balanced else "different").inc()
    metrics.ledger_difference.set(total_cents(check.differences))
    if not check.is_balanced:
        log.error(
            "money_differs", counts=count_by_code(check.differences), difference_cents=total_cents(check.differences)
        )
        for found in check.differences:
            log.error("money_difference", code=found.code, subject=str(found.subject_id), sentence=found.sentence)
    return report


async def _compare(ctx: Context, *, ask_providers: bool, ask_for_s: float) -> CheckReport:
    now = ctx.clock.now()
    differences: list[Difference] = []
    async with ctx.db.transaction() as tx:
        await money_queries.begin_comparison.run(tx)
        await money_queries.allow_time.run(tx)
        for comparison in COMPARISONS:
            differences += differences_of(await comparison.list(tx, timeout_s=STATEMENT_S))
        payments: Sequence[AskedPayment] = []
        refunds: Sequence[AskedRefund] = []
        transfers: Sequence[AskedTransfer] = []
        if ask_providers and ctx.payments is not None:
            payments = await money_queries.payments_to_ask.list(tx, now - LATELY, timeout_s=STATEMENT_S)
            refunds = await refund_queries.refunds_to_ask.list(tx, now - LATELY, timeout_s=STATEMENT_S)
        if ask_providers and ctx.payouts is not None:
            transfers = await money_queries.transfers_to_ask.list(tx, now - LATELY, timeout_s=STATEMENT_S)
    of_payments = await _ask(_about_payments(ctx.payments, payments, refunds), ask_for_s / 2)
    of_transfers = await _ask(_about_transfers(ctx.payouts, transfers), ask_for_s / 2)
    differences += of_payments.found + await _still_so(ctx, of_transfers.found, transfers)
    unanswered = of_payments.left + of_transfers.left
    if unanswered:
        log.warning("money_check_unanswered", count=unanswered, codes=sorted(of_payments.codes | of_transfers.codes))
    return CheckReport(Check(now, tuple(differences)), of_payments.answered + of_transfers.answered, unanswered)


def _about_payments(
    port: Payments | None, payments: Sequence[AskedPayment], refunds: Sequence[AskedRefund]
) -> list[tuple[int, Question]]:
    """A question for each payment, and for each refund."""

    def of_payment(ours: AskedPayment) -> Question:
        async def ask() -> list[Difference]:
            assert port is not None
            found = judge_payment(ours, await port.find(ours.provider_payment_id))
            return [] if found is None else [found]

        return ask

    def of_refund(ours: AskedRefund) -> Question:
        async def ask() -> list[Difference]:
            assert port is not None
            found = judge_refund(ours, await port.find_refund(ours.provider_refund_id))
            return [] if found is None else [found]

        return ask

    return [*((1, of_payment(ours)) for ours in payments), *((1, of_refund(ours)) for ours in refunds)]


def _about_transfers(port: Payouts | None, transfers: Sequence[AskedTransfer]) -> list[tuple[int, Question]]:
    """A question for each order: the provider knows its transfers as a group."""
    by_order: dict[UUID, list[AskedTransfer]] = defaultdict(list)
    for transfer in transfers:
        by_order[transfer.order_id].append(transfer)

    def question(order_id: UUID, ours: list[AskedTransfer]) -> Question:
        async def ask() -> list[Difference]:
            assert port is not None
            return judge_transfers(ours, await port.find_transfers(group_of(order_id)))

        return ask

    return [(len(ours), question(order_id, ours)) for order_id, ours in by_order.items()]


async def _ask(questions: Sequence[tuple[int, Question]], within_s: float) -> _Asked:
    """Ask all of them, some at once, and stop in time. Each counts for so many things."""
    state = _Asked(sum(count for count, _ in questions))
    waiting = iter(questions)

    async def work() -> None:
        for count, question in waiting:
            try:
                state.found += await question()
            except ProviderError as error:
                state.codes.add(error.code)
                continue
            state.answered += count
            state.left -= count

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s), asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
    return state


async def _still_so(ctx: Context, found: list[Difference], transfers: Sequence[AskedTransfer]) -> list[Difference]:
    """Without those of transfers that moved on while the provider was asked."""
    if not found:
        return []
    seen = {transfer.id: transfer.updated_at for transfer in transfers}
    async with ctx.db.connection() as connection:
        rows = await money_queries.changed_transfers.list(connection, [one.subject_id for one in found])
    moved_on = {row.id for row in rows if row.updated_at != seen[row.id]}
    return [one for one in found if one.subject_id not in moved_on]
