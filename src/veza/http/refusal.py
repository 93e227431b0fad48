"""A refusal as raw bytes, for connections that have no request to answer: late, unreadable, or not let in.

Media and sockets use it too, so it must not load the web framework: the envelope's `Failure` stands here by hand.
"""

from http import HTTPStatus

import msgspec

from veza.kit.ids import new_id


def refusal_bytes(status: int, code: str, sentence: str, *lines: str) -> bytes:
    """A whole HTTP/1.1 answer in our envelope, after which the connection ends. `lines`: further header lines."""
    request_id = str(new_id())
    body = msgspec.json.encode({"success": False, "error": sentence, "code": code, "request_id": request_id})
    head = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "content-type: application/json",
        f"x-request-id: {request_id}",
        f"content-length: {len(body)}",
        "connection: close",
        *lines,
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
