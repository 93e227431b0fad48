"""Ids sort by time, tokens cannot be guessed, and only one spelling of an id is one."""

import re
import uuid

import hypothesis.strategies as st
import pytest
from hypothesis import given

from veza.kit.ids import id_for_provider, new_id, new_token, parse_id, random_alphanumeric, random_bytes

ID = "0190a8e0-0000-7000-8000-000000000000"


def test_ids_are_version_7_and_sort_as_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    assert {(found.version, found.variant) for found in made} == {(7, uuid.RFC_4122)}
    assert made == sorted(made)
    assert len(set(made)) == 1000


@given(st.uuids())
def test_the_canonical_form_is_read_in_any_case(found: uuid.UUID) -> None:
    assert parse_id(str(found)) == parse_id(str(found).upper()) == found


@pytest.mark.parametrize("text", ["", "x", f"{{{ID}}}", ID.replace("-", ""), ID[:-1] + "g", f" {ID[:-1]}"])
def test_other_spellings_are_no_id(text: str) -> None:
    assert parse_id(text) is None


@given(st.text(max_size=40))
def test_any_text_is_an_id_or_none(text: str) -> None:
    found = parse_id(text)
    assert found is None or str(found) == text.lower()


def test_tokens_differ_and_have_their_length() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert len(new_token()) == 43
    assert random_alphanumeric(32).isalnum()
    assert len(random_alphanumeric(32)) == 32
    assert len(random_bytes(12)) == 12


def test_an_id_for_a_provider_is_thirty_characters_and_as_different_as_ours() -> None:
    made = {id_for_provider("pay_", new_id()) for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"pay_[0-7][0-9A-HJKMNP-TV-Z]{25}", found) for found in made)
    assert id_for_provider("ref_", uuid.UUID(int=0)) == "ref_" + "0" * 26
    assert id_for_provider("ref_", uuid.UUID(int=2**128 - 1)) == "ref_7" + "Z" * 25
