"""What tests of recordings need: a store that can be slow or down, an archive that tells when it heard, a studio."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from tests.factories.api import Person, data_of
from tests.veza.media.hls.synthetic import AUDIO, VIDEO, audio_samples, interleaved, video_samples

from veza.context import Context
from veza.kit.errors import Unavailable
from veza.live.authority import LiveAuthority
from veza.media.units import TrackConfig
from veza.ports.files import Files, Listed
from veza.streaming.archive import Archive, Lack, Missing, RecordedInit, RecordedSegment
from veza.streaming.hub import Hub, HubSettings
from veza.streaming.publication import Publication
from veza.streaming.recorder import Recorder, RecorderSettings

NEVER_S = 1000.0
HUB = HubSettings(grace_s=NEVER_S, endlist_s=NEVER_S, heartbeat_s=NEVER_S, close_s=2.0)
QUICK = RecorderSettings(retry_s=0.001, retry_max_s=0.002, tries=2, free_share_min=0.0)
SAMPLES = interleaved(video_samples(9), audio_samples(9))
"""Four segments of two seconds, and one that still grows."""


class BrittleFiles:
    """Passes everything on to a real store. While `is_down` nothing can be put; while `open` is cleared, puts wait."""

    def __init__(self, store: Files) -> None:
        self._store = store
        self.is_down = False
        self.open = asyncio.Event()
        self.open.set()

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, filename: str, content_type: str) -> None:
        await self.open.wait()
        if self.is_down:
            raise Unavailable("The file store does not answer right now. Try again in a moment.")
        await self._store.put(key, chunks, filename=filename, content_type=content_type)

    async def read(self, key: str, start: int, end: int) -> bytes:
        return await self._store.read(key, start, end)

    async def delete(self, key: str) -> None:
        await self._store.delete(key)

    def list(self, prefix: str = "") -> AsyncIterator[Listed]:
        return self._store.list(prefix)

    async def link(self, key: str, expires_s: int) -> str | None:
        return await self._store.link(key, expires_s)

    def path(self, key: str) -> Path | None:
        return self._store.path(key)


class HeardArchive:
    """Passes everything on to a real archive, and tells tests what was said. While `is_away` it hears nothing."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.said: list[str] = []
        self.is_away = False
        self._changed = asyncio.Event()

    async def until(self, holds: Callable[[list[str]], bool]) -> None:
        """Wait until what was said so far is so."""
        async with asyncio.timeout(10):
            while not holds(self.said):
                self._changed.clear()
                await self._changed.wait()

    async def heard(self, word: str, times: int = 1) -> None:
        """Wait until this was said so often: `stored`, `lost`, `expected`, `finished`."""
        await self.until(lambda said: said.count(word) >= times)

    def _say(self, word: str) -> None:
        self.said.append(word)
        self._changed.set()

    async def begin(self, broadcast_id: UUID) -> str | None:
        folder = await self._archive.begin(broadcast_id)
        self._say("begun" if folder else "not wanted")
        return folder

    async def add_init(self, broadcast_id: UUID, init: RecordedInit) -> bool:
        return await self._archive.add_init(broadcast_id, init)

    async def expect(self, broadcast_id: UUID, segment: RecordedSegment, missing: Missing) -> bool:
        if self.is_away:
            self._say("not heard")
            raise OSError("the database is away")
        wanted = await self._archive.expect(broadcast_id, segment, missing)
        self._say("expected" if wanted else "not wanted")
        return wanted

    async def stored(self, broadcast_id: UUID, msn: int) -> None:
        await self._archive.stored(broadcast_id, msn)
        self._say("stored")

    async def lost(self, broadcast_id: UUID, msn: int, problem: Lack) -> None:
        await self._archive.lost(broadcast_id, msn, problem)
        self._say("lost")

    async def pictured(self, broadcast_id: UUID, size_bytes: int) -> None:
        await self._archive.pictured(broadcast_id, size_bytes)
        self._say("pictured")

    async def finished(self, broadcast_id: UUID, missing: Missing) -> None:
        await self._archive.finished(broadcast_id, missing)
        self._say("finished")


@dataclass
class Studio:
    """A stream of somebody's, and a media process that carries and records it."""

    client: httpx.AsyncClient
    owner: Person
    stream_id: UUID
    store: BrittleFiles
    archive: HeardArchive
    hub: Hub

    async def publish(self, *tracks: TrackConfig | None) -> Publication:
        """An encoder that sent nothing yet but how its tracks are coded; those of `SAMPLES` when it is not said."""
        where = {"stream_id": str(self.stream_id)}
        key = data_of(await self.client.get("/live/streams/me/key", params=where, headers=self.owner.headers))
        publication = await self.hub.publish(key=key["stream_key"], peer="192.0.2.1", cut=lambda _: None)
        for track in tracks or (VIDEO, AUDIO):
            assert track is not None
            publication.configure(track)
        return publication

    async def broadcast(self) -> Publication:
        """An encoder that sent nine seconds."""
        publication = await self.publish()
        for sample in SAMPLES:
            publication.push(sample)
        return publication

    async def end(self) -> None:
        path = f"/live/streams/{self.stream_id}/end"
        data_of(await self.client.post(path, headers=self.owner.headers))

    async def recordings(self, person: Person | None) -> list[dict[str, Any]]:
        """What this person is shown; None: somebody who is not logged in."""
        headers = person.headers if person is not None else {}
        listed = data_of(await self.client.get(f"/live/streams/{self.stream_id}/recordings", headers=headers))
        found: list[dict[str, Any]] = listed["recordings"]
        return found

    async def newest(self) -> dict[str, Any]:
        """The newest one, as its owner sees it."""
        return (await self.recordings(self.owner))[0]

    async def recorded(self) -> dict[str, Any]:
        """A whole broadcast, and its recording when it is ready."""
        await self.broadcast()
        await self.archive.heard("stored", 4)
        await self.end()
        await self.archive.heard("finished")
        return await self.newest()


@asynccontextmanager
async def studio_of(
    ctx: Context, client: httpx.AsyncClient, owner: Person, archive: Archive, settings: RecorderSettings = QUICK
) -> AsyncIterator[Studio]:
    """A stream of `owner`'s and a hub that records, while the block runs."""
    stream = data_of(await client.post("/live/streams", json={"title": "Set"}, headers=owner.headers), 201)
    store, heard = BrittleFiles(ctx.files), HeardArchive(archive)
    authority = LiveAuthority(ctx, node="media-1")
    hub = Hub(authority, ctx.clock, HUB, Recorder(store, heard, ctx.clock, settings))
    hub.start()
    for connected in authority.cuts.connected.values():
        await connected.wait()
    try:
        yield Studio(client, owner, UUID(stream["id"]), store, heard, hub)
    finally:
        await hub.close()
        await authority.close()
