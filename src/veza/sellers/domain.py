"""Sellers at the payout provider, and what of each order is on its way to them. Pure.

waiting_for_seller ──account ready──▶ pending ──sent──▶ completed
                                         │
                                         ├──refused for now──▶ failed ──due, or an admin──▶ pending
                                         └──refused for ever, or tried out──▶ permanently_failed ──admin──▶ pending

Only an admin takes a transfer out of `permanently_failed`.
"""

from enum import StrEnum
from uuid import UUID

SEND_TRANSFER = "sellers.send_transfer"
SWEEP_TRANSFERS = "sellers.sweep_transfers"


class TransferStatus(StrEnum):
    """Where a transfer is in its life."""

    WAITING_FOR_SELLER = "waiting_for_seller"
    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    PERMANENTLY_FAILED = "permanently_failed"
    REVERSAL_PENDING = "reversal_pending"
    REVERSED = "reversed"
    PARTIALLY_REVERSED = "partially_reversed"


def transfer_group(order_id: UUID) -> str:
    """What joins all transfers of an order at the provider."""
    return f"order:{order_id}"
