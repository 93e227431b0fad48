"""Use cases of what people own: the library, download links, and (the door) granting and revoking by orders.

A link is a signed word of ours, not a key to the store: each use looks whether what it gives is still owned. So it is
dead at once when the entitlement is.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import msgspec

from veza.auth.domain import Principal
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.entitlements import domain, queries
from veza.entitlements.domain import Entitlement, LibraryItem
from veza.files.domain import DOWNLOAD_EXPIRES_S, StoredObject
from veza.files.service import get_kept
from veza.kit.errors import Conflict, NotFound
from veza.kit.ids import new_id
from veza.kit.page import Page, PageRequest
from veza.kit.signing import keyed_hash, same
from veza.products.contents import find_file, sellable_files
from veza.products.domain import FileStatus, ProductFile
from veza.products.service import licenses_among, products_among

Lines: TypeAlias = Sequence[tuple[UUID, UUID | None]]
"""Lines of an order, each by its product and licence: no two are alike in both."""

_SIGNATURE_BYTES = 32
_LINK_MAX = 400


@dataclass(frozen=True, slots=True)
class Link:
    """A download link: the word that goes into its address, and until when it is good."""

    word: str
    expires_at: datetime


class _Claim(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a link says. Without an entitlement it is the seller's own look at their file."""

    user_id: UUID
    file_id: UUID
    entitlement_id: UUID | None
    expires_s: int


# --- the library -----------------------------------------------------------------------------------------------


async def list_library(ctx: Context, owner: Principal, page: PageRequest) -> Page[LibraryItem]:
    """What the caller owns with the files it gives, the newest first. Off sale or not makes no difference."""
    async with ctx.db.connection() as connection:
        rows = await queries.owned.list(connection, owner.user_id, page.limit, page.offset)
        total = await queries.count_owned.find(connection, owner.user_id) or 0
        return Page(await _complete(connection, rows), total, page.limit, page.offset)


async def _complete(connection: Connection, rows: Sequence[queries.EntitlementRow]) -> list[LibraryItem]:
    if not rows:
        return []
    products = await products_among(connection, [row.product_id for row in rows])
    licenses = await licenses_among(connection, [row.license_id for row in rows if row.license_id])
    files = await sellable_files(connection, list(products))
    items = []
    for row in rows:
        held = _entitlement(row)
        bought = licenses.get(row.license_id) if row.license_id else None
        given = domain.files_of(held, bought, files.get(row.product_id, []))
        items.append(LibraryItem(held, products[row.product_id], bought, tuple(given)))
    return items


# --- downloads -------------------------------------------------------------------------------------------------


async def link_to_file(ctx: Context, owner: Principal, entitlement_id: UUID, file_id: UUID) -> Link:
    """A link to a file that the caller owns, good for 15 minutes.

    Raises `NotFound`, `Conflict` (`download_suspended`) while its money may be on its way back.
    """
    async with ctx.db.connection() as connection:
        await _require_owned(connection, owner.user_id, file_id, entitlement_id)
    return _write_link(ctx, owner.user_id, file_id, entitlement_id)


