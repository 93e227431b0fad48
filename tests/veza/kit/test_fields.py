"""What people write is refused by its place, and sizes read as people say them."""

import pytest

from veza.kit.fields import (
    clean_prose,
    description_problems,
    different_tags,
    file_too_large,
    size_words,
    tag_problems,
    title_problems,
)


@pytest.mark.parametrize(("title", "wrong"), [("a", 0), ("x" * 10, 0), ("", 1), ("x" * 11, 1), ("a\nb", 1), ("a\0", 1)])
def test_a_title_is_one_line_within_its_length(title: str, wrong: int) -> None:
    assert len(title_problems(title, 10)) == wrong


@pytest.mark.parametrize(("text", "wrong"), [("", 0), ("a\n\tb", 0), ("x" * 11, 1), ("a\0", 1), ("\ud800", 1)])
def test_a_description_may_have_lines(text: str, wrong: int) -> None:
    assert len(description_problems(text, 10)) == wrong


def test_tags_are_named_by_their_place() -> None:
    assert [problem.field for problem in tag_problems(["ok", " ", "x" * 6, "a\0"], 4, 5)] == [
        "tags.1",
        "tags.2",
        "tags.3",
    ]
    assert [problem.field for problem in tag_problems(["a"] * 5, 4, 5)] == ["tags"]


def test_a_tag_stands_once_in_its_first_spelling() -> None:
    assert different_tags([" House", "house", "Dub "], lambda tag: tag.strip().lower()) == ("House", "Dub")


def test_prose_has_one_kind_of_line_end() -> None:
    assert clean_prose("  a\r\nb \n") == "a\nb"


@pytest.mark.parametrize(
    ("size_bytes", "words"), [(1, "1 MiB"), (20 * 2**20, "20 MiB"), (2**30 - 1, "1,023 MiB"), (2 * 2**30, "2 GiB")]
)
def test_sizes_are_said_in_whole_units(size_bytes: int, words: str) -> None:
    assert size_words(size_bytes) == words
    assert words in file_too_large(size_bytes).sentence
