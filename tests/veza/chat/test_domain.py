"""Who may read, join and send, as a table: every role, every standing, every setting, every code and wait."""

from dataclasses import dataclass, replace
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from veza.auth.domain import Principal, Role
from veza.chat import domain
from veza.chat.domain import NO_STANDING, Decision, Permissions, Room, RoomRole, RoomSettings, Standing
from veza.kit.errors import Forbidden, Invalid, NotFound

ROOM_ID, HOST_ID = UUID(int=1), UUID(int=2)
OPEN = Room(RoomSettings(ROOM_ID, enabled=True, slow_mode_seconds=0, followers_only=False), HOST_ID, UUID(int=3), 0)


def somebody(user_id: int, role: Role = Role.USER) -> Principal:
    return Principal(UUID(int=user_id), UUID(int=user_id), f"u{user_id}", role, email_verified=False)


HOST, ADA = somebody(2), somebody(4)
STAFF = {role: somebody(5, role) for role in (Role.MODERATOR, Role.ADMIN)}
MODERATOR = Standing(is_moderator=True)


def set_to(**changes: object) -> Room:
    return replace(OPEN, settings=replace(OPEN.settings, **changes))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    """Somebody in a room; what joining and sending answer there."""

    name: str
    room: Room
    person: Principal | None
    standing: Standing
    role: RoomRole
    join: Decision = domain.YES
    send: Decision = domain.YES


def refused(code: str, wait_ms: int | None = None) -> Decision:
    return Decision(code, wait_ms)


BANNED, TIMED_OUT = Standing(is_banned=True), Standing(timeout_left_s=12.3456)
CLOSED, FOLLOWERS, SLOW = set_to(enabled=False), set_to(followers_only=True), set_to(slow_mode_seconds=10)
EVERYTHING = set_to(enabled=False, followers_only=True, slow_mode_seconds=10)
GUEST = refused("unauthenticated")
HELD = Standing(timeout_left_s=5.0, spoke_ago_s=0.0)

