"""The file store behind obstore: a local folder or an S3 bucket, by the same calls.

What differs is dealt with here (facts of obstore 0.12: a local store knows no attributes, signs nothing and raises
for a missing object that is deleted).
"""

import asyncio
import errno
from collections.abc import AsyncIterable, AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from veza.db.pool import outside_transaction
from veza.kit.errors import NotFound, Unavailable
from veza.kit.text import disposition
from veza.ports.files import Listed

CHUNK_BYTES = 8 * 1024 * 1024
"""A part of an S3 upload; S3 takes at most 10,000 of them."""


_PIECE_BYTES = 2 * 1024 * 1024
"""More than two seconds of most broadcasts."""


class ObstoreFiles:
    """`ports.files.Files` over a store of obstore's. `folder`: where it lies, for a local one."""

    def __init__(self, store: LocalStore | S3Store | MemoryStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, filename: str, content_type: str) -> None:
        """See `Files.put`."""
        outside_transaction()
        attributes: Any = {"Content-Type": content_type, "Content-Disposition": disposition(filename)}
        known = attributes if isinstance(self._store, S3Store) else None
        pieces = _joined(chunks)
        try:
            first = await anext(pieces, b"")
            second = await anext(pieces, None) if len(first) >= _PIECE_BYTES else None
            if second is None:  # all of it: one request, and one crossing into the library
                await obstore.put_async(self._store, key, first, attributes=known, use_multipart=False)
                return
            await obstore.put_async(
                self._store,
                key,
                _after(first, second, pieces),
                attributes=known,
                chunk_size=CHUNK_BYTES,
                max_concurrency=2,
                use_multipart=True,
            )
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def read(self, key: str, start: int, end: int) -> bytes:
        """See `Files.read`."""
        if end <= start:
            return b""
        if self._folder is not None:
            return await asyncio.to_thread(_read_local, self._folder / key, start, end)
        try:
            return bytes(await obstore.get_range_async(self._store, key, start=start, end=end))
        except FileNotFoundError:
            raise NotFound("This file is not there.") from None
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def delete(self, key: str) -> None:
        """See `Files.delete`."""
        outside_transaction()
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def list(self, prefix: str = "") -> AsyncIterator[Listed]:
        """See `Files.list`."""
        try:
            async for page in obstore.list(self._store, prefix or None, chunk_size=200):
                for found in page:
                    yield Listed(found["path"], found["size"], found["last_modified"])
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def link(self, key: str, expires_s: int) -> str | None:
        """See `Files.link`."""
        if not isinstance(self._store, S3Store):
            return None
        return str(await obstore.sign_async(self._store, "GET", key, timedelta(seconds=expires_s)))

    def path(self, key: str) -> Path | None:
        """See `Files.path`."""
        return None if self._folder is None else self._folder / key


def local_files(folder: Path) -> ObstoreFiles:
    """A store in a folder, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return ObstoreFiles(LocalStore(prefix=folder), folder)


def unopened_files() -> ObstoreFiles:
    """A store in memory that nobody will use, for what needs only the routes."""
    return ObstoreFiles(MemoryStore())


def s3_files(
    bucket: str, prefix: str, *, endpoint: str, region: str, access_key_id: str, secret: str, retries: int = 3
) -> ObstoreFiles:
    """A store in a bucket. An empty `endpoint` means Amazon's own; empty keys mean those of the machine's role."""
    retry: Any = {"max_retries": retries, "retry_timeout": timedelta(seconds=20)}
    config: Any = {"region": region or "us-east-1"}
    options: Any = {"timeout": "30s", "connect_timeout": "5s"}
    if endpoint:
        config |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
        options["allow_http"] = endpoint.startswith("http://")
    if access_key_id:
        config |= {"access_key_id": access_key_id, "secret_access_key": secret}
    return ObstoreFiles(
        S3Store(bucket, prefix=prefix or None, config=config, client_options=options, retry_config=retry)
    )


async def _joined(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Small pieces as larger ones: each piece that crosses into the library costs the same."""
    waiting: list[bytes] = []
    size = 0
    async for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= _PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


async def _after(first: bytes, second: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    yield second
    async for piece in rest:
        yield piece


def _read_local(path: Path, start: int, end: int) -> bytes:
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(start)
            return file.read(end - start)
    except FileNotFoundError:
        raise NotFound("This file is not there.") from None
    except OSError as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> Unavailable:
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    if full or "No space left" in str(error):
        return Unavailable("There is no room left for files. The people who run this server know.", retry_after_s=300)
    return Unavailable("The file store does not answer right now. Try again in a moment.")
