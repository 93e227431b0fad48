"""The rules of streams, without a database: what may be written, and who may be on air."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from veza.kit.errors import Conflict, Forbidden, Invalid
from veza.kit.ids import new_id
from veza.live import domain
from veza.live.domain import Category, OnAir, Status, parse_details

STREAM = OnAir(
    stream_id=new_id(),
    status=Status.LIVE,
    key_version=3,
    is_deleted=False,
    broadcast_id=new_id(),
    node="here",
    is_beating=True,
)


def broadcast_of(stream: OnAir) -> UUID:
    assert stream.broadcast_id is not None
    return stream.broadcast_id


def problem_fields(title: str = "A title", description: str = "", tags: list[str] | None = None) -> list[str]:
    try:
        parse_details(title, description, Category.MUSIC, tags or [])
    except Invalid as error:
        return [problem.field for problem in error.fields]
    return []


@pytest.mark.parametrize(
    ("length", "fields"), [(1, []), (139, []), (140, []), (141, ["title"]), (0, ["title"])], ids=str
)
def test_a_title_has_1_to_140_characters(length: int, fields: list[str]) -> None:
    assert problem_fields(title="é" * length) == fields


@pytest.mark.parametrize(("length", "fields"), [(0, []), (5000, []), (5001, ["description"])])
def test_a_description_has_at_most_5000_characters(length: int, fields: list[str]) -> None:
    assert problem_fields(description="x" * length) == fields


@pytest.mark.parametrize(
    ("tags", "fields"),
    [
        ([], []),
        (["t" * 30] * 10, []),
        ([f"t{n}" for n in range(11)], ["tags"]),
        (["ok", "t" * 31], ["tags.1"]),
        (["", "ok", "  "], ["tags.0", "tags.2"]),
        (["a\nb"], ["tags.0"]),
    ],
)
def test_tags_are_at_most_10_of_at_most_30_characters(tags: list[str], fields: list[str]) -> None:
    assert problem_fields(tags=tags) == fields


def test_every_wrong_field_is_named_at_once() -> None:
    assert problem_fields(title=" ", description="\x1b[31m", tags=[""]) == ["title", "description", "tags.0"]


@pytest.mark.parametrize("title", ["two\nlines", "bell\a", "\x7f", "a\x00b", "lone \ud800"])
def test_a_title_is_one_line_of_text(title: str) -> None:
    assert problem_fields(title=title) == ["title"]


def test_text_is_trimmed_and_tags_are_different() -> None:
    details = parse_details("  Late set ", "one\r\ntwo\n", Category.TALK, ["House", " house ", "Déjà"])
    assert details == domain.Details("Late set", "one\ntwo", Category.TALK, ("House", "Déjà"))


def test_the_longest_username_fits_a_default_title() -> None:
    title = domain.default_details("u" * 30).title
    assert problem_fields(title=title) == []


def test_a_new_key_has_the_promised_form() -> None:
    key = domain.new_key()
    assert domain.is_key(key)
    assert key.startswith("vz_")
    assert len(key) == 35
    assert domain.new_key() != key


@given(st.text(max_size=60))
def test_no_other_text_is_taken_for_a_key(text: str) -> None:
    well_formed = len(text) == 35 and text.startswith("vz_") and text[3:].isascii() and text[3:].isalnum()
    assert domain.is_key(text) is well_formed


@pytest.mark.parametrize("wrong", ["\n", " ", "?x=1", "é", "\0"])
def test_a_key_with_something_behind_it_is_none(wrong: str) -> None:
    assert not domain.is_key(domain.new_key() + wrong)


def test_only_the_owner_changes_a_stream() -> None:
    owner = new_id()
    domain.require_owner(owner, owner)
    with pytest.raises(Forbidden):
        domain.require_owner(owner, new_id())


def test_ending_a_draft_is_a_conflict_and_ending_twice_changes_nothing() -> None:
    with pytest.raises(Conflict) as caught:
        domain.can_end(Status.DRAFT)
    assert caught.value.code == "not_live"
    assert domain.can_end(Status.LIVE)
    assert domain.can_end(Status.INTERRUPTED)
    assert not domain.can_end(Status.ENDED)


@pytest.mark.parametrize(
    ("stream", "is_suspended", "code"),
    [
        (replace(STREAM, status=Status.DRAFT, broadcast_id=None), False, None),
        (replace(STREAM, status=Status.ENDED), False, None),
        (STREAM, False, None),  # our own node: its hub refuses, or it was restarted
        (replace(STREAM, node="there"), False, "already_publishing"),
        (replace(STREAM, node="there", is_beating=False), False, None),
        (replace(STREAM, node="there", status=Status.INTERRUPTED), False, None),
        (replace(STREAM, is_deleted=True), False, "invalid_key"),
        (STREAM, True, "not_allowed"),
    ],
)
def test_who_may_begin(stream: OnAir, is_suspended: bool, code: str | None) -> None:
    refusal = domain.refuse_publisher(stream, is_suspended=is_suspended, node="here")
    assert (refusal and refusal.code) == code


@pytest.mark.parametrize(
    ("stream", "resumed", "code"),
    [
        (STREAM, True, None),
        (replace(STREAM, status=Status.INTERRUPTED), True, None),
        (replace(STREAM, status=Status.ENDED), True, "not_allowed"),
        (replace(STREAM, broadcast_id=new_id()), True, "not_allowed"),
        (replace(STREAM, broadcast_id=new_id()), False, None),
        (replace(STREAM, key_version=4), False, "invalid_key"),
        (replace(STREAM, is_deleted=True), False, "invalid_key"),
    ],
)
def test_whose_media_goes_on_air(stream: OnAir, resumed: bool, code: str | None) -> None:
    refusal = domain.refuse_media(stream, key_version=3, broadcast_id=broadcast_of(STREAM), resumed=resumed)
    assert (refusal and refusal.code) == code


@pytest.mark.parametrize(
    ("stream", "is_suspended", "ended"),
    [
        (STREAM, False, None),
        (replace(STREAM, status=Status.INTERRUPTED), False, None),
        (None, False, True),
        (replace(STREAM, is_deleted=True), False, True),
        (replace(STREAM, status=Status.ENDED), False, True),
        (replace(STREAM, broadcast_id=new_id()), False, True),
        (STREAM, True, True),
        (replace(STREAM, key_version=4), False, False),  # the owner has the new key: the grace runs
    ],
)
def test_what_a_beat_is_answered(stream: OnAir | None, is_suspended: bool, ended: bool | None) -> None:
    verdict = domain.judge_beat(stream, key_version=3, broadcast_id=broadcast_of(STREAM), is_suspended=is_suspended)
    assert (verdict and verdict.ended) == ended
