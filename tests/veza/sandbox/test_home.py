"""The sandbox's own page: it shows what is there, escapes it, and only it may send its form."""

from tests.factories.sandbox import KEYS, Sandbox, body_of


async def test_it_shows_what_happened(sandbox: Sandbox) -> None:
    payment = await sandbox.paid(merchant_order_reference_id="<b>order</b>")
    account = await sandbox.account()
    form = {"amount": "100", "currency": "eur", "destination": account["id"]}
    transfer = body_of(await sandbox.stripe.post("/v1/transfers", data=form))
    page = (await sandbox.browser.get("/")).text
    for shown in (payment["payment_id"], transfer["id"], account["id"], "29.99 EUR", "28.99 EUR", "no money moves"):
        assert shown in page
    assert "<b>order" not in page
    assert KEYS.stripe_api_key not in page
    assert KEYS.hyperswitch_api_key not in page


async def test_its_form_sets_the_switches(sandbox: Sandbox) -> None:
    form = {"do": "switch", "stripe.refused": "0.5", "webhooks.late_ms": "20", "hyperswitch.lost_answer": "0"}
    for origin in ("", "http://evil.example", "null"):
        assert (await sandbox.browser.post("/", data=form, headers={"origin": origin})).status_code == 403
    done = await sandbox.browser.post("/", data=form, headers={"origin": sandbox.url})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    faults = body_of(await sandbox.stripe.get("/sandbox/faults"))
    assert (faults["stripe"]["refused"]["rate"], faults["webhooks"]["late_ms"]) == (0.5, 20)
    assert 'name="stripe.refused" value="0.5"' in (await sandbox.browser.get("/")).text
    wrong = await sandbox.browser.post("/", data={"stripe.refused": "x"}, headers={"origin": sandbox.url})
    assert wrong.status_code == 400


async def test_its_button_delivers_what_waits(sandbox: Sandbox) -> None:
    await sandbox.faults(webhooks={"late": 1, "late_ms": 600_000})
    await sandbox.paid()
    await sandbox.browser.post("/", data={"do": "flush"}, headers={"origin": sandbox.url})
    assert [one.type for one in sandbox.receiver.taken] == ["payment_succeeded"]
