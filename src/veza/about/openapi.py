"""The OpenAPI 3.1 document: what Litestar derives from the types, plus the routes that Litestar does not serve.

Rendered once per process. The same code prints it for `veza openapi`, from which the web app's types are made.
"""

import json
import re
from functools import lru_cache
from typing import Any

from litestar import Litestar

_HLS_TAG = "Playback"
_FAILURE = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
_GENERIC_NAME = re.compile(r"Ok_[a-z_.]+\.([A-Za-z]+)_")
_STREAM_ID = {"name": "stream_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}

_UPLOADS = frozenset({"addProductFile", "setProductCover", "setAvatar"})
_OBJECTS = frozenset({"getMedia", "download"})

_SOCKET_PATH = {
    "/api/v1/ws": {
        "get": {
            "tags": ["Chat"],
            "operationId": "openChatSocket",
            "summary": "Open the chat socket",
            "description": "A WebSocket upgrade (RFC 6455). Without a ticket it is a guest's. Frames, pushes and close "
            "codes: docs/reference/chat.md. A ticket that is not good opens the socket and closes it with 4001.",
            "parameters": [
                {
                    "name": "ticket",
                    "in": "query",
                    "required": False,
                    "description": "From `createChatTicket`; works once.",
                    "schema": {"type": "string"},
                }
            ],
            "responses": {
                "101": {"description": "The socket is open; `welcome` follows."},
                "400": {
                    "description": "No upgrade (`upgrade_required`), or an unreadable one.",
                    "content": _FAILURE,
                },
                "403": {"description": "A page of another origin: `origin_not_allowed`.", "content": _FAILURE},
                "429": {"description": "Too many sockets from this address.", "content": _FAILURE},
                "503": {"description": "No more sockets right now; try again.", "content": _FAILURE},
            },
        }
    }
}


@lru_cache(maxsize=4)
def document(app: Litestar, hls_base_url: str) -> bytes:
    """The whole document as JSON bytes, keys in a stable order."""
    schema: dict[str, Any] = app.openapi_schema.to_schema()
    schema["paths"].update(_playback_paths(hls_base_url))
    schema["paths"].update(_SOCKET_PATH)
    _describe_bytes(schema)
    schema = _with_short_names(schema)
    _close_bodies(schema)
    _drop_examples(schema)
    return json.dumps(schema, indent=2, ensure_ascii=False).encode() + b"\n"


def _playback_paths(hls_base_url: str) -> dict[str, Any]:
    """The HLS routes, which the media process serves on an address of its own."""
    msn = _query("_HLS_msn", "integer", "Hold the answer until this media sequence number is there (blocking reload).")
    part = _query("_HLS_part", "integer", "And this part of it.")
    skip = _query("_HLS_skip", "string", "YES: a delta update, without the segments that the player knows.")
    viewer = _query("viewer", "string", "A random name of this playback session, for the viewer count.")
    playlist, reload = "application/vnd.apple.mpegurl", [msn, part, skip, viewer]
    routes = {
        "/hls/{stream_id}/index.m3u8": ("getMultivariantPlaylist", "Multivariant playlist", playlist, [viewer]),
        "/hls/{stream_id}/media.m3u8": ("getMediaPlaylist", "Low-latency playlist", playlist, reload),
        "/hls/{stream_id}/plain.m3u8": ("getPlainPlaylist", "Playlist without parts", playlist, [viewer]),
        "/hls/{stream_id}/{file}": ("getMediaFile", "Init segment, segment or part", "video/mp4", [_path("file")]),
    }
    return {
        path: {
            "servers": [{"url": hls_base_url}],
            "get": {
                "tags": [_HLS_TAG],
                "operationId": operation,
                "summary": summary,
                "parameters": [_STREAM_ID, *parameters],
                "responses": {
                    "200": {"description": summary, "content": {kind: {"schema": {"type": "string"}}}},
                    "400": {"description": "The query is not valid.", "content": _FAILURE},
                    "404": {"description": "Never live, or over for more than a minute.", "content": _FAILURE},
                    "503": {"description": "Not there in time; try again.", "content": _FAILURE},
                },
            },
        }
        for path, (operation, summary, kind, parameters) in routes.items()
    }


def _describe_bytes(schema: dict[str, Any]) -> None:
    """Bodies that are files, either way: handlers read and write them piece by piece, so types do not tell."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    form = {
        "schema": {"type": "object", "required": ["file"], "properties": {"file": binary["schema"]}},
    }
    upload = {"required": True, "content": {"application/octet-stream": binary, "multipart/form-data": form}}
    for path in schema["paths"].values():
        for operation in path.values():
            name = operation.get("operationId") if isinstance(operation, dict) else None
            if name in _UPLOADS:
                operation["requestBody"] = upload
            if name in _OBJECTS:
                whole = operation["responses"]["200"]
                whole["content"] = {"*/*": binary}
                operation["responses"] |= {
                    "206": {"description": "The range that was asked for.", "content": {"*/*": binary}},
                    "304": {"description": "You have it already (`If-None-Match`)."},
                    "416": {"description": "The range begins behind the end.", "content": _FAILURE},
                }
            if name == "download":
                operation["responses"]["307"] = {"description": "The file store gives it, at `Location`, for a minute."}


def _query(name: str, kind: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": {"type": kind}}


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _with_short_names(schema: dict[str, Any]) -> dict[str, Any]:
    """`Ok_veza.live.schemas.StreamView_` becomes `OkStreamView`: a name must not change when a file moves."""
    text = json.dumps(schema, ensure_ascii=False)
    found: dict[str, Any] = json.loads(_GENERIC_NAME.sub(r"Ok\1", text))
    return found


def _close_bodies(schema: dict[str, Any]) -> None:
    """Say of request bodies what the decoder enforces: no unknown fields, and which may be absent."""
    components = schema["components"]["schemas"]
    for path in schema["paths"].values():
        for operation in path.values():
            if not isinstance(operation, dict) or "requestBody" not in operation:
                continue
            for content in operation["requestBody"]["content"].values():
                for name in _references(content):
                    components[name]["additionalProperties"] = False
                if {"type": "null"} in content["schema"].get("oneOf", []):
                    operation["requestBody"]["required"] = False


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        found = {node["$ref"].rpartition("/")[2]} if isinstance(node.get("$ref"), str) else set()
        return found.union(*(_references(child) for child in node.values()))
    if isinstance(node, list):
        return set().union(*(_references(child) for child in node))
    return set()


def _drop_examples(node: Any) -> None:
    """Generated examples differ from run to run; the document must not."""
    if isinstance(node, dict):
        node.pop("examples", None)
        for child in node.values():
            _drop_examples(child)
    elif isinstance(node, list):
        for child in node:
            _drop_examples(child)
