"""Codes as RFC 6238 has them, the window, and what people type."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from veza.auth import totp

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The key of RFC 6238, appendix B, for SHA-1: 12345678901234567890."""


@pytest.mark.parametrize(
    ("at_s", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(at_s: int, code: str) -> None:
    now = datetime.fromtimestamp(at_s, UTC)
    assert totp.code_at(SECRET, totp.step_at(now)) == code
    assert totp.matching_step(SECRET, code, now, after=0) == at_s // 30


def test_a_clock_may_be_one_step_off_and_no_code_comes_back() -> None:
    now = datetime.fromtimestamp(1_234_567_890, UTC)
    step = totp.step_at(now)
    for off, is_taken in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        found = totp.matching_step(SECRET, totp.code_at(SECRET, step + off), now, after=0)
        assert (found == step + off) is is_taken
    assert totp.matching_step(SECRET, totp.code_at(SECRET, step), now, after=step) is None
    assert totp.matching_step(SECRET, totp.code_at(SECRET, step - 1), now, after=step) is None
    assert totp.matching_step(SECRET, totp.code_at(SECRET, step + 1), now, after=step) == step + 1


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456"])
def test_six_digits_are_read_however_they_were_grouped(typed: str) -> None:
    assert totp.parse_code(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "１２３４５６", "١٢٣٤٥٦", "-123456.0"])
def test_nothing_else_is_a_code(typed: str) -> None:
    assert totp.parse_code(typed) is None


def test_recovery_codes_are_ten_different_letters_in_two_groups() -> None:
    codes = {totp.new_recovery_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert totp.parse_recovery_code(code) == code
        assert totp.parse_recovery_code(f" {code.upper().replace('-', '')} ") == code
        assert totp.parse_code(code) is None
    for wrong in ("", "abcde", "abcde-fghi1", "abcde-fghij-klmno", "abcde–fghij"):
        assert totp.parse_recovery_code(wrong) is None


def test_an_app_is_told_who_and_where() -> None:
    secret = totp.new_secret()
    assert len(secret) == 32
    address = urlsplit(totp.otpauth_uri(secret, account="ada", issuer="music.example"))
    assert (address.scheme, address.netloc, unquote(address.path)) == ("otpauth", "totp", "/music.example:ada")
    asked = parse_qs(address.query)
    assert (asked["secret"], asked["issuer"]) == ([secret], ["music.example"])
    assert (asked["digits"], asked["period"], asked["algorithm"]) == (["6"], ["30"], ["SHA1"])
