"""Paths and queries of players are read strictly: what is not ours is unknown, what cannot be meant is named."""

from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from veza.streaming.channel import PlaylistKind
from veza.streaming.hls_request import (
    BadRequest,
    InitRequest,
    PartRequest,
    PlaylistQuery,
    PlaylistRequest,
    SegmentRequest,
    accepts_gzip,
    parse_path,
    parse_playlist_query,
)

ID = UUID("01932b2e-0000-7000-8000-000000000001")


def test_paths_name_what_they_say() -> None:
    assert parse_path(f"/hls/{ID}/index.m3u8") == PlaylistRequest(ID, PlaylistKind.INDEX)
    assert parse_path(f"/hls/{ID}/media.m3u8") == PlaylistRequest(ID, PlaylistKind.MEDIA)
    assert parse_path(f"/hls/{ID}/plain.m3u8") == PlaylistRequest(ID, PlaylistKind.PLAIN)
    assert parse_path(f"/hls/{ID}/init7.mp4") == InitRequest(ID, 7)
    assert parse_path(f"/hls/{ID}/s7.m4s") == SegmentRequest(ID, 7)
    assert parse_path(f"/hls/{str(ID).upper()}/p7.m4s") == PartRequest(ID, 7)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/hls/x/index.m3u8",
        "/hls/{id}/index.m3u8/",
        "/hls/{id}/../index.m3u8",
        "/hls/{id}/p-1.m4s",
        "/hls/{id}/s1.m4s\n",
        "/hls/{id}/p٣.m4s",
        "/hls/{id}/p1234567890123456789.m4s",
        "/hls/{id}",
        "/x/hls/{id}/s1.m4s",
    ],
)
def test_other_paths_are_unknown(path: str) -> None:
    assert parse_path(path.replace("{id}", str(ID))) is None


def test_a_query_is_read() -> None:
    assert parse_playlist_query(b"") == PlaylistQuery()
    assert parse_playlist_query(b"_HLS_msn=5&_HLS_part=0&viewer=abc-DEF_12&other=x") == PlaylistQuery(
        5, 0, viewer="abc-DEF_12"
    )
    assert parse_playlist_query(b"_HLS_skip=YES").skip
    assert parse_playlist_query(b"_HLS_skip=v2").skip


@pytest.mark.parametrize(
    "query",
    [
        b"_HLS_msn=",
        b"_HLS_msn=-1",
        b"_HLS_msn=1.5",
        b"_HLS_msn=1e400",
        b"_HLS_msn=1&_HLS_msn=2",
        b"_HLS_part=1",
        b"_HLS_skip=NO",
        b"_HLS_skip=YES&_HLS_skip=YES",
        b"viewer=short",
        b"viewer=" + b"x" * 65,
        b"viewer=abcdefgh%00",
        b"\xff",
        b"x" * 2000,
        b"&".join([b"a=1"] * 40),
        "_HLS_msn=٣".encode(),
        b"_HLS_msn=%D9%A3",
    ],
)
def test_what_cannot_be_meant_is_refused(query: bytes) -> None:
    with pytest.raises(BadRequest):
        parse_playlist_query(query)


@given(st.binary(max_size=200))
def test_any_query_is_read_or_refused(query: bytes) -> None:
    try:
        parsed = parse_playlist_query(query)
    except BadRequest:
        return
    assert parsed.part is None or parsed.msn is not None


def test_gzip_is_for_those_who_ask() -> None:
    assert accepts_gzip([(b"accept-encoding", b"br, GZIP;q=0.8")])
    assert accepts_gzip([(b"accept-encoding", b"*")])
    assert not accepts_gzip([(b"accept-encoding", b"gzip;q=0")])
    assert not accepts_gzip([(b"accept-encoding", b"br")])
    assert not accepts_gzip([])
