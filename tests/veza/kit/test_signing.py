"""A value made for one purpose, key or place means nothing to another."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from veza.kit.signing import Sealed, derive_key, keyed_hash, plain_hash, same, seal, unseal

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
