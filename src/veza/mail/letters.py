"""What each kind of mail says: one template a kind, in English, from its facts alone. Pure.

Short sentences that say what happened and what can be done now. No secret, no address of anybody, and no link that does
something by itself: every link leads to a page that asks first.
"""

from collections.abc import Iterable
from typing import assert_never
from urllib.parse import urlsplit

from veza.kit.money import format_money
from veza.kit.text import one_line
from veza.mail.domain import (
    BoughtLine,
    Facts,
    MoneyBack,
    MoneyBackTo,
    PaymentReturned,
    Receipt,
    ReturnReason,
    Sale,
    StreamLive,
    unsubscribe_page,
)
from veza.mail.rendering import Letter, Link, Paragraph, Row, Statement

_TITLE_IN_SUBJECT_MAX = 60


def write_letter(facts: Facts, *, username: str, public_url: str, unsubscribe_word: str = "") -> Letter:
    """The letter to `username` of an install at `public_url` (without a slash at its end).

    `unsubscribe_word`: of the kinds that can be turned off.
    """
    site = urlsplit(public_url).netloc
    match facts:
        case Receipt():
            return _receipt(facts, username, public_url, site)
        case Sale():
            return _sale(facts, username, public_url, site)
        case PaymentReturned():
            return _payment_returned(facts, username, public_url, site)
        case MoneyBack():
            return _money_back(facts, username, public_url, site)
        case StreamLive():
            return _stream_live(facts, username, public_url, site, unsubscribe_word)
        case _:
            assert_never(facts)


def _receipt(facts: Receipt, username: str, public_url: str, site: str) -> Letter:
    how = f"Order {facts.order_number} is {'paid' if facts.total_cents else 'complete'}."
    return Letter(
        subject=f"Your receipt for order {facts.order_number}",
        blocks=(
            Paragraph(f"Thank you, {username}. {how}"),
            Statement(
                _rows(facts.lines, facts.currency), (("Total", format_money(facts.total_cents, facts.currency)),)
            ),
            Paragraph(
                "To download what you bought, open the order and choose Download beside it. "
                "It stays in your library, for as often as you need it."
            ),
            Link("Open the order", f"{public_url}/orders/{facts.order_id}"),
        ),
        footer=f"You get this mail because you bought something on {site}. Nobody reads answers to it.",
    )


def _sale(facts: Sale, username: str, public_url: str, site: str) -> Letter:
    first = one_line(facts.lines[0].title, _TITLE_IN_SUBJECT_MAX) if facts.lines else "your work"
    more = f" and {len(facts.lines) - 1} more" if len(facts.lines) > 1 else ""
    sums = (
        ("Sold for", format_money(facts.gross_cents, facts.currency)),
        ("Platform fee", format_money(-facts.fee_cents, facts.currency)),
        ("Your share", format_money(facts.net_cents, facts.currency)),
    )
    where = "Your share goes to your connected account. If you have none yet, it waits until you do."
    return Letter(
        subject=f"You sold {first}{more}",
        blocks=(
            Paragraph(f"Good news, {username}. Somebody bought from you, in order {facts.order_number}."),
            Statement(_rows(facts.lines, facts.currency), sums),
            *([Paragraph(where)] if facts.net_cents else []),
            Link("Open your sales", f"{public_url}/sell/sales"),
        ),
        footer=f"You get this mail because you sell on {site}. Nobody reads answers to it.",
    )


def _payment_returned(facts: PaymentReturned, username: str, public_url: str, site: str) -> Letter:
    amount = format_money(facts.amount_cents, facts.currency)
    return Letter(
        subject=f"Your payment for order {facts.order_number} goes back to you",
        blocks=(
            Paragraph(f"Hello {username}. {_why(facts.reason)}"),
            Paragraph(
                f"So we are sending back all that you paid: {amount}. It goes to where it came from, and shows up "
                "there within a few working days. There is nothing that you need to do."
            ),
            Link("Open the order", f"{public_url}/orders/{facts.order_id}"),
        ),
        footer=f"You get this mail because you paid for an order on {site}. Nobody reads answers to it.",
    )


def _stream_live(facts: StreamLive, username: str, public_url: str, site: str, word: str) -> Letter:
    return Letter(
        subject=f"{facts.streamer} is live",
        blocks=(
            Paragraph(f"Hello {username}. {facts.streamer} is live now:"),
            Paragraph(facts.title),
            Link("Watch", f"{public_url}/live/{facts.stream_id}"),
            Link("Send me no such mails any more", unsubscribe_page(public_url, word)),
        ),
        footer=f"You get this mail because you follow {facts.streamer} on {site} and asked to be told. Nobody reads "
        "answers to it.",
    )


def _why(reason: ReturnReason) -> str:
    match reason:
        case ReturnReason.CANCELLED:
            return "Your payment came after you had cancelled the order."
        case ReturnReason.SOLD_OUT:
            return "Your payment came when something in the order was no longer to be had."
        case ReturnReason.PAID_TWICE:
            return "Your payment came when the order was paid already."
        case ReturnReason.ALREADY_OWNED:
            return "Your payment came when you owned something in the order already, by another order."
        case ReturnReason.UNAVAILABLE:
            return "Your payment came when something in the order was no longer on sale."
        case _:
            assert_never(reason)


def _money_back(facts: MoneyBack, username: str, public_url: str, site: str) -> Letter:
    amount, order = format_money(facts.amount_cents, facts.currency), facts.order_number
    is_seller = facts.audience is MoneyBackTo.SELLER
    if facts.has_failed:
        subject = f"The refund for order {order} did not go through"
        told = (
            f"Hello {username}. The payment provider could not give back {amount} of order {order}. Nothing was taken "
            "from anybody, and the order is as it was before. It can be tried again."
        )
        rows: tuple[Row, ...] = ()
    else:
        subject = f"A refund for order {order}"
        what = "went back to the buyer" if is_seller else "goes back to where it came from"
        why = "Their bank decided so." if facts.is_disputed else f"The reason given: {facts.reason}"
        told = f"Hello {username}. {amount} of order {order} {what}. {why}"
        rows = _rows(facts.lines, facts.currency)
    sums = (
        ("Given back", amount),
        *((("Of your share", format_money(-facts.net_cents, facts.currency)),) if is_seller else ()),
    )
    after = (
        "What of your share was not sent yet is kept; what was sent is taken back, or kept from your next sales."
        if is_seller
        else "It shows up there within a few working days. What was given back whole is no longer in your library."
    )
    page = ("Open your sales", f"{public_url}/sell/sales")
    if not is_seller:
        page = ("Open the order", f"{public_url}/orders/{facts.order_id}")
    return Letter(
        subject=subject,
        blocks=(
            Paragraph(told),
            *((Statement(rows, sums), Paragraph(after)) if rows else ()),
            Link(*page),
        ),
        footer=f"You get this mail because of an order on {site}. Nobody reads answers to it.",
    )


def _rows(lines: Iterable[BoughtLine], currency: str) -> tuple[Row, ...]:
    return tuple(Row(line.title, _detail(line, currency), format_money(line.total_cents, currency)) for line in lines)


def _detail(line: BoughtLine, currency: str) -> str:
    each = f"{line.quantity} × {format_money(line.unit_price_cents, currency)}" if line.quantity > 1 else ""
    return ", ".join(part for part in (line.license_name or "", each) if part)
