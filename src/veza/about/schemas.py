"""The answer of `GET /config`: only what any stranger may know."""

from typing import Literal

import msgspec


class PaymentsConfig(msgspec.Struct, frozen=True):
    """`disabled`: nothing can be paid for. `sandbox`: everything can, and no money moves."""

    mode: Literal["disabled", "sandbox", "live"]


class LiveConfig(msgspec.Struct, frozen=True):
    """Where encoders and players go. `grace_s`: how long a stream waits for an encoder that left."""

    rtmp_url: str
    hls_url: str
    part_target_ms: int
    grace_s: float
    categories: list[str]


class Limits(msgspec.Struct, frozen=True):
    """Limits that forms check before they send. Lengths in characters."""

    username_min: int
    username_max: int
    password_min: int
    password_max: int
    stream_title_max: int
    stream_description_max: int
    tags_max: int
    body_bytes_max: int
    product_title_max: int
    product_description_max: int
    price_min_cents: int
    price_max_cents: int
    licenses_max: int
    license_terms_max: int
    product_files_max: int
    upload_bytes_max: int
    image_bytes_max: int
    review_max: int
    cart_items_max: int
    quantity_max: int


class ConfigView(msgspec.Struct, frozen=True):
    """What the web app needs to start."""

    version: str
    currency: str
    payments: PaymentsConfig
    live: LiveConfig
    limits: Limits
