"""Every metric of the product in one place: base units, `_total` for counters, no ids in labels (bounded series).

With PROMETHEUS_MULTIPROC_DIR set (as `veza serve` does) the numbers of all processes are summed by whichever one is
asked; without it a process shows its own.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.registry import REGISTRY

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# OpenTelemetry's recommended bounds for http.server.request.duration, in seconds.
_DURATIONS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)

request_duration = Histogram(
    "http_server_request_duration_seconds",
    "Time from the first byte of a request to the last byte of its answer.",
    ["method", "route", "status"],
    buckets=_DURATIONS,
)
active_requests = Gauge("http_server_active_requests", "Requests that are being answered.", multiprocess_mode="livesum")
streams_live = Gauge("veza_streams_live", "Streams on air, interrupted ones included.", multiprocess_mode="livesum")
viewers = Gauge("veza_viewers", "People who watch, over all streams.", multiprocess_mode="livesum")
newest_part_age = Gauge(
    "veza_hls_newest_part_age_seconds",
    "Age of the newest part of the stalest live stream.",
    multiprocess_mode="livemax",
)
rtmp_connections = Gauge("veza_rtmp_connections", "Encoder connections that are open.", multiprocess_mode="livesum")
rtmp_publishes = Counter("veza_rtmp_publishes_total", "Publish attempts by result.", ["result"])
rtmp_protocol_errors = Counter(
    "veza_rtmp_protocol_errors_total", "Connections ended because their bytes made no sense."
)
rtmp_received = Counter("veza_rtmp_received_bytes_total", "Bytes that encoders sent.")
chat_sockets = Gauge("veza_chat_sockets", "Chat sockets that are open.", multiprocess_mode="livesum")
chat_events = Counter("veza_chat_events_total", "Frames received, messages written, pushes delivered.", ["name"])
chat_closed = Counter("veza_chat_closed_total", "Chat sockets that we closed, by WebSocket close code.", ["code"])
jobs_finished = Counter("veza_jobs_finished_total", "Jobs by result.", ["name", "result"])
jobs_oldest_due = Gauge(
    "veza_jobs_oldest_due_age_seconds", "Age of the oldest job that should have run.", multiprocess_mode="livemax"
)
ledger_checks = Counter("veza_ledger_checks_total", "Comparisons of the books by result.", ["result"])
ledger_difference = Gauge(
    "veza_ledger_difference_cents",
    "Money that the last comparison of the books could not account for.",
    multiprocess_mode="livemostrecent",
)
recorded_segments = Counter(
    "veza_recorded_segments_total", "Segments of broadcasts by what became of them: stored, missing.", ["result"]
)
recording_waiting = Gauge("veza_recording_waiting_bytes", "What waits to be stored.", multiprocess_mode="livesum")
orders_placed = Counter("veza_orders_placed_total", "Orders that were placed.")
orders_completed = Counter("veza_orders_completed_total", "Orders that were paid, or were free.")
documents_issued = Counter("veza_documents_issued_total", "Invoices and credit notes that were issued.", ["kind"])
documents_rendered = Counter(
    "veza_documents_rendered_total", "Invoices and credit notes by how making their paper ended.", ["result"]
)
payments_returned = Counter(
    "veza_payments_returned_total", "Payments that came for what was no longer to be had.", ["reason"]
)
refunds_requested = Counter(
    "veza_refunds_requested_total", "Refunds by who wanted them: buyer, seller, admin, dispute.", ["by"]
)
refunds_settled = Counter("veza_refunds_settled_total", "Refunds by how they ended.", ["result"])
disputes = Counter("veza_disputes_total", "Disputes by what became of them: opened, won, lost.", ["result"])
provider_words_flagged = Counter(
    "veza_provider_words_flagged_total", "Genuine words of a provider that do not fit what we know.", ["reason"]
)
transfers_tried = Counter(
    "veza_transfers_tried_total", "Tries to send a transfer, by what it was after that.", ["result"]
)
webhook_events = Counter("veza_webhook_events_total", "Deliveries by provider and result.", ["provider", "result"])
provider_calls = Counter(
    "veza_provider_calls_total",
    "Calls to a provider of money by result: ok, refused, not_executed, unknown.",
    ["provider", "result"],
)
provider_breaker_open = Gauge(
    "veza_provider_breaker_open",
    "1 while a process makes no calls to a provider, because it does not answer or refuses our key.",
    ["provider"],
    multiprocess_mode="livemax",
)
process_role = Gauge("veza_process_up", "1 for each process that runs, by role.", ["role"], multiprocess_mode="livesum")


def render() -> bytes:
    """All metrics as Prometheus text."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


reversals_tried = Counter(
    "veza_reversals_tried_total", "Tries to take money back from a seller, by how they ended.", ["result"]
)
debt_recovered = Counter("veza_debt_recovered_cents_total", "What transfers kept back for their sellers' debts.")
