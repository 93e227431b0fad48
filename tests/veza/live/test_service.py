"""Streams and keys as their owners meet them: bounded, secret, and right when many ask at once."""

import asyncio
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest
from tests.factories.accounts import a_person, suspend
from tests.factories.clock import TurnableClock

from veza.auth.domain import Principal
from veza.context import Context
from veza.kit.errors import Conflict, Forbidden, NotFound
from veza.kit.ids import new_id
from veza.kit.page import PageRequest
from veza.live import domain, on_air, service
from veza.live.domain import STREAMS_PER_USER_MAX, Category, Details, StreamKey
from veza.settings import Address
from veza.streaming.authority import Beat, Grant
from veza.users.service import follow, unfollow


@pytest.fixture
async def owner(ctx: Context) -> Principal:
    return await a_person(ctx.db)


async def go_live(ctx: Context, key: StreamKey, viewers: int = 0) -> UUID:
    grant, broadcast_id = await on_air.authorise(ctx, key.key, "n"), new_id()
    assert isinstance(grant, Grant)
    await on_air.go_live(ctx, grant, broadcast_id=broadcast_id, node="n", resumed=False, audio_only=False)
    await on_air.beat(ctx, [Beat(key.stream_id, broadcast_id, grant.key_version, viewers, audio_only=False)])
    return broadcast_id


async def titles(
    ctx: Context, *, is_live: bool | None = None, category: Category | None = None, search: str = ""
) -> list[str]:
    page = await service.list_streams(ctx, PageRequest(), is_live=is_live, category=category, search=search)
    assert page.total == len(page.items)
    return [stream.details.title for stream in page.items]


async def test_fifty_first_visits_at_once_make_one_stream_with_one_key(ctx: Context, owner: Principal) -> None:
    answers = await asyncio.gather(*(service.get_key(ctx, owner, None) for _ in range(50)))
    assert len({(key.stream_id, key.key) for key in answers}) == 1
    assert (await service.list_own(ctx, owner, PageRequest())).total == 1


async def test_many_new_keys_at_once_leave_one_that_is_good(ctx: Context, owner: Principal) -> None:
    await service.get_key(ctx, owner, None)
    answers = await asyncio.gather(*(service.regenerate_key(ctx, owner, None) for _ in range(20)))
    verdicts = [await on_air.authorise(ctx, key.key, "n") for key in answers]
    assert sum(isinstance(verdict, Grant) for verdict in verdicts) == 1
    shown = await service.get_key(ctx, owner, None)
    assert isinstance(await on_air.authorise(ctx, shown.key, "n"), Grant)


async def test_the_key_is_of_the_stream_on_air_else_of_the_newest(ctx: Context, owner: Principal) -> None:
    first = await service.create_stream(ctx, owner, Details("first"))
    second = await service.create_stream(ctx, owner, Details("second"))
    assert (await service.get_key(ctx, owner, None)).stream_id == second.id
    await go_live(ctx, await service.get_key(ctx, owner, first.id))
    assert (await service.get_key(ctx, owner, None)).stream_id == first.id
    assert (await service.regenerate_key(ctx, owner, None)).stream_id == first.id
    assert (await service.regenerate_key(ctx, owner, second.id)).stream_id == second.id


async def test_a_stranger_finds_no_key(ctx: Context, owner: Principal) -> None:
    key, stranger = await service.get_key(ctx, owner, None), await a_person(ctx.db)
    for stream_id in (key.stream_id, new_id()):
        with pytest.raises(NotFound):
            await service.get_key(ctx, stranger, stream_id)
        with pytest.raises(NotFound):
            await service.regenerate_key(ctx, stranger, stream_id)
    assert await service.get_key(ctx, owner, key.stream_id) == key


async def test_a_key_is_at_rest_only_as_hash_and_ciphertext_bound_to_its_stream(ctx: Context, owner: Principal) -> None:
    keys = [
        await service.get_key(ctx, owner, (await service.create_stream(ctx, owner, Details(title))).id)
        for title in ("one", "two")
    ]
    async with ctx.db.connection() as connection:
        for table in ("streams", "chat_rooms", "users"):
            dump = "".join(str(tuple(row)) for row in await connection.fetch(f"select * from {table}"))
            assert not any(key.key in dump or key.key.encode().hex() in dump for key in keys)
        await connection.execute(
            "update streams set key_sealed = (select key_sealed from streams where id = $1) where id = $2",
            keys[0].stream_id,
            keys[1].stream_id,
        )
    assert keys[0].key not in repr(keys[0])
    moved = await service.get_key(ctx, owner, keys[1].stream_id)
    assert moved.key not in {key.key for key in keys}  # it does not open there, so a new one was made


async def test_after_a_change_of_the_secret_each_stream_gets_a_new_key(ctx: Context, owner: Principal) -> None:
    old = await service.get_key(ctx, owner, None)
    changed = replace(ctx, keys=replace(ctx.keys, stream_key_lookup=b"l" * 32, stream_key_seal=b"s" * 32))
    ((_, shown),) = (await service.list_own(changed, owner, PageRequest())).items
    assert shown.key != old.key
    assert isinstance(await on_air.authorise(changed, shown.key, "n"), Grant)
    assert await service.get_key(changed, owner, None) == shown


async def test_a_person_has_at_most_so_many_streams(ctx: Context, owner: Principal) -> None:
    for _ in range(STREAMS_PER_USER_MAX - 1):
        await service.create_stream(ctx, owner, Details("x"))
    made = await asyncio.gather(
        *(service.create_stream(ctx, owner, Details("last")) for _ in range(4)), return_exceptions=True
    )
    refused = [answer.code for answer in made if isinstance(answer, Conflict)]
    assert refused == ["too_many_streams"] * 3
    page = await service.list_own(ctx, owner, PageRequest())
    assert page.total == STREAMS_PER_USER_MAX
    await service.delete_stream(ctx, owner, page.items[0][0].id)
    await service.create_stream(ctx, owner, Details("room again"))


