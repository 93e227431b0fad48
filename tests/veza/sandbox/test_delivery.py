"""Webhooks as a receiver meets them: signed, repeated until taken, late, doubled, out of order, or never."""

import hashlib
import hmac
import os
import signal
import subprocess
import sys
from pathlib import Path

import anyio.to_thread
import httpx
import psutil
import pytest
from tests.factories.processes import eventually
from tests.factories.sandbox import KEYS, Receiver, Sandbox, Taken, a_sandbox, body_of, new_payment_id
from tests.factories.server import serving

from veza.kit.sandbox_keys import sandbox_keys


def assert_signed(taken: Taken) -> None:
    """By the header of Hyperswitch, over the bytes that came."""
    wanted = hmac.new(KEYS.hyperswitch_webhook_key.encode(), taken.body, hashlib.sha512).hexdigest()
    assert taken.headers["x-webhook-signature-512"] == wanted
    assert len(wanted) == 128


async def test_the_envelope_and_the_signature_of_hyperswitch(sandbox: Sandbox) -> None:
    payment = await sandbox.paid()
    [taken] = await sandbox.receiver.wait_for("payment_succeeded")
    assert_signed(taken)
    assert (taken.path, taken.headers["content-type"]) == ("/hyperswitch", "application/json")
    event = taken.event
    assert set(event) == {"merchant_id", "event_id", "event_type", "content", "timestamp", "processor_merchant_id"}
    assert event["content"] == {"type": "payment_details", "object": payment}
    assert (payment["amount_received"], payment["merchant_order_reference_id"]) == (2999, "order-1")


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_what_is_not_taken_is_sent_again_with_the_same_bytes(sandbox: Sandbox, status: int) -> None:
    sandbox.receiver.answers += [status, status]
    await sandbox.paid()
    [taken] = await sandbox.receiver.wait_for("payment_succeeded")
    assert len(sandbox.receiver.refused) == 2
    for refused in sandbox.receiver.refused:
        assert refused.body == taken.body
        assert refused.headers["x-webhook-signature-512"] == taken.headers["x-webhook-signature-512"]
    await sandbox.flush()
    webhooks = (await sandbox.state())["webhooks"]
    assert (webhooks["delivered"], webhooks["refused"], webhooks["waiting"]) == (1, 2, 0)


async def test_every_event_arrives_once_when_all_goes_well(sandbox: Sandbox) -> None:
    payments = [await sandbox.paid(amount) for amount in range(100, 140)]
    taken = await sandbox.receiver.until(lambda me: len(me.taken) >= len(payments))
    await sandbox.flush()
    found = [one.event["content"]["object"]["payment_id"] for one in taken]
    assert sorted(found) == sorted(payment["payment_id"] for payment in payments)


async def test_doubled(sandbox: Sandbox) -> None:
    await sandbox.faults(webhooks={"doubled": 1})
    await sandbox.paid()
    first, second = await sandbox.receiver.until(lambda me: len(me.taken) == 2)
    assert first.body == second.body


async def test_shuffled(sandbox: Sandbox) -> None:
    await sandbox.faults(webhooks={"shuffled": 1})
    payments = [(await sandbox.paid(amount))["payment_id"] for amount in (100, 200, 300, 400)]
    taken = await sandbox.receiver.until(lambda me: len(me.taken) == 4)
    assert [one.event["content"]["object"]["payment_id"] for one in taken] == payments[::-1]


async def test_what_is_held_alone_goes_out_after_a_moment(sandbox: Sandbox) -> None:
    await sandbox.faults(webhooks={"shuffled": 1})
    await sandbox.paid()
    await sandbox.receiver.wait_for("payment_succeeded")


async def test_late_until_somebody_asks(sandbox: Sandbox) -> None:
    await sandbox.faults(webhooks={"late": {"rate": 1, "only": "payment_succeeded"}, "late_ms": 600_000})
    await sandbox.paid()
    await sandbox.account()
    await sandbox.receiver.wait_for("account.updated")
    assert [one.type for one in sandbox.receiver.taken] == ["account.updated"]
    assert (await sandbox.state())["webhooks"]["waiting"] == 1
    flushed = await sandbox.flush()
    assert (flushed["attempted"], flushed["delivered"], flushed["waiting"]) == (1, 1, 0)
    assert [one.type for one in sandbox.receiver.taken] == ["account.updated", "payment_succeeded"]


async def test_late_by_itself(sandbox: Sandbox) -> None:
    await sandbox.faults(webhooks={"late": {"next": 1}, "late_ms": 50})
    await sandbox.paid()
    await sandbox.receiver.wait_for("payment_succeeded")


