"""What people see: plain HTML without a script, readable at 360 px, in light and dark, with a keyboard.

Turns values into text and escapes every one of them. Decides nothing and reads nothing.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

_STYLE = """
:root{color-scheme:light dark;--ground:#f6f5f3;--card:#fff;--ink:#1c1b1a;--soft:#5c5853;--line:#d8d4ce;
--accent:#6b3fa0;--on-accent:#fff;--warn-ground:#fff3d6;--warn-ink:#5a3d00;--bad:#a3221b}
@media (prefers-color-scheme:dark){:root{--ground:#161514;--card:#211f1e;--ink:#f1efec;--soft:#b4aea6;--line:#3d3936;
--accent:#c9a6f5;--on-accent:#1f1230;--warn-ground:#3a2d0c;--warn-ink:#ffe2a3;--bad:#ff9a92}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
.banner{background:var(--warn-ground);color:var(--warn-ink);padding:.75rem 1rem;text-align:center;font-weight:600}
main{max-width:28rem;margin:0 auto;padding:1.5rem 1rem 3rem}
main.wide{max-width:72rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem;margin:0 0 1rem}
h1{font-size:1.25rem;margin:0 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.05rem;margin:1.75rem 0 .5rem}
p{margin:.25rem 0 .75rem;overflow-wrap:anywhere}
.amount{font-size:2rem;font-weight:700;margin:.25rem 0}
.soft{color:var(--soft)}
.bad{color:var(--bad);font-weight:600}
form{display:grid;gap:.75rem;margin:0}
button,.button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1rem;border-radius:.5rem;cursor:pointer;
border:1px solid var(--line);background:transparent;color:inherit;text-align:center;text-wrap:balance;
text-decoration:none;display:block}
button.first{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;padding:.375rem .75rem .375rem 0;border-bottom:1px solid var(--line);white-space:nowrap}
.switches{grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));align-items:end}
.switches fieldset{display:contents}
.switches legend{font-weight:600;grid-column:1/-1}
.switches label{display:grid;gap:.125rem;font-size:.875rem}
input{font:inherit;padding:.375rem .5rem;border:1px solid var(--line);border-radius:.375rem;background:var(--card);
color:inherit;width:100%}
"""
_ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"
BANNER = "This is a sandbox: no money moves."


def page(title: str, inside: str, *, wide: bool = False) -> str:
    """A whole document. `inside` is HTML whose values are escaped already."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f'<link rel="icon" href="{_ICON}"><style>{_STYLE}</style></head><body>'
        f'<header class="banner">{BANNER}</header>'
        f"<main{' class=wide' if wide else ''}>{inside}</main></body></html>"
    )


def money(amount_cents: int, currency: str) -> str:
    """`2999`, `EUR` → `29.99 EUR`."""
    sign, whole = "-" if amount_cents < 0 else "", abs(amount_cents)
    return f"{sign}{whole // 100:,}.{whole % 100:02d} {currency.upper()}"


def _form(choices: Iterable[tuple[str, str]]) -> str:
    buttons = "".join(
        f'<button name="outcome" value="{escape(value)}"{" class=first" if number == 0 else ""}>{escape(text)}</button>'
        for number, (value, text) in enumerate(choices)
    )
    return f'<form method="post">{buttons}</form>'


def _about(payment: dict[str, Any]) -> str:
    what = payment["description"] or "Payment"
    return f'<p class="amount">{money(payment["amount"], payment["currency"])}</p><p class="soft">{escape(what)}</p>'


def checkout_page(payment: dict[str, Any]) -> str:
    """The hosted page of a payment that can be paid."""
    failed = payment["status"] == "failed"
    notice = '<p class="bad" role="alert">The card was declined. Nothing was paid.</p>' if failed else ""
    choices = [
        ("succeed", "Pay again" if failed else "Pay"),
        ("decline", "Pay with a card that is declined"),
        ("authenticate", "Pay with a card that asks for 3-D Secure"),
        ("abandon", "Go back without paying"),
    ]
    return page("Checkout", f'<div class="card"><h1>Checkout</h1>{notice}{_about(payment)}{_form(choices)}</div>')


def authenticate_page(payment: dict[str, Any]) -> str:
    """The bank's question (3-D Secure)."""
    choices = [("succeed", "Yes, it is me"), ("decline", "No, refuse")]
    inside = f"<h1>Your bank asks</h1><p>Do you want to make this payment?</p>{_about(payment)}{_form(choices)}"
    return page("3-D Secure", f'<div class="card">{inside}</div>')


def over_page(payment: dict[str, Any], status: str, back: str | None) -> str:
    """A payment that can no longer be paid. `back`: an address that was judged to be one."""
    texts = {
        "succeeded": "This payment is done.",
        "cancelled": "This payment was cancelled.",
        "expired": "This payment's time is over. Begin again in the shop.",
    }
    link = f'<a class="button" href="{escape(back)}">Back to the shop</a>' if back else ""
    text = texts.get(status, "This payment cannot be made.")
    return page("Checkout", f'<div class="card"><h1>{text}</h1>{_about(payment)}{link}</div>')


def onboarding_page(account: dict[str, Any]) -> str:
    """What stands in for Stripe's questions to a seller."""
    choices = [
        ("complete", "Give everything that is asked"),
        ("restrict", "Leave something out: the account is restricted"),
        ("abandon", "Go back without an answer"),
    ]
    who = account["email"] or account["id"]
    inside = f'<h1>Get paid</h1><p>Account <span class="soft">{escape(who)}</span></p>{_form(choices)}'
    return page("Onboarding", f'<div class="card">{inside}</div>')


def note_page(title: str, text: str) -> str:
    return page(title, f'<div class="card"><h1>{escape(title)}</h1><p>{escape(text)}</p></div>')


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table that scrolls by itself on a narrow screen."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(str('' if cell is None else cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    name = escape(caption)
    body = (
        f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>" if lines else "<p class=soft>None.</p>"
    )
    return f'<h2>{name}</h2><div class="scroll" tabindex="0" role="region" aria-label="{name}">{body}</div>'


def switches_form(faults: dict[str, Any]) -> str:
    """Every fault switch as a field: a rate from 0 to 1, or milliseconds."""
    fields = []
    for door, named in faults.items():
        if not isinstance(named, dict):
            continue
        fields.append(f"<fieldset><legend>{escape(door)}</legend>")
        for name, switch in named.items():
            is_rate = isinstance(switch, dict)
            value, hits = (f"{switch['rate']:g}", f" · {switch['hits']} so far") if is_rate else (str(switch), "")
            bounds = 'min="0" max="1" step="any"' if is_rate else 'min="0" step="1"'
            fields.append(
                f'<label>{escape(name)}{hits}<input type="number" {bounds} name="{escape(f"{door}.{name}")}" '
                f'value="{escape(value)}" required></label>'
            )
        fields.append("</fieldset>")
    buttons = (
        '<button class="first" name="do" value="switch">Set the switches</button>'
        '<button name="do" value="flush" formnovalidate>Deliver waiting webhooks now</button>'
    )
    return f'<h2>Fault switches</h2><form class="switches" method="post">{"".join(fields)}{buttons}</form>'
