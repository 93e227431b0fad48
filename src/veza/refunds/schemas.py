"""Bodies of the routes of refunds."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from veza.http.envelope import Body
from veza.refunds.domain import DETAILS_MAX, ITEMS_MAX, REASON_MAX


class RefundItemBody(Body, frozen=True, kw_only=True):
    """What of a line is to go back."""

    item_id: UUID
    amount_cents: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]


class RefundBody(Body, frozen=True, kw_only=True):
    """Body of POST …/refund. Without `items`: everything left that the caller may give back."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_MAX)]
    details: Annotated[str, msgspec.Meta(max_length=DETAILS_MAX)] = ""
    items: Annotated[list[RefundItemBody], msgspec.Meta(min_length=1, max_length=ITEMS_MAX)] | None = None


class RefundView(msgspec.Struct, frozen=True):
    """A refund that was asked for. `status`: pending, succeeded or failed; the provider decides."""

    id: UUID
    status: str
    amount_cents: int
    currency: str


class RefundInitiatedView(msgspec.Struct, frozen=True):
    """Answer to a refund that was asked for."""

    message: str
    refund: RefundView


class RefundRefusalView(msgspec.Struct, frozen=True):
    """Why a line cannot be given back now. `code`: as the POST would answer."""

    code: str
    message: str


class RefundableItemView(msgspec.Struct, frozen=True):
    """A line, and what of it the caller may give back now: 0 when `refused`."""

    item_id: UUID
    refundable_cents: int
    refused: RefundRefusalView | None


class RefundableView(msgspec.Struct, frozen=True):
    """What the caller may give back of an order now. `until`: when a buyer no longer can by themselves."""

    refundable_cents: int
    currency: str
    until: datetime | None
    items: list[RefundableItemView]
