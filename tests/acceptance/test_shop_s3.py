"""The shop with its files in a bucket, and with a proxy that sends them: the same to sellers and buyers."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.recordings import studio_of
from tests.factories.s3 import BUCKET, s3_endpoint
from tests.factories.shop import archive, give, new_product, png, published, send_file, wav

from veza.bootstrap import open_files
from veza.context import Context
from veza.entitlements.service import revoke
from veza.files import service as files
from veza.files.domain import ObjectKind
from veza.recordings.authority import RecordingArchive


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_endpoint() as found:
        yield found


@pytest.fixture
async def buyer_link(ctx: Context, client: httpx.AsyncClient, ada: Person) -> tuple[str, Context]:
    """A download link of something that bob owns."""
    product = await published(ctx, client, ada)
    bob = await join(client, "bob")
    await give(ctx, bob, product["id"])
    item = data_of(await client.get("/marketplace/library", headers=bob.headers))["items"][0]
    path = f"/marketplace/library/{item['id']}/files/{item['files'][0]['id']}/download"
    return data_of(await client.get(path, headers=bob.headers))["url"], ctx


class TestBucket:
    @pytest.fixture
    def ctx(self, ctx: Context, endpoint: str) -> Context:
        settings = replace(
            ctx.settings,
            storage_url=f"s3://{BUCKET}/{ctx.settings.data_dir.parent.name}",
            s3_endpoint=endpoint,
            s3_access_key_id="test",
            s3_secret_access_key="test",
        )
        return replace(ctx, settings=settings, files=open_files(settings))

    async def test_a_buyer_is_sent_to_the_bucket(
        self, client: httpx.AsyncClient, buyer_link: tuple[str, Context]
    ) -> None:
        answer = await client.get(buyer_link[0])
        assert (answer.status_code, answer.headers["cache-control"]) == (307, "no-store")
        async with httpx.AsyncClient() as outside:
            whole = await outside.get(answer.headers["location"], headers={"range": "bytes=0-3"})
        assert (whole.status_code, whole.content) == (206, b"RIFF")
        assert "night%20drive.wav" in whole.headers["content-disposition"]

    async def test_nobody_is_sent_there_once_it_is_no_longer_owned(
        self, client: httpx.AsyncClient, buyer_link: tuple[str, Context]
    ) -> None:
        link, ctx = buyer_link
        async with ctx.db.transaction() as tx:
            held = await tx.fetchval("select id from entitlements")
            await revoke(tx, held)
        assert refusal_of(await client.get(link)) == (410, "gone")

    async def test_covers_and_previews_come_through_us(
        self, ctx: Context, client: httpx.AsyncClient, ada: Person
    ) -> None:
        product = await published(ctx, client, ada)
        preview = await client.get(product["preview_url"].removeprefix("/api/v1"), headers={"range": "bytes=4-7"})
        assert (preview.status_code, preview.content) == (206, b"ftyp")
        path = f"/marketplace/products/{product['id']}/cover"
        shown = data_of(await client.put(path, content=png(), headers=ada.headers))
        assert (await client.get(shown["cover_url"].removeprefix("/api/v1"))).content[8:12] == b"WEBP"

    async def test_what_is_refused_leaves_nothing_in_the_bucket(
        self, ctx: Context, client: httpx.AsyncClient, ada: Person
    ) -> None:
        product = await new_product(client, ada)
        assert refusal_of(await send_file(client, ada, product["id"], archive()))[0] == 415
        assert [found async for found in ctx.files.list()] == []
        data_of(await send_file(client, ada, product["id"], wav()), 201)
        objects = [found async for found in ctx.files.list()]
        assert [found.size_bytes for found in objects] == [len(wav())]
        file = data_of(await client.get(f"/marketplace/products/{product['id']}/files", headers=ada.headers))
        path = f"/marketplace/products/{product['id']}/files/{file['files'][0]['id']}"
        data_of(await client.delete(path, headers=ada.headers))
        async with ctx.db.connection() as connection:
            discarded = await connection.fetchval("select id from stored_objects where state = 'discarded'")
        await files.delete_object(ctx, discarded, ObjectKind.FILE)
        assert [found async for found in ctx.files.list()] == []

    async def test_a_broadcast_is_recorded_into_the_bucket_and_played_through_us(
        self, ctx: Context, client: httpx.AsyncClient, ada: Person
    ) -> None:
        async with studio_of(ctx, client, ada, RecordingArchive(ctx)) as studio:
            recording = await studio.recorded()
            objects = [found async for found in ctx.files.list("recording/")]
            assert sum(found.size_bytes for found in objects) == recording["size_bytes"]
            name = objects[0].key.rpartition("/")[2]
            answer = await client.get(recording["playback_url"].replace("index.m3u8", name))
            assert (answer.status_code, len(answer.content)) == (200, objects[0].size_bytes)
            data_of(await client.delete(f"/live/recordings/{recording['id']}", headers=ada.headers))
            await files.delete_object(ctx, UUID(recording["id"]), ObjectKind.RECORDING)
            assert [found async for found in ctx.files.list()] == []


class TestProxy:
    @pytest.fixture
    def ctx(self, ctx: Context) -> Context:
        return replace(ctx, settings=replace(ctx.settings, accel_prefix="/protected"))

    async def test_the_proxy_is_told_what_to_send(
        self, client: httpx.AsyncClient, buyer_link: tuple[str, Context]
    ) -> None:
        link, ctx = buyer_link
        answer = await client.get(link)
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"", "audio/wav")
        folder = ctx.files.path("")
        assert folder is not None
        told = answer.headers["x-accel-redirect"]
        assert told.startswith("/protected/file/")
        path = ctx.files.path(told.removeprefix("/protected/"))
        assert path is not None
        assert path.read_bytes() == wav(seconds=2.0)
        assert answer.headers["content-disposition"].startswith("attachment;")
