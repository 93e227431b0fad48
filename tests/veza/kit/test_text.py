"""What a person types finds what another person wrote, whatever the accents, case and signs."""

import pytest
from hypothesis import given, strategies as st

from veza.kit.text import MAX_WORD_CHARACTERS, fold, prefix_query, search_words


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