async def test_a_stream_without_its_room_cannot_be(ctx: Context, owner: Principal) -> None:
    stream = await service.create_stream(ctx, owner, Details("with a room"))
    assert (stream.chat.room_id, stream.chat.enabled) == (stream.id, True)
    async with ctx.db.connection() as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute("delete from chat_rooms where id = $1", stream.id)


async def test_only_verified_people_stream_where_the_install_asks_for_it(ctx: Context) -> None:
    strict = replace(ctx, settings=replace(ctx.settings, require_verified_email=True))
    unverified, verified = await a_person(ctx.db), await a_person(ctx.db, email_verified=True)
    with pytest.raises(Forbidden):
        await service.get_key(strict, unverified, None)
    with pytest.raises(Forbidden):
        await service.create_stream(strict, unverified, Details("x"))
    assert domain.is_key((await service.get_key(strict, verified, None)).key)


async def test_the_list_is_on_air_first_by_viewers_then_the_newest(ctx: Context) -> None:
    for title, viewers in (("few", 2), ("many", 40), ("over", 0), ("older", 0), ("draft", None)):
        person = await a_person(ctx.db)
        stream = await service.create_stream(ctx, person, Details(title))
        if viewers is None:
            continue
        await go_live(ctx, await service.get_key(ctx, person, None), viewers)
        if viewers == 0:
            await service.end_stream(ctx, person, stream.id)
    assert await titles(ctx) == ["many", "few", "older", "over"]
    assert await titles(ctx, is_live=True) == ["many", "few"]
    assert await titles(ctx, is_live=False) == ["older", "over"]


async def test_what_followed_people_have_on_air(ctx: Context, owner: Principal) -> None:
    people = {name: await a_person(ctx.db, name) for name in ("quiet", "busy", "gone", "lost", "draft", "stranger")}
    keys = {name: await service.get_key(ctx, person, None) for name, person in people.items()}
    for name in people:
        if name != "stranger":
            await follow(ctx, owner.user_id, name)
    on_air_with = {"quiet": 1, "busy": 9, "gone": 5, "lost": 0, "stranger": 99}
    broadcasts = {name: await go_live(ctx, keys[name], viewers) for name, viewers in on_air_with.items()}
    await service.end_stream(ctx, people["gone"], keys["gone"].stream_id)
    assert await followed(ctx, owner) == ["busy", "quiet", "lost"]
    await on_air.interrupt(ctx, keys["quiet"].stream_id, broadcasts["quiet"])
    assert await followed(ctx, owner) == ["busy", "quiet", "lost"]  # expected back any second
    page = await service.list_followed(ctx, owner, PageRequest(1, 1))
    assert ([stream.username for stream in page.items], page.total) == (["quiet"], 3)
    await suspend(ctx.db, people["lost"])
    await unfollow(ctx, owner.user_id, "busy")
    assert await followed(ctx, owner) == ["quiet"]
    assert await followed(ctx, people["stranger"]) == []


async def followed(ctx: Context, owner: Principal) -> list[str]:
    page = await service.list_followed(ctx, owner, PageRequest())
    assert page.total == len(page.items)
    return [stream.username for stream in page.items]


async def test_streams_are_found_by_words_and_beginnings_of_words(ctx: Context) -> None:
    person = await a_person(ctx.db, "dj-night")
    details = domain.parse_details("Déjà vu, live!", "Vinyl & lo-fi", Category.TALK, ["Deep House"])
    await service.create_stream(ctx, person, details)
    await go_live(ctx, await service.get_key(ctx, person, None))
    for search in ("deja", "DÉJÀ VU", "hou", "house deep", "night", "lo-fi", "vinyl deja", "talk", "  ", ""):
        assert await titles(ctx, search=search) == ["Déjà vu, live!"], search
    for search in ("jazz", "deja jazz", "eja", "!!!", "jazz | deja", "deja:*&!jazz", "\\"):
        assert await titles(ctx, search=search) == [], search
    assert await titles(ctx, search="deja", category=Category.TALK) == ["Déjà vu, live!"]
    assert await titles(ctx, search="deja", category=Category.MUSIC) == []


async def test_a_change_of_the_title_changes_what_finds_it(ctx: Context, owner: Principal) -> None:
    stream = await service.create_stream(ctx, owner, Details("sunrise", tags=("slow",)))
    await go_live(ctx, await service.get_key(ctx, owner, None))
    changed = await service.change_details(ctx, owner, stream.id, title="sunset")
    assert (changed.details.title, changed.details.tags) == ("sunset", ("slow",))
    assert await titles(ctx, search="sunrise") == []
    assert await titles(ctx, search="sunset slow") == ["sunset"]


@pytest.mark.parametrize("listening", [True, False])
async def test_rtmp_health_says_whether_encoders_can_reach_us(
    ctx: Context, clock: TurnableClock, listening: bool
) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if not listening:
        server.close()
        await server.wait_closed()
    asked = replace(ctx, settings=replace(ctx.settings, rtmp_addr=Address("127.0.0.1", port)))
    first = await service.check_rtmp(asked)
    assert (first.reachable, first.error is None, first.address) == (listening, listening, f"127.0.0.1:{port}")
    clock.turn(4.9)
    assert await service.check_rtmp(asked) is first
    clock.turn(0.2)
    assert (await service.check_rtmp(asked)).checked_at > first.checked_at
    server.close()
