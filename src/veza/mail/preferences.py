"""Which mail somebody wants, and the word with which they turn a kind off without logging in (RFC 8058).

The word names a person and a kind, signed; it says nothing else, lasts, and can only ever turn off.
"""

import base64
from collections.abc import Iterable
from uuid import UUID

from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.kit.errors import NotFound
from veza.kit.signing import keyed_hash, same
from veza.mail import queries
from veza.mail.domain import OPTIONAL_KINDS, MailKind

_SIGNATURE_BYTES = 32
_ID_BYTES = 16
_WORD_MAX = 200


async def wants_stream_live(ctx: Context, user_id: UUID) -> bool:
    """Whether somebody is told when people whom they follow go live."""
    async with ctx.db.connection() as connection:
        return bool(await queries.wants_stream_live.find(connection, user_id))


async def set_stream_live(ctx: Context, user_id: UUID, *, wanted: bool) -> None:
    """Ask to be told of it, or not to be."""
    async with ctx.db.connection() as connection:
        await queries.set_stream_live.run(connection, user_id, wanted)


async def stream_live_wanted_among(connection: Connection, user_ids: Iterable[UUID]) -> set[UUID]:
    """Those of them who asked to be told."""
    return {row.user_id for row in await queries.wanting_stream_live.list(connection, list(user_ids))}


async def forget_preferences(tx: Tx, user_id: UUID) -> None:
    """Somebody's account is being deleted."""
    await queries.forget.run(tx, user_id)


def write_word(ctx: Context, user_id: UUID, kind: MailKind) -> str:
    """What turns this kind off for this person: goes into their mail and nowhere else."""
    said = user_id.bytes + kind.value.encode()
    return base64.urlsafe_b64encode(_sign(ctx, said) + said).decode().rstrip("=")


async def unsubscribe(ctx: Context, word: str) -> None:
    """Turn a kind of mail off; again changes nothing. Raises `NotFound` for a word that is not ours."""
    user_id, _ = read_word(ctx, word)
    async with ctx.db.connection() as connection:
        await queries.stop_stream_live.run(connection, user_id)


def read_word(ctx: Context, word: str) -> tuple[UUID, MailKind]:
    """Whom and what a word names. Raises `NotFound`."""
    try:
        raw = base64.b64decode(word[:_WORD_MAX] + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        signature, said = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if same(signature, _sign(ctx, said)):
            kind = MailKind(said[_ID_BYTES:].decode())
            if kind in OPTIONAL_KINDS:
                return UUID(bytes=said[:_ID_BYTES]), kind
    except ValueError:
        pass
    raise NotFound("There is no such link.")


def _sign(ctx: Context, said: bytes) -> bytes:
    return keyed_hash(ctx.keys.unsubscribe, said.hex())
