"""`Idempotency-Key` (api.md, answers): the same key and body give the same resource, once, for 24 hours and per user.

What is kept is the id of the resource, never the answer: secrets in it (a client secret, an onboarding address) are
read anew. The key is claimed before the work and finished in the transaction that made the resource.
"""

import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from veza.db.pool import Database, Tx
from veza.http import queries
from veza.kit.errors import Conflict, FieldProblem, Invalid, Unavailable, VezaError

MAX_KEY_CHARACTERS = 255
LOCK_S = 60.0
"""How long a claim holds while its request runs; after that a retry with the same body may take over (a crash)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that this request owns, or (`resource_id` set) one whose work was done before."""

    user_id: UUID
    route: str
    key: str
    resource_id: UUID | None

    async def finish(self, tx: Tx, resource_id: UUID) -> None:
        """Bind the key to what was made, in the transaction that made it.

        Raises `Conflict` when another request took over a claim that was held for too long: what is made here twice
        is rolled back.
        """
        if not await queries.finish_key.run(tx, self.user_id, self.route, self.key, resource_id):
            raise Conflict("Another request with this Idempotency-Key was faster.", code="idempotency_in_progress")


@contextlib.asynccontextmanager
async def claimed(
    db: Database, *, user_id: UUID, route: str, key: str | None, body: bytes
) -> AsyncIterator[Claim | None]:
    """`claim`, given back when the block is refused, so that a corrected request may use the key.

    After `Unavailable` it stays: what was begun goes on with the same key.
    """
    owned = await claim(db, user_id=user_id, route=route, key=key, body=body)
    try:
        yield owned
    except VezaError as error:
        if owned is not None and owned.resource_id is None and not isinstance(error, Unavailable):
            await release(db, owned)
        raise


async def claim(db: Database, *, user_id: UUID, route: str, key: str | None, body: bytes) -> Claim | None:
    """Claim a key; None when the request has none.

    Raises `Conflict`: `idempotency_conflict` for another body, `idempotency_in_progress` while the first one runs;
    `Invalid` for an empty or overlong key.
    """
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_KEY_CHARACTERS or not key.isprintable():
        problem = FieldProblem("Idempotency-Key", f"must be 1 to {MAX_KEY_CHARACTERS} printable characters")
        raise Invalid("The Idempotency-Key cannot be used.", problem)
    digest = hashlib.sha256(body).digest()
    async with db.connection() as connection:
        if await queries.claim_key.find(connection, user_id, route, key, digest, LOCK_S):
            return Claim(user_id, route, key, None)
        kept = await queries.kept_key.find(connection, user_id, route, key)
    if kept is not None and kept.body_sha256 != digest:
        raise Conflict("This Idempotency-Key was used with another body.", code="idempotency_conflict")
    if kept is None or kept.resource_id is None:
        raise Conflict("The first request with this Idempotency-Key still runs.", code="idempotency_in_progress")
    return Claim(user_id, route, key, kept.resource_id)


async def release(db: Database, owned: Claim) -> None:
    """Give a key back after a refusal that made nothing, so that a corrected request may use it."""
    async with db.connection() as connection:
        await queries.release_key.run(connection, owned.user_id, owned.route, owned.key)
