"""When a refresh token is good, and what a username and an e-mail address may be."""

from datetime import UTC, datetime, timedelta

import pytest

from veza.auth.domain import (
    Principal,
    RefreshDecision,
    RefreshState,
    RevokeReason,
    Role,
    decide_refresh,
    email_key,
    idle_until,
    parse_email,
    parse_username,
    refresh_refused,
    require_verified_email,
)
from veza.kit.errors import Forbidden, Invalid
from veza.kit.ids import new_id

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def state(
    *,
    used_s_ago: float | None = None,
    successor_used: bool = False,
    idle_left_s: float = 60,
    life_left_s: float = 60,
    revoked: RevokeReason | None = None,
) -> RefreshState:
    return RefreshState(
        used_at=None if used_s_ago is None else NOW - timedelta(seconds=used_s_ago),
        is_successor_used=successor_used,
        idle_until=NOW + timedelta(seconds=idle_left_s),
        expires_at=NOW + timedelta(seconds=life_left_s),
        revoke_reason=revoked,
    )


@pytest.mark.parametrize(
    ("token", "decision"),
    [
        (state(), RefreshDecision.ROTATE),
        (state(used_s_ago=0), RefreshDecision.GIVE_AGAIN),
        (state(used_s_ago=10), RefreshDecision.GIVE_AGAIN),
        (state(used_s_ago=10.001), RefreshDecision.REUSED),
        (state(used_s_ago=1, successor_used=True), RefreshDecision.REUSED),
        (state(idle_left_s=0), RefreshDecision.EXPIRED),
        (state(life_left_s=0), RefreshDecision.EXPIRED),
        (state(used_s_ago=20, life_left_s=0), RefreshDecision.EXPIRED),
        (state(revoked=RevokeReason.LOGOUT), RefreshDecision.REVOKED),
        (state(revoked=RevokeReason.SUSPENDED, idle_left_s=0), RefreshDecision.REVOKED),
        (state(revoked=RevokeReason.REUSE), RefreshDecision.REUSED),
    ],
)
def test_a_refresh_token_is_good_once_and_a_lost_answer_can_be_given_again(
    token: RefreshState, decision: RefreshDecision
) -> None:
    assert decide_refresh(token, NOW) is decision


def test_each_refusal_has_its_code() -> None:
    codes = {decision: error.code if (error := refresh_refused(decision)) else None for decision in RefreshDecision}
    assert codes == {
        RefreshDecision.ROTATE: None,
        RefreshDecision.GIVE_AGAIN: None,
        RefreshDecision.EXPIRED: "token_expired",
        RefreshDecision.REVOKED: "unauthenticated",
        RefreshDecision.REUSED: "refresh_reused",
    }


def test_a_session_rests_14_days_but_never_past_its_end() -> None:
    assert idle_until(NOW, NOW + timedelta(days=30)) == NOW + timedelta(days=14)
    assert idle_until(NOW, NOW + timedelta(days=3)) == NOW + timedelta(days=3)


@pytest.mark.parametrize("name", ["abc", "a" * 30, "A-b_9", "---", " trimmed "])
def test_usernames_that_may_be(name: str) -> None:
    assert parse_username(name) == name.strip()


@pytest.mark.parametrize(
    "name", ["", "ab", "a" * 31, "a b", "a.b.c", "jöhn", "joh\nn", "john\n.", "јоhn", "a/b", "@john"]
)
def test_usernames_that_may_not_be(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_username(name)
    assert [problem.field for problem in refused.value.fields] == ["username"]


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("john@example.com", "john@example.com"),
        ("  John.Doe@EXAMPLE.Com ", "John.Doe@example.com"),
        ("a+b@sub.example.org", "a+b@sub.example.org"),
        ("jörg@exämple.de", "jörg@exämple.de"),
        ("john@xn--exmple-cua.de", "john@exämple.de"),
        ("l" * 64 + "@" + "d" * 60 + ".example.com", "l" * 64 + "@" + "d" * 60 + ".example.com"),
    ],
)
def test_addresses_get_a_normal_form(typed: str, normal: str) -> None:
    assert parse_email(typed) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "john",
        "@example.com",
        "john@",
        "john@localhost",
        "john@@example.com",
        "john doe@example.com",
        "john@exam ple.com",
        "john@example..com",
        "john@-example.com",
        "john@[127.0.0.1]",
        "John <john@example.com>",
        "john@example.com\r\nBcc: all@example.com",
        "john@example.com, jane@example.com",
        "l" * 65 + "@example.com",
        "a@" + ("d" * 60 + ".") * 5 + "com",
        "\u202ejohn@example.com",
    ],
)
def test_addresses_that_cannot_be(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_email(typed)
    assert [problem.field for problem in refused.value.fields] == ["email"]
    assert not typed or typed not in str(refused.value)


def test_addresses_are_compared_without_regard_to_case() -> None:
    assert email_key(parse_email("JÖRG@Example.COM")) == email_key(parse_email("jörg@example.com"))


def test_only_an_install_that_asks_for_it_needs_a_verified_address() -> None:
    person = Principal(new_id(), new_id(), "john", Role.USER, email_verified=False)
    require_verified_email(person, required=False)
    with pytest.raises(Forbidden) as refused:
        require_verified_email(person, required=True)
    assert refused.value.code == "email_unverified"
