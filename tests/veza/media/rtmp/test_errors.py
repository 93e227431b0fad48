"""The error carries a reason that can be a label, and a sentence for logs."""

from typing import get_args

from veza.media.rtmp.errors import ProtocolError, Reason


def test_carries_reason_and_detail() -> None:
    error = ProtocolError("flood", "too many messages before publish")
    assert (error.reason, error.detail) == ("flood", "too many messages before publish")
    assert str(error) == "flood: too many messages before publish"


def test_reasons_are_few_and_fit_a_metric_label() -> None:
    reasons = get_args(Reason)
    assert len(reasons) < 20
    assert all(reason.isascii() and reason.replace("_", "").isalpha() for reason in reasons)
