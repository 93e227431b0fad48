"""Listening sockets, and the sentence a person gets when one cannot be had."""

import errno
import socket
import time

from veza.settings import Address

BACKLOG = 2048
_RETRY_EVERY_S = 0.05


class CannotListen(Exception):
    """An address cannot be listened on. The text is a sentence that names the setting."""


def open_listener(address: Address, *, setting: str, within_s: float = 0.0) -> socket.socket:
    """Listen on `address`. Port 0 lets the system choose.

    Args:
        address: host (name or IP address) and port.
        setting: the variable to name when it fails, e.g. `VEZA_HTTP_ADDR`.
        within_s: how long to try while the port is in use: the children of a killed server leave within moments.
    """
    deadline = time.monotonic() + within_s
    while True:
        try:
            family, _, _, _, target = socket.getaddrinfo(
                address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            listener = socket.create_server(target[:2], family=family, backlog=BACKLOG)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(_RETRY_EVERY_S)
                continue
            raise CannotListen(explain_refusal(address, setting, error)) from None
        listener.setblocking(False)  # noqa: FBT003 - the standard library has no name for it
        return listener


def bound_address(listener: socket.socket) -> Address:
    """Where it listens in truth: the port that was chosen for port 0."""
    host, port = listener.getsockname()[:2]
    return Address(host, port)


def explain_refusal(address: Address, setting: str, error: OSError) -> str:
    """Say why nothing can listen there, and which setting helps."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {address.port} is already in use. Stop what uses it, or set {setting} to another address."
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {address.port}. Set {setting} to a port above 1023."
    return f"Nothing can listen on {address} ({error.strerror}). Set {setting} to an address of this machine."
