"""What a profile may hold, and who may follow whom."""

import pytest

from veza.kit.errors import Conflict, Invalid
from veza.kit.ids import new_id
from veza.users.domain import FOLLOWS_MAX, ProfileChange, is_web_address, require_other, require_room


def test_what_is_given_is_trimmed_and_the_rest_is_left() -> None:
    change = ProfileChange(display_name="  Jane  ", bio="a\r\nb\n").checked()
    assert change == ProfileChange(display_name="Jane", bio="a\nb", links=None)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (ProfileChange(display_name="x" * 61), ["display_name"]),
        (ProfileChange(display_name="a\u202eb"), ["display_name"]),
        (ProfileChange(display_name="a\nb"), ["display_name"]),
        (ProfileChange(bio="x" * 2001), ["bio"]),
        (ProfileChange(bio="a\x1bb"), ["bio"]),
        (ProfileChange(links=["https://a.example"] * 11), ["links"]),
        (ProfileChange(display_name="\x07", links=["https://a.example", "nonsense"]), ["display_name", "links.1"]),
    ],
)
def test_every_wrong_field_is_named(change: ProfileChange, fields: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        change.checked()
    assert [problem.field for problem in refused.value.fields] == fields


@pytest.mark.parametrize("link", ["https://a.example", "http://a.example:8080/x?y#z", "https://exämple.de/ü"])
def test_links_that_may_be(link: str) -> None:
    assert is_web_address(link)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "javascript:alert(1)",
        "JavaScript://a.example/%0aalert(1)",
        "data:text/html,x",
        "//a.example",
        "a.example",
        "https://",
        "https://user:pass@a.example",
        "https://a.example/ b",
        "https://a.example\\b",
        "https://a.example/\n",
        "https://[::1",
        "https://a.example/" + "x" * 200,
        "ftp://a.example",
    ],
)
def test_links_that_may_not_be(link: str) -> None:
    assert not is_web_address(link)


def test_everybody_but_oneself_may_be_followed() -> None:
    me = new_id()
    require_other(me, new_id())
    with pytest.raises(Invalid) as refused:
        require_other(me, me)
    assert refused.value.code == "own_profile"


def test_one_more_may_be_followed_until_there_are_too_many() -> None:
    require_room(FOLLOWS_MAX - 1)
    with pytest.raises(Conflict) as refused:
        require_room(FOLLOWS_MAX)
    assert refused.value.code == "too_many_follows"
