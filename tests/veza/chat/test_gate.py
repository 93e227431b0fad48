"""Sockets are let in, told the news, and let go: through real connections."""

from tests.factories.chat import a_room, chat_server, guest, member, somebody

from veza.context import Context


async def test_a_conversation(ctx: Context) -> None:
    host, ada = await somebody(ctx, "host"), await somebody(ctx, "ada")
    room = await a_room(ctx, host)
    async with chat_server(ctx) as server, member(server, ada) as one, guest(server) as other:
        welcome = await one.push("welcome")
        assert welcome["user"] == {"id": str(ada.user_id), "username": "ada", "role": "user"}
        assert (await other.push("welcome"))["user"] is None
        joined = await one.join(room)
        assert (joined["seq"], joined["messages"], joined["recovered"]) == (0, [], False)
        assert joined["permissions"]["can_send"]
        await other.join(room)
        said = await one.say(room, "hello")
        assert said["seq"] == 1
        assert (await other.push("message"))["message"] == said
        assert (await one.push("message"))["message"] == said
