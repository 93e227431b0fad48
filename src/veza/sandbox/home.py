"""The sandbox's own page: what is in it, and the fault switches as a form that only this page may send."""

from typing import Any
from urllib.parse import urlsplit

import msgspec

from veza.sandbox.box import Box
from veza.sandbox.control import put_faults
from veza.sandbox.delivery import Delivery
from veza.sandbox.faults import DELAYS, SWITCHES
from veza.sandbox.http import Answer, Refused, Request, Route, as_json, as_page, see_other
from veza.sandbox.pages import money, page, switches_form, table
from veza.sandbox.state import whole_state

_SHOWN = 20


def home_routes(delivery: Delivery) -> list[Route]:
    """The page, and its form."""

    async def submit(box: Box, request: Request) -> Answer:
        return await _submit(box, request, delivery)

    return [Route("GET", "/", show_home), Route("POST", "/", submit)]


def show_home(box: Box, _request: Request) -> Answer:
    """Totals over everything, and the newest of each kind."""
    state = whole_state(box, newest=_SHOWN)
    inside = (
        "<h1>Payment sandbox</h1><p class=soft>A simulator of Hyperswitch and Stripe Connect. "
        "What people pay here exists nowhere else.</p>"
    )
    inside += _totals(box, state) + _newest(box, state) + switches_form(box.faults.shown())
    return as_page(page("Payment sandbox", inside, wide=True))


def _totals(box: Box, state: dict[str, Any]) -> str:
    currency, transfers = box.options.currency, state["transfers"]
    lines = [
        (f"{kind} {name}", of["count"], money(of["amount"], currency))
        for kind in ("payments", "refunds", "disputes")
        for name, of in state[kind]["by_status"].items()
    ]
    lines += [
        ("transfers", transfers["count"], money(transfers["amount"], currency)),
        ("reversed of them", "", money(transfers["amount_reversed"], currency)),
        ("platform's balance", "", _available(state["balance"])),
    ]
    return table("Totals", ("what", "how many", "sum"), lines)


def _newest(box: Box, state: dict[str, Any]) -> str:
    payments = box.store.rows("SELECT * FROM payments ORDER BY created_ms DESC LIMIT ?", _SHOWN)
    hooks = box.store.rows("SELECT * FROM deliveries ORDER BY id DESC LIMIT ?", _SHOWN)
    return "".join(
        (
            table("Newest payments", ("payment", "order", "amount", "status"), [
                (row["payment_id"], row["reference"], money(row["amount_cents"], row["currency"]), row["status"])
                for row in payments
            ]),
            table("Newest transfers", ("transfer", "to", "group", "amount", "reversed"), [
                (one["id"], one["destination"], one["transfer_group"], money(one["amount"], one["currency"]),
                 money(one["amount_reversed"], one["currency"]))
                for one in state["transfers"]["all"]
            ]),
            table("Newest accounts", ("account", "state", "available"), [
                (one["id"], one["state"], _available(one["available"])) for one in state["accounts"]
            ]),
            table("Webhooks that were not taken", ("event", "of", "state", "tries", "last problem"), [
                (row["event_type"], row["object_id"], row["state"], row["attempts"], row["problem"]) for row in hooks
            ]),
        )
    )  # fmt: skip


def _available(balance: dict[str, int]) -> str:
    return ", ".join(money(cents, currency) for currency, cents in balance.items())


async def _submit(box: Box, request: Request, delivery: Delivery) -> Answer:
    """Any page may send a browser here; only from our own does it say so in `Origin`."""
    origin = urlsplit(request.headers.get("origin", ""))
    ours = urlsplit(box.public_url)
    if origin.netloc not in {ours.netloc, f"127.0.0.1:{ours.port}"} or request.headers.get("host") != origin.netloc:
        raise Refused(as_json({"error": "This form is sent from the sandbox's own page only."}, 403))
    form = request.form()
    if form.get("do") == "flush":
        await delivery.flush(withheld=False)
        return see_other("/")
    with box.store.transaction():
        put_faults(box, Request("PUT", "/sandbox/faults", {}, {}, msgspec.json.encode(_change(form))))
    return see_other("/")


def _change(form: dict[str, str]) -> dict[str, Any]:
    change: dict[str, Any] = {}
    for name, text in form.items():
        door, _, switch = name.partition(".")
        if switch in SWITCHES.get(door, ()) or switch in DELAYS.get(door, ()):
            try:
                change.setdefault(door, {})[switch] = int(text) if switch in DELAYS[door] else float(text)
            except ValueError:
                raise Refused(as_json({"error": f"{name} is no number."}, 400)) from None
    return change
