"""What every use case receives: the database, the ports, the settings, the clock, the keys. Frozen.

Made in `bootstrap.py`. It holds no state of its own, and nothing here may be created lazily.
"""

from dataclasses import dataclass

from veza.db.pool import Database
from veza.kit.clock import Clock
from veza.ports.bus import Bus
from veza.ports.files import Files
from veza.ports.mail import Mail
from veza.ports.payments import Payments
from veza.ports.payouts import Payouts
from veza.settings import Settings


@dataclass(frozen=True, slots=True)
class Keys:
    """One key per purpose, each 32 bytes, derived from the install's secret (`kit.signing.derive_key`)."""

    access_token: bytes
    refresh_token: bytes
    stream_key_lookup: bytes
    stream_key_seal: bytes
    download_link: bytes
    payment_secret: bytes
    email_link: bytes
    mail_address: bytes
    unsubscribe: bytes
    totp_secret: bytes
    recovery_code: bytes
    export_link: bytes
    recording_link: bytes


@dataclass(frozen=True, slots=True)
class Context:
    """The world as a use case may see it."""

    db: Database
    settings: Settings
    clock: Clock
    keys: Keys
    bus: Bus
    files: Files
    mail: Mail
    payments: Payments | None = None
    payouts: Payouts | None = None
