"""The file store, in a folder and in a bucket of a real S3 endpoint: the same calls give the same."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from tests.factories.s3 import BUCKET, s3_endpoint

from veza.adapters.obstore_files import ObstoreFiles, local_files, s3_files
from veza.http.upload import UploadCut
from veza.kit.errors import NotFound, Unavailable

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_endpoint() as found:
        yield found


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, endpoint: str) -> ObstoreFiles:
    if request.param == "folder":
        return local_files(tmp_path / "files")
    prefix = tmp_path.name  # each test has its own
    return s3_files(BUCKET, prefix, endpoint=endpoint, region="", access_key_id="test", secret="test")


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def put(store: ObstoreFiles, key: str, *content: bytes) -> None:
    await store.put(key, pieces(*content), filename="Ünder.wav", content_type="audio/wav")


async def keys(store: ObstoreFiles) -> set[str]:
    return {found.key async for found in store.list()}


async def test_what_is_put_can_be_read_in_parts(store: ObstoreFiles) -> None:
    await put(store, "file/ab/one", b"hello ", b"world")
    assert await store.read("file/ab/one", 0, 11) == b"hello world"
    assert await store.read("file/ab/one", 6, 9) == b"wor"
    assert await store.read("file/ab/one", 3, 3) == b""
    listed = [found async for found in store.list()]
    assert [(found.key, found.size_bytes) for found in listed] == [("file/ab/one", 11)]
    assert listed[0].modified_at.tzinfo is not None


async def test_an_object_of_several_parts_is_whole(store: ObstoreFiles) -> None:
    content = bytes(range(256)) * 4096  # 1 MiB
    await put(store, "file/ab/big", *[content] * 19)
    assert await store.read("file/ab/big", 18 * MIB, 19 * MIB) == content
    assert await store.read("file/ab/big", 8 * MIB - 2, 8 * MIB + 2) == b"\xfe\xff\x00\x01"


async def test_an_empty_object_is_an_object(store: ObstoreFiles) -> None:
    await put(store, "file/ab/empty")
    assert await keys(store) == {"file/ab/empty"}


async def test_what_is_cut_off_is_not_there(store: ObstoreFiles) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield b"x" * (9 * MIB)
        raise UploadCut("gone")

    with pytest.raises(UploadCut):
        await store.put("file/ab/cut", cut(), filename="x", content_type="x/y")
    assert await keys(store) == set()


async def test_a_failed_put_leaves_what_was_there(store: ObstoreFiles) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield b"new"
        raise RuntimeError("no more")

    await put(store, "file/ab/one", b"old")
    with pytest.raises(RuntimeError):
        await store.put("file/ab/one", cut(), filename="x", content_type="x/y")
    assert await store.read("file/ab/one", 0, 3) == b"old"


async def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: ObstoreFiles) -> None:
    await put(store, "file/ab/one", b"x")
    await store.delete("file/ab/one")
    await store.delete("file/ab/one")
    assert await keys(store) == set()
    with pytest.raises(NotFound):
        await store.read("file/ab/one", 0, 1)


async def test_only_a_bucket_gives_links(store: ObstoreFiles) -> None:
    await put(store, "file/ab/one", b"hello")
    link, path = await store.link("file/ab/one", 60), store.path("file/ab/one")
    assert (link is None) == (path is not None)
    if link is None:
        assert path is not None
        assert path.read_bytes() == b"hello"
        return
    async with httpx.AsyncClient() as client:
        answer = await client.get(link, headers={"range": "bytes=1-3"})
    assert (answer.status_code, answer.content) == (206, b"ell")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "%C3%9Cnder.wav" in answer.headers["content-disposition"]
    assert answer.headers["content-type"] == "audio/wav"


async def test_a_store_that_does_not_answer_is_unavailable() -> None:
    store = s3_files(
        BUCKET, "", endpoint="http://127.0.0.1:9", region="", access_key_id="test", secret="test", retries=0
    )
    with pytest.raises(Unavailable):
        await store.read("file/ab/one", 0, 1)
    with pytest.raises(Unavailable):
        await put(store, "file/ab/one", b"x")
    with pytest.raises(Unavailable):
        await store.delete("file/ab/one")


async def test_a_folder_that_is_full_or_closed_is_unavailable(tmp_path: Path) -> None:
    store = local_files(tmp_path / "files")
    (tmp_path / "files" / "file").write_bytes(b"in the way of a folder")
    with pytest.raises(Unavailable):
        await put(store, "file/ab/one", b"x")