async def link_to_own_file(ctx: Context, seller: Principal, product_id: UUID, file_id: UUID) -> Link:
    """A link to a file of one's own product, whatever its state. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        await _require_seller(connection, seller.user_id, file_id, product_id)
    return _write_link(ctx, seller.user_id, file_id, None)


async def follow_link(ctx: Context, word: str) -> tuple[StoredObject, ProductFile]:
    """The object and the file behind a link. Raises `NotFound` for no link of ours, `Gone` for a dead one."""
    claim = _read_link(ctx, word)
    if ctx.clock.now().timestamp() >= claim.expires_s:
        raise domain.link_is_dead()
    async with ctx.db.connection() as connection:
        try:
            file = await _require_given(connection, claim)
            if claim.entitlement_id is not None:
                await _note_download(connection, claim, claim.entitlement_id)
        except (NotFound, Conflict):
            raise domain.link_is_dead() from None
        return await get_kept(connection, file.object_id), file


async def _require_given(connection: Connection, claim: _Claim) -> ProductFile:
    if claim.entitlement_id is None:
        return await _require_seller(connection, claim.user_id, claim.file_id, None)
    return await _require_owned(connection, claim.user_id, claim.file_id, claim.entitlement_id)


async def _note_download(connection: Connection, claim: _Claim, entitlement_id: UUID) -> None:
    """Write down the first download: afterwards a buyer cannot give back by themselves what they have."""
    row = await queries.entitlement.find(connection, entitlement_id, claim.user_id)
    if row is not None and row.downloaded_at is not None:
        return
    if not await queries.downloaded.run(connection, entitlement_id):  # noted by another, or no longer to be had
        await _require_given(connection, claim)


async def _require_owned(connection: Connection, user_id: UUID, file_id: UUID, entitlement_id: UUID) -> ProductFile:
    """A file that this entitlement gives. Looked at for every range of a download: nothing else is read."""
    row = await queries.entitlement.find(connection, entitlement_id, user_id)
    file = None if row is None else await find_file(connection, file_id)
    if row is None or file is None or file.product_id != row.product_id or file.status is not FileStatus.READY:
        raise domain.not_owned()
    bought = (await licenses_among(connection, [row.license_id])).get(row.license_id) if row.license_id else None
    if not domain.files_of(_entitlement(row), bought, [file]):
        raise domain.not_owned()
    if row.suspended_at is not None:
        raise domain.suspended()
    return file


async def _require_seller(connection: Connection, user_id: UUID, file_id: UUID, product_id: UUID | None) -> ProductFile:
    file = await find_file(connection, file_id)
    if file is None or file.removed_at is not None or product_id not in {None, file.product_id}:
        raise domain.not_owned()
    product = (await products_among(connection, [file.product_id]))[file.product_id]
    if product.seller_id != user_id:
        raise domain.not_owned()
    return file


def _write_link(ctx: Context, user_id: UUID, file_id: UUID, entitlement_id: UUID | None) -> Link:
    expires_at = ctx.clock.now() + timedelta(seconds=DOWNLOAD_EXPIRES_S)
    raw = msgspec.json.encode(_Claim(user_id, file_id, entitlement_id, int(expires_at.timestamp())))
    signature = keyed_hash(ctx.keys.download_link, raw.decode())
    word = base64.urlsafe_b64encode(signature + raw).decode().rstrip("=")
    return Link(word, expires_at.replace(microsecond=0))


def _read_link(ctx: Context, word: str) -> _Claim:
    try:
        raw = base64.b64decode(word[:_LINK_MAX] + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        signature, said = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if same(signature, keyed_hash(ctx.keys.download_link, said.decode())):
            return msgspec.json.decode(said, type=_Claim)
    except (ValueError, msgspec.DecodeError):
        pass
    raise NotFound("There is no such link.")


# --- the door --------------------------------------------------------------------------------------------------


async def grant(
    tx: Tx, user_id: UUID, product_id: UUID, *, license_id: UUID | None = None, order_id: UUID | None = None
) -> Entitlement:
    """Give somebody a product. Again for the same order gives the same; one that was revoked holds again."""
    row = await queries.grant.find(tx, new_id(), user_id, product_id, license_id, order_id)
    assert row is not None
    return _entitlement(row)


async def revoke(tx: Tx, entitlement_id: UUID) -> bool:
    """Take one entitlement away. Answers whether it held."""
    return await queries.revoke.run(tx, entitlement_id) > 0


async def revoke_lines(tx: Tx, order_id: UUID, lines: Lines) -> int:
    """Take away what these lines of an order gave. Answers how many held."""
    return await queries.revoke_lines.run(tx, order_id, [line[0] for line in lines], [line[1] for line in lines])


async def suspend_lines(tx: Tx, order_id: UUID, lines: Lines) -> None:
    """Keep back what these lines of an order give, and give all else of it: it is owned, and cannot be downloaded."""
    await queries.suspend_lines.run(tx, order_id, [line[0] for line in lines], [line[1] for line in lines])


async def downloaded_lines(connection: Connection, order_id: UUID) -> set[tuple[UUID, UUID | None]]:
    """Which lines of an order were downloaded."""
    return _downloaded(await queries.of_whole_order.list(connection, order_id))


async def lock_downloads(tx: Tx, order_id: UUID) -> set[tuple[UUID, UUID | None]]:
    """The same, held until `tx` ends: until then no other line is downloaded for the first time."""
    return _downloaded(await queries.lock_of_order.list(tx, order_id))


def _downloaded(rows: Sequence[queries.EntitlementRow]) -> set[tuple[UUID, UUID | None]]:
    return {(row.product_id, row.license_id) for row in rows if row.downloaded_at is not None}


async def owned_of_product(connection: Connection, user_id: UUID, product_id: UUID) -> list[Entitlement]:
    """How somebody owns a product: by several licences, perhaps, or not at all."""
    return [_entitlement(row) for row in await queries.of_product.list(connection, user_id, product_id)]


async def owned_among(connection: Connection, user_id: UUID, product_ids: Sequence[UUID]) -> list[Entitlement]:
    """What of these products somebody owns."""
    return [_entitlement(row) for row in await queries.of_products.list(connection, user_id, list(product_ids))]


async def list_of_order(
    connection: Connection, order_id: UUID, product_id: UUID, license_id: UUID | None
) -> list[LibraryItem]:
    """What a line of an order gives, while it does: one item, or none."""
    return await _complete(connection, await queries.of_order.list(connection, order_id, product_id, license_id))


async def hold_purchase(tx: Tx, user_id: UUID, product_id: UUID) -> Entitlement | None:
    """By which order somebody owns a product, held until `tx` ends; None when they bought it not, or no longer."""
    row = await queries.hold_of_product.find(tx, user_id, product_id)
    return None if row is None else _entitlement(row)


def _entitlement(row: queries.EntitlementRow) -> Entitlement:
    return Entitlement(row.id, row.user_id, row.product_id, row.license_id, row.order_id, row.granted_at)