CASES = [
    Case("guest", OPEN, None, NO_STANDING, RoomRole.GUEST, GUEST, GUEST),
    Case("guest in a closed chat", EVERYTHING, None, NO_STANDING, RoomRole.GUEST, GUEST, GUEST),
    Case("member", OPEN, ADA, NO_STANDING, RoomRole.MEMBER),
    Case("banned", OPEN, ADA, BANNED, RoomRole.MEMBER, refused("banned"), refused("banned")),
    Case(
        "banned and all the rest", EVERYTHING, ADA, replace(HELD, is_banned=True), RoomRole.MEMBER,
        refused("banned"), refused("banned"),
    ),
    Case("timed out", OPEN, ADA, TIMED_OUT, RoomRole.MEMBER, send=refused("timed_out", 12_346)),
    Case("timed out comes first", EVERYTHING, ADA, HELD, RoomRole.MEMBER, send=refused("timed_out", 5_000)),
    Case(
        "the wait is never nothing", OPEN, ADA, Standing(timeout_left_s=0.0001), RoomRole.MEMBER,
        send=refused("timed_out", 1),
    ),
    Case("time-out over", OPEN, ADA, Standing(timeout_left_s=0.0), RoomRole.MEMBER),
    Case("closed", CLOSED, ADA, NO_STANDING, RoomRole.MEMBER, send=refused("chat_disabled")),
    Case("closed comes before followers", EVERYTHING, ADA, NO_STANDING, RoomRole.MEMBER, send=refused("chat_disabled")),
    Case("follower, closed", CLOSED, ADA, Standing(is_follower=True), RoomRole.MEMBER, send=refused("chat_disabled")),
    Case("not a follower", FOLLOWERS, ADA, NO_STANDING, RoomRole.MEMBER, send=refused("followers_only")),
    Case("follower", FOLLOWERS, ADA, Standing(is_follower=True), RoomRole.MEMBER),
    Case("slow, first message", SLOW, ADA, NO_STANDING, RoomRole.MEMBER),
    Case("slow, spoke", SLOW, ADA, Standing(spoke_ago_s=2.5), RoomRole.MEMBER, send=refused("slow_mode", 7_500)),
    Case("slow, just", SLOW, ADA, Standing(spoke_ago_s=9.9999), RoomRole.MEMBER, send=refused("slow_mode", 1)),
    Case("slow, waited", SLOW, ADA, Standing(spoke_ago_s=10.0), RoomRole.MEMBER),
    Case("not slow, spoke", OPEN, ADA, Standing(spoke_ago_s=0.0), RoomRole.MEMBER),
    Case("moderator", EVERYTHING, ADA, replace(HELD, is_moderator=True, timeout_left_s=0.0), RoomRole.MODERATOR),
    Case(
        "moderator whom the host timed out", OPEN, ADA, Standing(is_moderator=True, timeout_left_s=5.0),
        RoomRole.MODERATOR, send=refused("timed_out", 5000),
    ),
    Case(
        "banned moderator moderates nothing", OPEN, ADA, replace(BANNED, is_moderator=True), RoomRole.MEMBER,
        refused("banned"), refused("banned"),
    ),
    Case("host", EVERYTHING, HOST, HELD, RoomRole.HOST),
    Case("host, also banned by mishap", EVERYTHING, HOST, replace(HELD, is_banned=True), RoomRole.HOST),
    Case("host who is staff", OPEN, replace(HOST, role=Role.ADMIN), NO_STANDING, RoomRole.HOST),
    *[
        Case(f"staff: {role}", EVERYTHING, person, replace(HELD, is_banned=True, is_moderator=True), RoomRole.STAFF)
        for role, person in STAFF.items()
    ],
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_who_may_what(case: Case) -> None:
    found = domain.permissions(case.room, case.person, case.standing)
    assert found == Permissions(case.role, domain.YES, case.join, case.send)
    assert found.codes == (case.role, None, case.join.code, case.send.code)
    closed = domain.permissions(replace(case.room, is_closed=True), case.person, case.standing)
    gone = refused("not_found")
    assert closed == Permissions(case.role, gone, gone, gone)


STANDINGS = st.builds(
    Standing, st.booleans(), st.booleans(), st.floats(0, 1e6), st.booleans(), st.none() | st.floats(0, 1e4)
)
ROOMS = st.builds(
    lambda enabled, slow, followers: set_to(enabled=enabled, slow_mode_seconds=slow, followers_only=followers),
    st.booleans(),
    st.integers(0, 3600),
    st.booleans(),
)


@given(ROOMS, STANDINGS, st.sampled_from([None, ADA, HOST, *STAFF.values()]))
def test_who_may_send_may_join_and_who_may_join_may_read(
    room: Room, standing: Standing, person: Principal | None
) -> None:
    found = domain.permissions(room, person, standing)
    assert bool(found.send) <= bool(found.join) <= bool(found.read)
    for decision in (found.read, found.join, found.send):
        assert decision.retry_after_ms is None or decision.retry_after_ms >= 1
        assert not decision or decision.retry_after_ms is None


@given(ROOMS, STANDINGS)
def test_after_the_wait_that_was_named_one_may_speak(room: Room, standing: Standing) -> None:
    found = domain.can_send(room, ADA, standing)
    if found.retry_after_ms is not None:
        later = domain.can_send(room, ADA, standing.later(found.retry_after_ms / 1000 + 0.001))
        assert later.code != found.code


def test_a_standing_runs_down() -> None:
    read = Standing(is_moderator=True, is_banned=True, timeout_left_s=5.0, is_follower=True, spoke_ago_s=1.0)
    assert read.later(2.0) == replace(read, timeout_left_s=3.0, spoke_ago_s=3.0)
    assert read.later(9.0).timeout_left_s == 0.0
    assert NO_STANDING.later(9.0) == NO_STANDING


@pytest.mark.parametrize(
    ("sent", "limit", "oldest_ago_s", "expected"),
    [
        (0, 20, 0.0, domain.YES),
        (19, 20, 29.0, domain.YES),
        (20, 20, 0.0, refused("rate_limited", 30_000)),
        (20, 20, 12.5, refused("rate_limited", 17_500)),
        (25, 20, 1.0, refused("rate_limited", 29_000)),
        (20, 20, 30.0, refused("rate_limited", 50)),
        (99, 100, 0.0, domain.YES),
        (1, 1, 29.99, refused("rate_limited", 50)),
    ],
)
def test_the_rate(sent: int, limit: int, oldest_ago_s: float, expected: Decision) -> None:
    assert domain.rate_decision(sent, limit, oldest_ago_s) == expected


MAY_ACT = {
    (RoomRole.HOST, RoomRole.MODERATOR), (RoomRole.STAFF, RoomRole.MODERATOR),
    *product((RoomRole.HOST, RoomRole.STAFF, RoomRole.MODERATOR), (RoomRole.MEMBER, RoomRole.GUEST)),
}  # fmt: skip


@pytest.mark.parametrize(("actor", "target"), list(product(RoomRole, RoomRole)))
def test_who_may_act_on_whom(actor: RoomRole, target: RoomRole) -> None:
    assert domain.may_act_on(actor, target) == ((actor, target) in MAY_ACT)


def test_what_roles_are() -> None:
    assert {role for role in RoomRole if role.moderates} == {RoomRole.HOST, RoomRole.MODERATOR, RoomRole.STAFF}
    assert {role for role in RoomRole if role.appoints} == {RoomRole.HOST, RoomRole.STAFF}
    assert [role.badge for role in RoomRole] == ["host", "moderator", "staff", None, None]


@pytest.mark.parametrize(
    "code",
    [
        "unauthenticated", "banned", "timed_out", "chat_disabled", "followers_only", "slow_mode", "rate_limited",
        "not_found",
    ],
)  # fmt: skip
def test_every_reason_has_a_sentence(code: str) -> None:
    with pytest.raises(domain.Refused) as caught:
        domain.require(refused(code, 7))
    assert (caught.value.code, caught.value.decision.retry_after_ms) == (code, 7)
    assert caught.value.sentence.endswith(".")


def test_a_yes_is_let_through() -> None:
    domain.require(domain.YES)


def test_errors_carry_their_codes() -> None:
    found = [
        domain.room_not_found(), domain.message_not_found(), domain.blocked_words(), domain.may_not_moderate(),
        domain.may_not_appoint(), domain.is_protected(), domain.too_many_moderators(),
    ]  # fmt: skip
    assert [error.code for error in found] == [
        "not_found", "not_found", "blocked_words", "forbidden", "forbidden", "protected_user", "too_many_moderators",
    ]  # fmt: skip
    assert isinstance(found[0], NotFound)
    assert isinstance(found[2], Invalid)
    assert isinstance(found[5], Forbidden)
