"""Each kind of mail says what happened, in money and words, the same in both forms, whatever titles hold."""

import re
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest

from veza.kit.ids import new_id
from veza.mail.domain import (
    BoughtLine,
    Facts,
    MailKind,
    MoneyBack,
    MoneyBackTo,
    PaymentReturned,
    Receipt,
    ReturnReason,
    Sale,
    StreamLive,
    parse_facts,
)
from veza.mail.letters import write_letter
from veza.mail.rendering import write_html, write_text

ORDER_ID = new_id()
LINES = (
    BoughtLine("Night drive", "Premium", 1, 2999, 2999),
    BoughtLine("Mastering, one hour", None, 2, 5000, 10000),
)
RECEIPT = Receipt(ORDER_ID, "VZ-1024", "EUR", LINES, 12999)
SALE = Sale("VZ-1024", "EUR", LINES, 12999, 1300, 11699)
RETURNED = PaymentReturned(ORDER_ID, "VZ-1024", "EUR", 12999, ReturnReason.SOLD_OUT)
LIVE = StreamLive(ORDER_ID, "dj_ada", "Night drive, live")
BACK = MoneyBack(
    MoneyBackTo.BUYER, ORDER_ID, "VZ-1024", "EUR", LINES[:1], 2999, 0, "Not as described", is_disputed=False
)
FROM_SELLER = msgspec.structs.replace(BACK, audience=MoneyBackTo.SELLER, net_cents=2699)
NOT_BACK = msgspec.structs.replace(BACK, audience=MoneyBackTo.ASKER, lines=(), has_failed=True)
ALL = (RECEIPT, SALE, RETURNED, BACK, FROM_SELLER, NOT_BACK, LIVE)


