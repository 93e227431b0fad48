"""A log line is one JSON object, and holds nothing that opens anything."""

import json
import logging

import pytest
import structlog

from veza.logs import HIDDEN, configure_logs, redact

pytestmark = pytest.mark.usefixtures("logs_as_they_were")

KEY = "vz_" + "aB3" * 10 + "xy"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def test_a_line_is_one_object_with_time_role_and_request(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", role="api")
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger().info("request", status=200, text="two\nlines")
        structlog.get_logger().debug("unheard")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "request", "level": "info", "role": "api", "request_id": "r-1", "status": 200, "text": "two\nlines",
    }  # fmt: skip


def test_the_standard_library_logs_through_the_same_door(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", role="api")
    logging.getLogger("some.library").warning("sent %s", JWT)
    logging.getLogger("uvicorn.access").info("GET /")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["role"]) == (f"sent {HIDDEN}", "warning", "api")


def test_exception_texts_are_searched_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", role="media")
    structlog.get_logger().error("failed", exc_info=ValueError(f"no stream with {KEY}"))
    text = capsys.readouterr().err
    assert "ValueError: no stream with" in text
    assert KEY not in text


@pytest.mark.parametrize(
    "event",
    [
        {"password": "hunter2hunter2"},
        {"Authorization": "hunter2hunter2"},
        {"headers": {"Cookie": "veza_refresh=hunter2hunter2"}},
        {"body": [{"refresh_token": "hunter2hunter2"}]},
        {"event": f"key {KEY} refused"},
        {"url": "postgresql://me:hunter2hunter2@db/veza"},
        {"note": "Bearer hunter2hunter2"},
        {"note": {KEY}, "deep": {"a": {"b": {"c": {"d": {"e": {"f": {"password": f"{JWT}"}}}}}}}},
    ],
)
def test_secrets_are_hidden(event: dict[str, object]) -> None:
    text = json.dumps(redact(None, "info", event), default=str)
    assert "hunter2" not in text
    assert KEY not in text
    assert JWT not in text
    assert HIDDEN in text


def test_what_is_no_secret_stays() -> None:
    event = {"status": 200, "key_version": 3, "none": None, "ok": True, "names": ["a"], "token_type": "Bearer"}
    assert redact(None, "info", dict(event)) == event


def test_a_value_that_cannot_be_written_does_no_harm(capsys: pytest.CaptureFixture[str]) -> None:
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError

    configure_logs("info", role="api")
    structlog.get_logger().info("odd", value=Odd(), text="\ud800", number=float("nan"))
    assert json.loads(capsys.readouterr().err)["value"] == "Odd"
