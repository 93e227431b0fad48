"""A value made for one purpose, key or place means nothing to another."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from veza.kit.signing import (
    Forged,
    Sealed,
    derive_key,
    keyed_hash,
    plain_hash,
    read_signed_word,
    same,
    seal,
    sign_word,
    unseal,
)

KEY, OTHER = derive_key(b"s" * 32, "one"), derive_key(b"s" * 32, "two")


def test_keys_differ_by_purpose_and_secret_and_stay_the_same() -> None:
    assert len({KEY, OTHER, derive_key(b"t" * 32, "one")}) == 3
    assert derive_key(b"s" * 32, "one") == KEY
    assert len(KEY) == 32


@given(st.text())
def test_what_was_sealed_can_be_opened_with_the_same_key_and_binding_only(value: str) -> None:
    sealed = seal(KEY, value, bound_to=b"row")
    assert unseal(KEY, sealed, bound_to=b"row") == value
    assert seal(KEY, value, bound_to=b"row") != sealed, "the same value looks different each time"
    for key, bound_to in ((OTHER, b"row"), (KEY, b"other row")):
        with pytest.raises(Sealed):
            unseal(key, sealed, bound_to=bound_to)


@given(st.binary(max_size=80))
def test_bytes_that_were_never_sealed_are_refused(junk: bytes) -> None:
    with pytest.raises(Sealed):
        unseal(KEY, junk, bound_to=b"row")


def test_hashes_depend_on_their_key() -> None:
    assert keyed_hash(KEY, "a") == keyed_hash(KEY, "a") != keyed_hash(OTHER, "a")
    assert same(plain_hash("a"), plain_hash("a"))
    assert not same(plain_hash("a"), plain_hash("b"))


@given(st.binary(max_size=80))
def test_a_signed_word_says_what_it_was_given_to_its_own_key_alone(said: bytes) -> None:
    word = sign_word(KEY, said)
    assert read_signed_word(KEY, word, characters_max=len(word)) == said
    assert word.replace("-", "").replace("_", "").isalnum()
    for key, limit in ((OTHER, len(word)), (KEY, len(word) - 1)):
        with pytest.raises(Forged):
            read_signed_word(key, word, characters_max=limit)


@given(st.text(max_size=120))
def test_what_was_never_signed_is_refused(junk: str) -> None:
    with pytest.raises(Forged):
        read_signed_word(KEY, junk, characters_max=200)