class Seen(HTMLParser):
    """What a person sees of a page, which tags it is made of, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "background", "action"}]

    def handle_data(self, data: str) -> None:
        if self.lasttag != "style":
            self.words += data.split()


def forms(facts: Facts, username: str = "ada") -> tuple[str, str, str]:
    letter = write_letter(facts, username=username, public_url="https://music.example", unsubscribe_word="a-word")
    return letter.subject, write_text(letter), write_html(letter)


def test_a_receipt_says_what_was_bought_and_how_to_get_it() -> None:
    subject, text, _ = forms(RECEIPT)
    assert subject == "Your receipt for order VZ-1024"
    for told in ("ada", "Night drive", "Premium: €29.99", "2 × €50.00: €100.00", "Total: €129.99", "Download"):
        assert told in text
    assert f"https://music.example/orders/{ORDER_ID}\n" in text


def test_a_free_order_is_not_called_paid() -> None:
    _, text, _ = forms(msgspec.structs.replace(RECEIPT, total_cents=0))
    assert "is complete" in text
    assert "paid" not in text


def test_a_sale_says_what_is_left_of_it() -> None:
    subject, text, _ = forms(SALE)
    assert subject == "You sold Night drive and 1 more"
    assert "Sold for: €129.99\nPlatform fee: -€13.00\nYour share: €116.99" in text
    assert "https://music.example/sell/sales\n" in text


@pytest.mark.parametrize("reason", list(ReturnReason))
def test_money_that_goes_back_says_why_and_how_much(reason: ReturnReason) -> None:
    subject, text, _ = forms(msgspec.structs.replace(RETURNED, reason=reason))
    assert "VZ-1024" in subject
    assert "€129.99" in text
    assert {
        ReturnReason.CANCELLED: "cancelled",
        ReturnReason.SOLD_OUT: "to be had",
        ReturnReason.PAID_TWICE: "already",
        ReturnReason.ALREADY_OWNED: "by another order",
        ReturnReason.UNAVAILABLE: "on sale",
    }[reason] in " ".join(text.split())


def test_who_is_live_stands_in_the_subject_and_the_way_out_in_the_text() -> None:
    subject, text, _ = forms(LIVE)
    assert subject == "dj_ada is live"
    assert "Night drive, live" in text
    assert f"https://music.example/live/{ORDER_ID}\n" in text
    assert "https://music.example/unsubscribe#token=a-word\n" in text


@pytest.mark.parametrize("facts", ALL)
def test_both_forms_say_the_same(facts: Facts) -> None:
    _, text, page = forms(facts)
    plain = set(re.sub(r"https://\S+", "", text).replace("-- \n", "").replace(":", " ").split())
    assert plain <= {word.strip(":") for word in Seen(page).words}


@pytest.mark.parametrize("facts", ALL)
def test_a_page_loads_nothing_and_leads_to_the_install_alone(facts: Facts) -> None:
    _, _, page = forms(facts)
    seen = Seen(page)
    assert seen.links
    assert all(link.startswith("https://music.example/") for link in seen.links)
    assert not seen.tags & {"img", "script", "link", "iframe", "form", "input", "object", "base"}
    assert "url(" not in page
    assert "@import" not in page
    assert "prefers-color-scheme: dark" in page


HOSTILE = [
    "a\r\nBcc: eve@example.com\r\n\r\nbody",
    "<script>alert(1)</script><img src=https://evil.example/x>",
    '" onmouseover="x\' {style} %s &amp;',
    "🎧" * 200,
    "\u202eשיר חדש\u202c",
    "a\0b\x1bc\ud800d",
    "=?utf-8?q?a=0D=0ABcc:_eve@example.com?=",
]


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("kind", [MailKind.RECEIPT, MailKind.SALE])
def test_no_title_is_more_than_a_title(kind: MailKind, title: str) -> None:
    told: dict[str, Any] = msgspec.to_builtins(RECEIPT if kind is MailKind.RECEIPT else SALE)
    told["lines"] = [{**told["lines"][0], "title": title, "license_name": title}]
    facts = parse_facts(kind, told)
    subject, text, page = forms(facts)
    seen = Seen(page)
    assert seen.tags == Seen(forms(SALE)[2]).tags
    assert all(link.startswith("https://music.example/") for link in seen.links)
    assert len(subject) <= 100
    assert subject.splitlines() == [subject]
    for form in (subject, text, page):
        assert form.encode()
        assert not re.search("[\0\x1b\r\u202e\u2028]", form)
    assert not any(line.startswith("Bcc:") for line in text.splitlines())


def test_a_name_that_is_read_from_right_to_left_keeps_to_itself() -> None:
    line = msgspec.structs.replace(LINES[0], title="שיר חדש")
    _, text, page = forms(msgspec.structs.replace(RECEIPT, lines=(line,)))
    assert "שיר חדש" in text.splitlines(), "a line of its own"
    assert "<bdi>שיר חדש</bdi>" in page


def test_facts_of_another_kind_or_with_more_in_them_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        parse_facts(MailKind.SALE, RECEIPT)
    with pytest.raises(msgspec.ValidationError):
        parse_facts(MailKind.RECEIPT, {**msgspec.to_builtins(RECEIPT), "card": "4242"})
    with pytest.raises(msgspec.ValidationError):
        parse_facts(MailKind.PAYMENT_RETURNED, {**msgspec.to_builtins(RETURNED), "amount_cents": 1.5})


def test_a_refund_says_what_goes_back_to_whom() -> None:
    subject, text, _ = forms(BACK)
    assert subject == "A refund for order VZ-1024"
    assert "€29.99" in text
    assert "Not as described" in text
    assert f"https://music.example/orders/{ORDER_ID}" in text
    _, text, _ = forms(FROM_SELLER)
    assert "-€26.99" in text
    assert "https://music.example/sell/sales" in text
    _, text, _ = forms(msgspec.structs.replace(BACK, is_disputed=True))
    assert "bank" in text
    assert "Not as described" not in text
    subject, text, _ = forms(NOT_BACK)
    assert subject == "The refund for order VZ-1024 did not go through"
    assert "€29.99" in text
