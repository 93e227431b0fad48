"""What a demo asks before it does anything, and the password that it can find again."""

import re
import socket

import pytest
from tests.factories.demo import Answers, answering

from veza.bootstrap import CannotStart
from veza.demo.run import Wish, address_of, fill, password_of
from veza.settings import Address, Settings


def wish(url: str = "", *, products: int = 1, yes: bool = False) -> Wish:
    return Wish(url, 1, products, yes)


async def sentence(settings: Settings, wanted: Wish) -> str:
    with pytest.raises(CannotStart) as refused:
        await fill(settings, wanted)
    return str(refused.value)


async def test_nothing_answers(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = await sentence(settings, wish(f"http://127.0.0.1:{port}"))
    assert said.endswith("Start Veza first: `make run`, then run this in a second terminal.")


async def test_something_else_answers(settings: Settings) -> None:
    async with answering(Answers((404, {}))) as url:
        assert "is not Veza" in await sentence(settings, wish(url))


async def test_another_machine_needs_a_yes(settings: Settings) -> None:
    said = await sentence(settings, wish("https://music.example"))
    assert "--yes" in said


@pytest.mark.parametrize(
    "url", ["localhost:8080", "ftp://localhost", "http://", "http://localhost:port", "http://[::1"]
)
async def test_an_address_is_checked(settings: Settings, url: str) -> None:
    assert "is no address" in await sentence(settings, wish(url))


@pytest.mark.parametrize("products", [0, 201])
async def test_the_number_of_products_is_checked(settings: Settings, products: int) -> None:
    assert "--products must be 1 to 200" in await sentence(settings, wish(products=products))


def test_the_address_is_that_of_the_settings() -> None:
    assert address_of(Settings(http_addr=Address("0.0.0.0", 8090))) == "http://127.0.0.1:8090"
    assert address_of(Settings(http_addr=Address("::1", 8090))) == "http://[::1]:8090"


def test_the_password_is_found_again_and_is_nobody_elses(settings: Settings) -> None:
    password = password_of(settings)
    assert password == password_of(settings)
    assert re.fullmatch(r"(?:[a-z2-7]{5}-){3}[a-z2-7]{5}", password)
    assert password != password_of(Settings(secret_key=b"another secret that is good for tests"))
