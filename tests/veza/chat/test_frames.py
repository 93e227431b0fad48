"""Frames: what a client may say is read strictly, whatever it is; what it hears is JSON with the documented fields."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given, settings, strategies as st

from veza.auth.domain import Principal, Role
from veza.chat import frames
from veza.chat.domain import YES, Decision, Message, Permissions, RoomRole, RoomSettings
from veza.chat.frames import AnyFrame, id_of, parse_frame
from veza.kit.errors import Invalid

ROOM, MESSAGE, EPOCH = UUID(int=1), UUID(int=2), UUID(int=3)
R, M, E = str(ROOM), str(MESSAGE), str(EPOCH)
DEEP = "[" * 4_000 + "]" * 4_000


def refusal_of(data: str | bytes) -> str:
    with pytest.raises(Invalid) as caught:
        parse_frame(data)
    return caught.value.code


# --- what a client says ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ({"type": "join", "id": 1, "room": R}, frames.Join(id=1, room=ROOM)),
        ({"type": "join", "id": "a", "room": R, "since": None}, frames.Join(id="a", room=ROOM)),
        (
            {"type": "join", "id": 1, "room": R, "since": {"epoch": E, "seq": 7}},
            frames.Join(id=1, room=ROOM, since=frames.Since(EPOCH, 7)),
        ),
        ({"type": "leave", "id": 1, "room": R}, frames.Leave(id=1, room=ROOM)),
        (
            {"type": "send", "id": 1, "room": R, "nonce": "n", "content": "<b>"},
            frames.Send(id=1, room=ROOM, nonce="n", content="<b>"),
        ),
        (
            {"type": "send", "id": 1, "room": R, "nonce": "n", "content": "c", "reply_to": M},
            frames.Send(id=1, room=ROOM, nonce="n", content="c", reply_to=MESSAGE),
        ),
        ({"type": "history", "id": 1, "room": R}, frames.History(id=1, room=ROOM)),
        (
            {"type": "history", "id": 1, "room": R, "before": 2**53, "limit": 100},
            frames.History(id=1, room=ROOM, before=2**53, limit=100),
        ),
        ({"type": "delete", "id": 1, "room": R, "message_id": M}, frames.Delete(id=1, room=ROOM, message_id=MESSAGE)),
        ({"type": "ping"}, frames.Ping()),
        ({"type": "ping", "id": -(2**53)}, frames.Ping(id=-(2**53))),
        ({"id": "x" * 64, "type": "ping"}, frames.Ping(id="x" * 64)),
    ],
)
def test_every_frame(frame: dict[str, Any], expected: AnyFrame) -> None:
    assert parse_frame(json.dumps(frame)) == expected
    assert parse_frame(" " + json.dumps(frame, indent=2) + "\n") == expected
    assert parse_frame(json.dumps(frame, ensure_ascii=False)) == expected


GOOD = {
    "join": {"id": 1, "room": R},
    "leave": {"id": 1, "room": R},
    "send": {"id": 1, "room": R, "nonce": "n", "content": "c"},
    "history": {"id": 1, "room": R},
    "delete": {"id": 1, "room": R, "message_id": M},
}


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize(
    "extra", ["x", "stage", "`$.type`", "x` - at `$.type", "field `type`", "tag", "Type", "", "ID", "reply-to"]
)
def test_an_unknown_field_is_an_error_whatever_its_name(kind: str, extra: str) -> None:
    assert refusal_of(json.dumps({"type": kind, **GOOD[kind], extra: 1})) == "validation_error"
    assert refusal_of(json.dumps({extra: 1, **GOOD[kind], "type": kind})) == "validation_error"


@pytest.mark.parametrize("kind", GOOD)
def test_every_field_is_needed(kind: str) -> None:
    for name in GOOD[kind]:
        rest = {field: value for field, value in GOOD[kind].items() if field != name}
        assert refusal_of(json.dumps({"type": kind, **rest})) == "validation_error", name


WRONG: list[tuple[str, str, list[Any]]] = [
    ("join", "room", ["", "x", None, 1, [], {}, R[:-1], R + "0", "\u0661" + R[1:]]),
    ("join", "id", [None, True, 1.5, [], {}, "x" * 65, 2**53 + 1, -(2**53) - 1]),
    ("join", "since", [1, [], {}, {"epoch": E}, {"seq": 1}, {"epoch": "x", "seq": 1}]),
    ("join", "since", [{"epoch": E, "seq": seq} for seq in (-1, 2**53 + 1, 10**40, "1", None, True, 1.5)]),
    ("join", "since", [{"epoch": E, "seq": 1, "more": 1}]),
    ("send", "content", [None, 1, [], {"html": "x"}]),
    ("send", "nonce", [None, 1, []]),
    ("send", "reply_to", ["", "x", 1, []]),
    ("history", "before", [-1, "1", 2**53 + 1, 10**400, 0.5]),
    ("history", "limit", [0, 101, -1, None, "50", 10**30]),
    ("delete", "message_id", [None, "x", 1]),
]


@pytest.mark.parametrize(
    ("kind", "field", "value"), [(kind, name, value) for kind, name, bad in WRONG for value in bad]
)
def test_a_field_of_another_kind_is_an_error(kind: str, field: str, value: Any) -> None:
    assert refusal_of(json.dumps({"type": kind, **GOOD[kind], field: value})) == "validation_error"


@pytest.mark.parametrize(
    "frame",
    ["{}", '{"id":1}', '{"type":"shout","id":1}', '{"type":""}', '{"type":null}', '{"type":1}', '{"type":["join"]}',
     '{"type":"Join"}', '{"type":"welcome"}', '{"type":"ack","id":1}', '{"type":"unknown field"}'],
)  # fmt: skip
def test_an_unknown_type_is_an_error(frame: str) -> None:
    assert refusal_of(frame) == "unknown_type"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "malformed_json"),
        (" ", "malformed_json"),
        ("{", "malformed_json"),
        ('{"type":"ping"', "malformed_json"),
        ('{"type":"ping"} {"type":"ping"}', "malformed_json"),
        ('{"type":"ping",}', "malformed_json"),
        ("{'type':'ping'}", "malformed_json"),
        ('{"type":"ping","id":NaN}', "malformed_json"),
        ('{"type":"ping","id":Infinity}', "malformed_json"),
        ('{"type":"ping","id":01}', "malformed_json"),
        ('{"type":"ping","id":"\\ud800"}', "malformed_json"),
        ('{"type":"ping","id":"\udfff"}', "malformed_json"),
        ('{"type":"ping","id":"a\nb"}', "malformed_json"),
        ('\ufeff{"type":"ping"}', "malformed_json"),
        ("nonsense", "malformed_json"),
        ("[]", "validation_error"),
        ('[{"type":"ping"}]', "validation_error"),
        ("7", "validation_error"),
        ('"ping"', "validation_error"),
        ("null", "validation_error"),
        ("true", "validation_error"),
        ('{"type":"ping","id":1e400}', "validation_error"),
        (b"", "unsupported_data"),
        (b'{"type":"ping"}', "unsupported_data"),
        (b"\xff\xfe", "unsupported_data"),
    ],
)
def test_what_is_no_frame(data: str | bytes, code: str) -> None:
    assert refusal_of(data) == code


@pytest.mark.parametrize(
    "data",
    [
        DEEP,
        '{"a":' * 1_600 + "1" + "}" * 1_600,
        '{"type":"ping","id":' + DEEP + "}",
        '{"type":"ping","x":' + DEEP + "}",
        '{"type":"ping","id":' + "9" * 8_000 + "}",
        '{"type":"ping","id":1e' + "9" * 8_000 + "}",
        '{"type":"ping","id":"' + "\\u0000" * 1_000 + '"}',
    ],
)
def test_depth_and_length_are_refused_in_peace(data: str) -> None:
    assert refusal_of(data) in {"validation_error", "malformed_json", "unknown_type"}
    assert id_of(data) is None


def test_of_two_equal_names_one_counts_and_nothing_breaks() -> None:
    for data in ('{"type":"ping","id":1,"id":2}', '{"id":1,"id":2,"type":"ping"}'):
        assert parse_frame(data) == frames.Ping(id=2)
    assert refusal_of('{"type":"ping","id":1,"id":null,"id":[]}') == "validation_error"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('{"type":"shout","id":7}', 7),
        ('{"id":"abc","type":[],"x":{"id":9}}', "abc"),
        ('{"id":"' + "é" * 64 + '"}', "é" * 64),
        ('{"id":"a\\u0000b"}', "a\x00b"),
        ('{"id":null}', None),
        ("{}", None),
        ('{"id":true}', None),
        ('{"id":1.5}', None),
        ('{"id":[1]}', None),
        ('{"id":{"id":1}}', None),
        ('{"id":"' + "x" * 65 + '"}', None),
        ('{"id":9007199254740993}', None),
        ('{"id":1e400}', None),
        ('{"id":NaN}', None),
        ('{"id":"\\ud800"}', None),
        ('{"id":"\ud800"}', None),
        ('{"x":"\\ud800","id":1}', None),
        ("[1]", None),
        ("7", None),
        ("{", None),
        ('{"id":1', None),
        (b'{"id":1}', 1),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_which_ids_are_echoed(data: str | bytes, expected: Any) -> None:
    found = id_of(data)
    assert (found, type(found)) == (expected, type(expected))
    answer = json.loads(frames.error(found, "validation_error", "No."))
    assert answer == {"type": "error", "id": expected, "code": "validation_error", "message": "No."}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70) | st.sampled_from([R, M, E])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
FIELDS = st.sampled_from(["id", "room", "nonce", "content", "reply_to", "since", "before", "limit", "message_id", "x"])
LIKELY = st.builds(
    lambda kind, fields: json.dumps({"type": kind, **fields}),
    st.sampled_from(["join", "leave", "send", "history", "delete", "ping", "welcome"]),
    st.dictionaries(FIELDS, VALUES, max_size=6),
)


@settings(max_examples=500)
@given(LIKELY | st.text(max_size=300) | st.binary(max_size=300) | st.text('{}[]":,\\u0ed8tynpig 1e', max_size=60))
@example("{" * 8_192)
@example("[" * 8_192)
@example('{"type":"ping","id":"\\ud800"}')
def test_anything_is_a_frame_or_invalid_and_can_be_answered(data: str | bytes) -> None:
    try:
        found = parse_frame(data)
    except Invalid:
        json.loads(frames.error(id_of(data), "x", "y"))
        return
    identity = found.id
    assert identity == id_of(data)
    json.loads(frames.push("ack", id=identity))


# --- what a client hears ---------------------------------------------------------------------------------------


SAID = Message(
    id=MESSAGE, room_id=ROOM, seq=7, user_id=UUID(int=4), username="ada", role="user", badge=None,
    content='<i> "quoted" \\ \u2028 🎵', reply_to=None, created_at=datetime(2026, 11, 26, 12, tzinfo=UTC),
)  # fmt: skip
AS_JSON = {
    "id": M, "room": R, "seq": 7, "user": {"id": str(UUID(int=4)), "username": "ada", "role": "user", "badge": None},
    "content": '<i> "quoted" \\ \u2028 🎵', "reply_to": None, "created_at": "2026-11-26T12:00:00Z",
}  # fmt: skip


def test_a_message_and_what_carries_it() -> None:
    data = frames.encode(frames.message_frame(SAID))
    assert json.loads(data) == AS_JSON
    assert json.loads(frames.message_push(ROOM, data)) == {"type": "message", "room": R, "message": AS_JSON}
    for identity in (7, 'a"b\\c\x00 🎵', -(2**53)):
        assert json.loads(frames.ack(identity, data)) == {"type": "ack", "id": identity, "message": AS_JSON}
    several = [frames.message_push(ROOM, data), frames.push("pong")]
    assert json.loads(frames.json_array(several)) == [json.loads(part) for part in several]
    assert json.loads(frames.json_array([])) == []


def test_an_error_names_a_wait_only_where_there_is_one() -> None:
    assert json.loads(frames.error(1, "slow_mode", "Wait.", 250)) == {
        "type": "error", "id": 1, "code": "slow_mode", "message": "Wait.", "retry_after_ms": 250,
    }  # fmt: skip
    assert "retry_after_ms" not in json.loads(frames.error(None, "x", "y"))


def test_permissions_give_a_reason_for_each_right_that_is_missing() -> None:
    held = Permissions(RoomRole.MEMBER, YES, YES, Decision("timed_out", 900))
    assert json.loads(frames.encode(frames.permissions_frame(held))) == {
        "can_read": True, "can_join": True, "can_send": False,
        "reasons": {"can_send": {"code": "timed_out", "retry_after_ms": 900}}, "role": "member",
    }  # fmt: skip
    no = Decision("unauthenticated")
    assert json.loads(frames.encode(frames.permissions_frame(Permissions(RoomRole.GUEST, YES, no, no)))) == {
        "can_read": True, "can_join": False, "can_send": False, "role": "guest",
        "reasons": {name: {"code": "unauthenticated", "retry_after_ms": None} for name in ("can_join", "can_send")},
    }  # fmt: skip
    assert (
        json.loads(frames.encode(frames.permissions_frame(Permissions(RoomRole.HOST, YES, YES, YES))))["reasons"] == {}
    )


def test_joined_has_what_a_client_needs_to_begin() -> None:
    settings_ = RoomSettings(ROOM, enabled=True, slow_mode_seconds=5, followers_only=False)
    rights = Permissions(RoomRole.HOST, YES, YES, YES)
    answer = frames.Joined(
        id=1, room=ROOM, epoch=EPOCH, seq=7, recovered=True, permissions=frames.permissions_frame(rights),
        state=frames.state_frame(settings_), stream=frames.StreamFrame("live"), viewer_count=3,
        messages=msgspec.Raw(frames.json_array([frames.encode(frames.message_frame(SAID))])), deleted=[MESSAGE],
    )  # fmt: skip
    found = json.loads(frames.encode(answer))
    rest = {name: found[name] for name in found if name not in {"permissions", "messages"}}
    assert rest == {
        "type": "joined", "id": 1, "room": R, "epoch": E, "seq": 7, "recovered": True, "viewer_count": 3,
        "state": {"enabled": True, "slow_mode_seconds": 5, "followers_only": False}, "stream": {"status": "live"},
        "deleted": [M],
    }  # fmt: skip
    assert found["messages"] == [AS_JSON]
    assert found["permissions"]["role"] == "host"


def test_who_a_socket_is() -> None:
    person = Principal(MESSAGE, EPOCH, "ada", Role.ADMIN, email_verified=True)
    assert json.loads(frames.encode(frames.user_frame(person))) == {"id": M, "username": "ada", "role": "admin"}
    assert frames.user_frame(None) is None
