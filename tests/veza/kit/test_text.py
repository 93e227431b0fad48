"""What a person types finds what another person wrote, whatever the accents, case and signs."""

import pytest
from hypothesis import given, strategies as st

from veza.kit.text import MAX_WORD_CHARACTERS, fold, one_line, prefix_query, search_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Çà et Là", "ca et la"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź Ærø Þór", "lodz aero thor"),
        ("ﬁne", "fine"),
        ("Ｆｕｌｌ", "full"),
        ("音楽", "音楽"),
    ],
)
def test_folds_accents_and_case(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_words_are_different_in_order_and_bounded() -> None:
    assert search_words(["Lo-fi beats", "beats, LO!"], 10) == ["lo", "fi", "beats"]
    assert search_words(["a b c d"], 2) == ["a", "b"]
    assert search_words(["x" * 500], 5) == ["x" * MAX_WORD_CHARACTERS]


def test_a_query_asks_for_prefixes() -> None:
    assert prefix_query("Déjà v", 10) == "'deja':* & 'v':*"


@pytest.mark.parametrize("text", ["", "   ", "!!! & | ' :* \\"])
def test_a_text_without_words_asks_for_nothing(text: str) -> None:
    assert prefix_query(text, 10) is None


@given(st.text(max_size=200))
def test_nothing_in_a_word_can_be_an_operator(text: str) -> None:
    for word in search_words([text], 10):
        assert word
        assert not set(word) & set("'\\:*&|!<>() \0")


@given(st.text(max_size=100))
def test_folding_again_changes_nothing(text: str) -> None:
    assert search_words([fold(text)], 50) == search_words([text], 50)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Night drive", "Night drive"),
        ("a\r\nBcc: eve@example.com", "a Bcc: eve@example.com"),
        ("a\0b\u2028c\x85d", "a b c d"),
        ("  wide \t and   wider ", "wide and wider"),
        ("\u202eevil\u202c \u2066x\u2069\u200f", "evil x"),
        ("lone \ud83c end", "lone end"),
        ("שיר חדש", "שיר חדש"),
        ("👩\u200d🎤", "👩\u200d🎤"),
        ("", ""),
    ],
)
def test_a_text_becomes_one_line_that_can_do_no_harm(text: str, line: str) -> None:
    assert one_line(text, 50) == line


def test_a_long_line_is_cut_and_says_so() -> None:
    assert one_line("abcdefghijk", 10) == "abcdefghi…"
    assert one_line("abcdefg👩\u200d🎤", 10) == "abcdefg👩\u200d🎤"
    assert one_line("abcdefg👩\u200d🎤!", 10) == "abcdefg👩…"


@given(st.text(alphabet=st.characters()), st.integers(1, 50))
def test_one_line_is_one_line_of_that_length(text: str, limit: int) -> None:
    found = one_line(text, limit)
    assert len(found) <= limit
    assert found.splitlines() in ([found], [])
    assert found.isascii() or found.encode()
    assert one_line(found, limit) == found