async def test_never(sandbox: Sandbox) -> None:
    await sandbox.faults(webhooks={"never": {"next": 1}})
    payment = await sandbox.paid()
    assert (await sandbox.flush())["attempted"] == 0
    assert (await sandbox.state())["webhooks"]["withheld"] == 1
    assert payment["status"] == "succeeded"  # who asks, hears it
    assert sandbox.receiver.taken == []
    assert (await sandbox.flush(withheld=True))["delivered"] == 1  # an operator may send it by hand, much later
    assert [one.type for one in sandbox.receiver.taken] == ["payment_succeeded"]


async def test_nobody_listens(tmp_path: Path) -> None:
    receiver = Receiver(url="http://127.0.0.1:1")
    async with a_sandbox(tmp_path, receiver=receiver, retry_delays_s=(3600,)) as sandbox:
        await sandbox.paid()
        await sandbox.flush()
        page = (await sandbox.browser.get("/")).text
        assert "ConnectError" in page
        assert (await sandbox.state())["webhooks"]["waiting"] == 1


async def test_without_an_address_nothing_waits(tmp_path: Path) -> None:
    async with a_sandbox(tmp_path, hyperswitch_webhook_url="", stripe_webhook_url="") as sandbox:
        await sandbox.paid()
        await sandbox.account()
        assert (await sandbox.state())["webhooks"]["waiting"] == 0


async def test_undelivered_webhooks_outlive_a_restart(tmp_path: Path) -> None:
    receiver = Receiver()
    async with a_sandbox(tmp_path, receiver=receiver, retry_delays_s=(3600,)) as sandbox:
        receiver.answers.append(503)
        payment = await sandbox.paid()
        await receiver.until(lambda me: bool(me.refused))
    refused, receiver.url = receiver.refused[0], ""
    async with a_sandbox(tmp_path, receiver=receiver) as sandbox:
        assert body_of(await sandbox.hyperswitch.get(f"/payments/{payment['payment_id']}"))["status"] == "succeeded"
        await sandbox.flush()
        [taken] = await receiver.wait_for("payment_succeeded")
    assert taken.body == refused.body


class Child:
    """`veza sandbox` as a process of its own."""

    def __init__(self, folder: Path, http_port: int) -> None:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("VEZA_")} | {
            "VEZA_DATA_DIR": str(folder),
            "VEZA_HTTP_ADDR": f"127.0.0.1:{http_port}",
            "VEZA_SANDBOX_ADDR": "127.0.0.1:0",
            "VEZA_LOG_LEVEL": "error",
        }
        self.process = subprocess.Popen([sys.executable, "-m", "veza", "sandbox"], env=environ)
        self.url = ""

    def wait_until_it_listens(self) -> None:
        found: list[int] = []

        def listens() -> bool:
            assert self.process.poll() is None
            connections = psutil.Process(self.process.pid).net_connections("tcp")
            found[:] = [one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN]
            return bool(found)

        eventually(listens)
        self.url = f"http://127.0.0.1:{found[0]}"

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


async def test_undelivered_webhooks_outlive_a_kill(tmp_path: Path) -> None:
    """The whole path of `veza sandbox`: keys from the data folder, the addresses of the api, SIGKILL, a new start."""
    receiver = Receiver()
    async with serving(receiver) as port:
        receiver.answers += [503] * 3
        child = Child(tmp_path, port)
        await anyio.to_thread.run_sync(child.wait_until_it_listens)
        keys = sandbox_keys((tmp_path / "secret_key").read_bytes().strip())
        async with httpx.AsyncClient(base_url=child.url, headers={"api-key": keys.hyperswitch_api_key}) as client:
            body = {"payment_id": new_payment_id(), "amount": 100, "currency": "EUR", "confirm": True}
            await client.put("/sandbox/faults", json={"webhooks": {"late": 1, "late_ms": 600_000}})
            payment = body_of(await client.post("/payments", json=body))
        assert await anyio.to_thread.run_sync(lambda: child.end(signal.SIGKILL)) == -signal.SIGKILL
        child = Child(tmp_path, port)
        await anyio.to_thread.run_sync(child.wait_until_it_listens)
        async with httpx.AsyncClient(base_url=child.url, headers={"api-key": keys.hyperswitch_api_key}) as client:
            assert body_of(await client.get(f"/payments/{payment['payment_id']}"))["status"] == "succeeded"
            assert body_of(await client.get("/sandbox/faults"))["webhooks"]["late"]["rate"] == 1
            await client.post("/sandbox/webhooks/flush")
        [refused] = receiver.refused
        assert refused.path == "/api/v1/webhooks/hyperswitch"
        receiver.answers.clear()
        [taken] = await receiver.wait_for("payment_succeeded")
        assert taken.body == refused.body
        assert await anyio.to_thread.run_sync(lambda: child.end(signal.SIGTERM)) == 0
