"""A listener, or a sentence that names the setting."""

import pytest

from veza.listeners import CannotListen, bound_address, open_listener
from veza.settings import Address


def test_port_0_becomes_a_real_port() -> None:
    with open_listener(Address("127.0.0.1", 0), setting="VEZA_HTTP_ADDR") as listener:
        assert bound_address(listener).host == "127.0.0.1"
        assert bound_address(listener).port > 0


def test_a_port_in_use_names_the_setting() -> None:
    with (
        open_listener(Address("127.0.0.1", 0), setting="VEZA_HTTP_ADDR") as listener,
        pytest.raises(CannotListen, match=r"already in use.*VEZA_RTMP_ADDR"),
    ):
        open_listener(bound_address(listener), setting="VEZA_RTMP_ADDR", within_s=0.1)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_names_the_setting(host: str) -> None:
    with pytest.raises(CannotListen, match="VEZA_HLS_ADDR to an address of this machine"):
        open_listener(Address(host, 0), setting="VEZA_HLS_ADDR")
