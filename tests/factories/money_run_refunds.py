"""The part of a market day that goes backwards: buyers want money back while things die, and sellers spend theirs.

Every third order is refunded, whole, in part, or in two parts; what sellers have on their accounts is taken away now
and then, so that some of it is a debt. What came of it is told apart by the provider's own counts.
"""

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

THIRD, REST = "a third of a line", "what is left"
WISHES: dict[int, tuple[str, ...]] = {1: (REST,), 4: (THIRD,), 7: (THIRD, REST)}
"""By the last digit of an order's number."""
NOT_YET = {"not_refundable", "refund_in_progress", "idempotency_in_progress"}
ASK_EVERY_S = 3.0
OVERDRAWN_CENTS = -60_000
"""What is on an account that was emptied: the next sales do not yet fill it."""
OPEN = """
    select (select count(*) from orders where status = 'refund_pending')
         + (select count(*) from refunds where status = 'pending')
         + (select count(*) from reversals where status in ('waiting', 'pending'))
"""


@dataclass
class MoneyBack:
    """What was asked for, and what was left of it in the end."""

    asked: int = 0
    emptied: int = 0
    reversed_cents: int = 0
    recovered_cents: int = 0
    lost: int = 0
    doubled: int = 0
    refunds_that_differ: int = 0
    reversals_that_differ: int = 0
    _ids: dict[str, set[str]] = field(default_factory=dict)

    def rows(self) -> list[tuple[str, int]]:
        """For people."""
        return [
            ("refunds acknowledged", self.asked),
            ("sellers' accounts emptied", self.emptied),
            ("cents reversed", self.reversed_cents),
            ("cents of debts kept back", self.recovered_cents),
            ("refunds lost", self.lost),
            ("refunds doubled", self.doubled),
            ("refunds that differ at the provider", self.refunds_that_differ),
            ("reversals that differ at the provider", self.reversals_that_differ),
        ]

    def wrong(self) -> tuple[int, ...]:
        """What has to be zero."""
        return self.lost, self.doubled, self.refunds_that_differ, self.reversals_that_differ

    async def ask(self, api: httpx.AsyncClient, number: int, order: dict[str, Any], headers: dict[str, str]) -> None:
        """Ask for what this order's buyer wants back, each until it is acknowledged: first the sale must be through."""
        line = order["items"][0]
        for part, wish in enumerate(WISHES.get(number % 10, ())):
            items = {"items": [{"item_id": line["id"], "amount_cents": line["total_cents"] // 3}]}
            body = {"reason": "Not what I hoped for", **(items if wish == THIRD else {})}
            key = f"back-{number}-{part}"
            while key not in self._ids:
                await self._try(api, order["id"], body, headers | {"Idempotency-Key": key})
                await asyncio.sleep(ASK_EVERY_S)
            self.asked += 1

    async def _try(self, api: httpx.AsyncClient, order_id: str, body: dict[str, Any], headers: dict[str, str]) -> None:
        with contextlib.suppress(httpx.TransportError):
            answer = await api.post(f"/marketplace/orders/{order_id}/refund", json=body, headers=headers)
            if answer.status_code == 200:
                self._ids.setdefault(headers["Idempotency-Key"], set()).add(answer.json()["data"]["refund"]["id"])
            else:
                assert answer.status_code in {500, 502, 503} or answer.json()["code"] in NOT_YET, answer.text

    async def empty(self, sandbox: httpx.AsyncClient, account: str) -> None:
        """A seller's bank gets all that is on their account, and more (a negative balance, as Stripe has it)."""
        left = {"account": account, "amount": OVERDRAWN_CENTS}
        (await sandbox.post("/sandbox/balance", json=left)).raise_for_status()
        self.emptied += 1

    async def count(self, connection: "asyncpg.Connection[Any]", state: Any) -> None:
        """Compare what we believe with what the provider does."""
        ours = {
            str(row["id"]): row["amount_cents"]
            for row in await connection.fetch("select id, amount_cents from refunds where status = 'succeeded'")
        }
        acknowledged = {found for ids in self._ids.values() for found in ids}
        self.lost = len(acknowledged - ours.keys())
        self.doubled = sum(len(ids) > 1 for ids in self._ids.values()) + len(ours.keys() - acknowledged)
        by_status = Counter({status: found["count"] for status, found in state["refunds"]["by_status"].items()})
        given_cents = sum(found["amount_refunded"] for found in state["payments"]["succeeded"])
        self.refunds_that_differ = (
            abs(by_status["succeeded"] - len(ours)) + by_status["pending"] + (given_cents != sum(ours.values()))
        )
        back = {
            found["metadata"]["transfer_id"]: found["amount_reversed"]
            for found in state["transfers"]["all"]
            if found["amount_reversed"]
        }
        rows = await connection.fetch("select id, reversed_cents from transfers where reversed_cents > 0")
        known = {str(row["id"]): row["reversed_cents"] for row in rows}
        self.reversals_that_differ = len(set(back.items()) ^ set(known.items()))
        self.reversed_cents = sum(known.values())
        self.recovered_cents = await connection.fetchval(
            "select coalesce(sum(amount_cents), 0)::bigint from debt_recoveries"
        )
