"""Which web pages may use cookies and sockets."""

from dataclasses import replace

import pytest

from veza.http.origin import is_allowed_origin
from veza.settings import Settings

HOSTILE = [
    None,
    "",
    "null",
    "*",
    "https://evil.example",
    "https://music.example.evil.example",
    "https://evilmusic.example",
    "https://music.example.",
    "https://sub.music.example",
    "https://music.example:8443",
    "https://music.example:443",
    "http://music.example",
    "HTTPS://music.example",
    "https://MUSIC.example",
    "https://music.example/",
    "https://music.example/path",
    "https://music.example?x",
    "https://music.example#x",
    "https://music.example@evil.example",
    "https://evil.example@music.example",
    "https://user:pass@music.example",
    "https://music.example https://evil.example",
    "https://music.example,https://evil.example",
    " https://music.example",
    "https://music.example ",
    "https:///music.example",
    "//music.example",
    "music.example",
    "https://musıc.example",
    "https://xn--musc-5na.example",
    "ftp://music.example",
    "file://",
    "chrome-extension://music.example",
    "https://localhost",
    "http://localhost:8080",
    "http://127.0.0.1:8080",
    "https://music.example\x00",
    "https://music%2eexample",
]


@pytest.mark.parametrize("origin", HOSTILE)
def test_every_other_spelling_is_somebody_else(origin: str | None) -> None:
    assert not is_allowed_origin(origin, Settings(public_url="https://music.example"))


def test_the_public_address_and_the_listed_ones_are_ours() -> None:
    settings = Settings(
        public_url="https://music.example:443", allowed_origins=("https://app.example", "http://dev.example:80")
    )
    for origin in ("https://music.example", "https://app.example", "http://dev.example"):
        assert is_allowed_origin(origin, settings)
    assert not is_allowed_origin("https://dev.example", settings)


@pytest.mark.parametrize("public_url", ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"])
def test_a_loopback_install_is_ours_by_all_its_names_at_its_own_port(public_url: str) -> None:
    settings = replace(Settings(), public_url=public_url)
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert is_allowed_origin(f"http://{host}:8080", settings)
        assert not is_allowed_origin(f"http://{host}:8081", settings)
        assert not is_allowed_origin(f"http://{host}", settings)
        assert not is_allowed_origin(f"https://{host}:8080", settings)
