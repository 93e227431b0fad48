"""What may be a password, and that hashing is what we say it is."""

import argon2
import pytest

from veza.auth import passwords
from veza.auth.common_passwords import COMMON_PASSWORDS
from veza.auth.passwords import hash_password, is_password, needs_rehash, password_problems


def may_be(password: str) -> bool:
    return not password_problems(password, username="johndoe-the-1st", email="john.the.first@example.com")


@pytest.mark.parametrize(
    "password",
    [
        "SecureP@ssw0rd",  # the sample of the API document
        "x7Kq2mWz9pLd",  # 12
        "correct horse battery staples",
        "пароль не для всех",
        "🎸🎹🥁🎺🎻🪕🎤🎧🎼🎶🎵📯",
        "  spaces at both ends  ",
        "k" + "7f" * 63 + "z",  # 128
        "tab\tand\u0001control",
    ],
)
def test_any_characters_of_a_fitting_length_will_do(password: str) -> None:
    assert may_be(password)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "x7Kq2mWz9pL",  # 11
        "k" + "7f" * 64,  # 129
        "password1234",
        "PassWord1234",
        "iloveyou1234",
        "1234567890123",
        "qwertyuiopas",
        "aaaaaaaaaaaaaaaa",
        "passwordpassword",
        "correcthorsebatterystaple",
        "johndoe-the-1st",
        "JOHNDOE-THE-1ST",
        "John.The.First@example.com",
        "john.the.first",
    ],
)
def test_length_the_common_list_and_ones_own_name_are_the_only_rules(password: str) -> None:
    assert not may_be(password)


def test_the_problem_names_the_field_and_not_the_value() -> None:
    (problem,) = password_problems("password1234", username="a", email="a@example.com", field="new_password")
    assert problem.field == "new_password"
    assert "password1234" not in problem.message


def test_the_list_holds_only_what_could_be_typed() -> None:
    assert len(COMMON_PASSWORDS) > 10_000
    assert all(len(entry) >= 12 and entry == entry.casefold() for entry in COMMON_PASSWORDS)


async def test_hashes_are_argon2id_with_the_parameters_of_the_decoy() -> None:
    made = argon2.extract_parameters(await hash_password("a password of mine"))
    assert made == argon2.extract_parameters(passwords._DECOY)
    assert (made.type, made.memory_cost, made.time_cost, made.parallelism) == (argon2.Type.ID, 19_456, 2, 1)


async def test_a_password_fits_its_own_hash_only() -> None:
    made = await hash_password("schön und lang genug")
    assert await is_password("schön und lang genug", made)
    assert not await is_password("schon und lang genug", made)
    assert not await is_password("schön und lang genug", None)
    assert not await is_password("schön und lang genug", "not a hash")
    assert not needs_rehash(made)
    assert needs_rehash(argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))
