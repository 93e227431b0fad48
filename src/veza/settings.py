"""Every setting of the product, typed, checked and frozen. The only reader of the environment.

Long because it is the one list of them, each with what reads it.

A name that is not here, or a value that cannot be, stops the start with a sentence that names it
(`docs/reference/settings.md` is kept in step by a test). Each field's comment there is its `help` here.
"""

import difflib
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

PREFIX = "VEZA_"


class SettingsError(Exception):
    """The environment cannot be used. Each problem is one sentence that names the variable."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens. `host` is an IP address or a name; port 0 lets the system choose (tests)."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        return is_loopback_host(self.host)

    @property
    def reachable_host(self) -> str:
        """Where this machine reaches what listens here: who listens on any address listens on loopback too."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - asked, not bound


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over. `is_tls`: encrypted from the first byte; `needs_starttls`: before anything is said."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    is_tls: bool
    needs_starttls: bool


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Who a mail is from. `name` may be empty; `address` is ASCII."""

    name: str
    address: str


def is_loopback_host(host: str) -> bool:
    """Whether a host (name or address, brackets allowed) can only be this machine."""
    bare = host.strip("[]").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def _setting(parse: Callable[[str], Any], default: Any, text: str, *, is_secret: bool = False) -> Any:
    return field(default=default, metadata={"parse": parse, "help": text}, repr=not is_secret)


def _address(text: str) -> Address:
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.port is None or parts.path:
        raise ValueError("write HOST:PORT, for example 127.0.0.1:8080")
    return Address(parts.hostname, parts.port)


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not (parts.netloc or parts.scheme in {"file", "postgresql", "postgres"}):
            raise ValueError(f"write an address that begins with {' or '.join(s + '://' for s in schemes)}")
        return text.rstrip("/")

    return parse


def _endpoint(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_sound = parts.scheme in {"http", "https"} and parts.hostname is not None and parts.port != 0
    except ValueError:  # whose text would show a password
        raise ValueError("write an address such as https://api.example") from None
    if not is_sound or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("write an address that begins with http:// or https://")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("write scheme, host and perhaps a path, without a user or a password")
    return text.rstrip("/")


def _credential(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("it is not what a provider gives out: there is something else than ASCII in it")
    return text


def _smtp_server(text: str) -> SmtpServer:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:  # its text may hold a part of the password
        host, port, parts = None, None, urlsplit("")
    is_off = parts.query == "tls=off"
    if parts.scheme not in {"smtp", "smtps"} or not host or parts.path.strip("/") or parts.fragment or port == 0:
        raise ValueError("write smtp://USER:PASSWORD@HOST:587 or smtps://…, with / # ? @ in the password as %2F …")
    if parts.query and not is_off:
        raise ValueError("after the question mark only tls=off is known")
    if is_off and (parts.scheme == "smtps" or not is_loopback_host(host)):
        raise ValueError("tls=off is for smtp:// on this machine alone")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("write user and password, or neither")
    is_tls = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpServer(host, port or (465 if is_tls else 587), user, password, is_tls, not is_tls and not is_off)


def _mailbox(text: str) -> Mailbox:
    name, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not local or not domain or not address.isascii() or not text.isprintable() or any(c in address for c in ' <>"'):
        raise ValueError("write an address, or a name and an address: Veza <no-reply@music.example>")
    return Mailbox(name, address)


def _path_prefix(text: str) -> str:
    if not text.startswith("/") or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("write a path such as /protected")
    return text.rstrip("/")


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("write scheme, host and port only, for example https://music.example")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _list(of: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    return lambda text: tuple(of(part.strip()) for part in text.split(",") if part.strip())


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def _switch(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in known:
        raise ValueError("write 1 or 0")
    return known[text.lower()]


def _number(minimum: float, maximum: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = float(text)
        if not minimum <= value <= maximum:
            raise ValueError(f"must be between {minimum:g} and {maximum:g}")
        return value

    return parse


def _count(minimum: int, maximum: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not minimum <= value <= maximum:
            raise ValueError(f"must be between {minimum:,} and {maximum:,}")
        return value

    return parse


def _rate(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError("write a share such as 0.10") from None
    if not 0 <= value < 1 or value != value.quantize(Decimal("0.0001")):
        raise ValueError("must be at least 0, less than 1, with at most four decimals")
    return value


def _currency(text: str) -> str:
    if len(text) != 3 or not text.isascii() or not text.isalpha():
        raise ValueError("write the three letters of ISO 4217, for example EUR")
    return text.upper()


def _country(text: str) -> str:
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise ValueError("write the two letters of ISO 3166-1, for example FR")
    return text.upper()


def _vat_rates(text: str) -> tuple[tuple[str, int], ...]:
    rates: dict[str, int] = {}
    for part in (part.strip() for part in text.split(",") if part.strip()):
        country, _, percent = part.partition("=")
        country = _country(country.strip())
        try:
            rate = Decimal(percent.strip()) * 100
        except InvalidOperation:
            raise ValueError("write countries and percents, for example FR=20,DE=19") from None
        if not rate.is_finite() or not 0 <= rate <= 10_000 or rate != int(rate):
            raise ValueError("a rate is between 0 and 100, with at most two decimals")
        if country in rates:
            raise ValueError(f"{country} stands in it twice")
        rates[country] = int(rate)
    return tuple(rates.items())


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("|", "\n").splitlines() if line.strip())


def _secret(text: str) -> bytes:
    if len(text.encode()) < 32:
        raise ValueError("must be at least 32 bytes of random text")
    return text.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings. Every one has a default that makes the product run on a fresh machine."""

    http_addr: Address = _setting(_address, Address("127.0.0.1", 8080), "Where the API and the web app listen.")
    rtmp_addr: Address = _setting(_address, Address("127.0.0.1", 1935), "Where encoders (OBS) connect.")
    hls_addr: Address = _setting(_address, Address("127.0.0.1", 8081), "Where players fetch live video.")
    sandbox: bool | None = _setting(
        _switch, None, "Simulate payments (docs/reference/sandbox.md). Absent: only on an install for this machine."
    )
    sandbox_addr: Address = _setting(_address, Address("127.0.0.1", 8082), "Where the payment sandbox listens.")
    sandbox_public_url: str = _setting(
        _url("http", "https"), "", "The address of the sandbox's pages, where a proxy serves them."
    )
    public_url: str = _setting(
        _origin, "http://localhost:8080", "The address that people use. HLS and RTMP addresses derive from its host."
    )
    hls_public_url: str = _setting(
        _url("http", "https"), "", "The address of live video, where a CDN or proxy serves it."
    )
    rtmp_public_url: str = _setting(_url("rtmp", "rtmps"), "", "The server address that streamers copy into OBS.")
    data_dir: Path = _setting(Path, Path("data"), "Where the bundled database, the secret and files live.")
    database_url: str = _setting(
        _url("postgresql", "postgres"),
        "",
        "A PostgreSQL 15 or newer. Absent: the bundled one, inside the data folder.",
        is_secret=True,
    )
    storage_url: str = _setting(
        _url("file", "s3"),
        "",
        "Where files are: file:///folder, or s3://bucket/prefix. Absent: inside the data folder.",
    )
    s3_endpoint: str = _setting(_url("http", "https"), "", "An S3 server other than Amazon's.")
    s3_region: str = _setting(str, "", "The region of the bucket.")
    s3_access_key_id: str = _setting(str, "", "The key of the bucket. Absent: the role of the machine.")
    s3_secret_access_key: str = _setting(str, "", "Its secret.", is_secret=True)
    accel_prefix: str = _setting(
        _path_prefix,
        "",
        "Where nginx finds the folder of files, for X-Accel-Redirect (docs/howto/keep-files-in-s3.md).",
    )
    upload_bytes_max: int = _setting(_count(1, 64 * 1024**3), 2 * 1024**3, "The largest file for sale, in bytes.")
    storage_per_person_bytes: int = _setting(
        _count(1, 2**50), 200 * 1024**3, "How much one person may keep here, in bytes."
    )
    secret_key: bytes = _setting(
        _secret, b"", "Signs and seals. Absent: made once, kept in the data folder, mode 0600.", is_secret=True
    )
    allowed_origins: tuple[str, ...] = _setting(
        _list(_origin), (), "More web origins that may use cookies and sockets."
    )
    trusted_proxies: tuple[Any, ...] = _setting(
        _list(_network), (), "Networks whose X-Forwarded-For and X-Forwarded-Proto are believed."
    )
    metrics_allow: tuple[Any, ...] = _setting(_list(_network), (), "Networks besides loopback that may read /metrics.")
    currency: str = _setting(_currency, "EUR", "The one currency of this install (ISO 4217).")
    platform_fee_rate: Decimal = _setting(_rate, Decimal("0.10"), "The platform's share of a sale.")
    orders_per_hour: int = _setting(_count(1, 1_000_000), 120, "Orders that one person may place in an hour.")
    order_payable_s: float = _setting(_number(1, 30 * 86_400), 86_400.0, "How long an order can be paid.")
    order_held_s: float = _setting(
        _number(1, 86_400), 900.0, "The same for an order with an exclusive licence, which nobody else can buy then."
    )
    reconcile_after_s: float = _setting(
        _number(0.1, 86_400), 120.0, "Silence after which the payment provider is asked how a payment stands."
    )
    transfer_retry_base_s: float = _setting(
        _number(0.01, 3600),
        60.0,
        "The longest wait before a failed transfer's second try; four times as long each time.",
    )
    transfer_tries: int = _setting(_count(1, 1_000), 8, "Tries before a transfer is left to an admin.")
    transfer_sweep_s: float = _setting(_number(0.1, 3600), 15.0, "How often transfers that are due are looked for.")
    invoice_issuer_name: str = _setting(
        str.strip, "", "Who invoices are from, in law (docs/howto/invoices-and-vat.md). Absent: the name that mail has."
    )
    invoice_issuer_address: str = _setting(_lines, "", "Their postal address, with | between its lines.")
    invoice_issuer_country: str = _setting(_country, "", "Their country: two letters of ISO 3166-1.")
    invoice_issuer_vat_id: str = _setting(str.strip, "", "Their VAT identification number.")
    invoice_footer: str = _setting(str.strip, "", "One line at the foot of every page, for example a registration.")
    vat_rates: tuple[tuple[str, int], ...] = _setting(
        _vat_rates,
        (),
        "VAT in percent by the buyer's country, as in FR=20,DE=19. Prices include it. Absent: no VAT is shown.",
    )
    hyperswitch_url: str = _setting(_endpoint, "", "The Hyperswitch that takes payments. Goes with its API key.")
    hyperswitch_api_key: str = _setting(_credential, "", "Its secret API key.", is_secret=True)
    hyperswitch_profile_id: str = _setting(_credential, "", "The business profile to sell under, if there are several.")
    hyperswitch_webhook_secret: tuple[str, ...] = _setting(
        _list(_credential),
        (),
        "The profile's payment response hash key; two while it is being changed. Absent: its webhooks are not taken.",
        is_secret=True,
    )
    stripe_url: str = _setting(_endpoint, "https://api.stripe.com", "Where Stripe's API is, if elsewhere.")
    stripe_api_key: str = _setting(_credential, "", "The secret key of the platform's account.", is_secret=True)
    stripe_webhook_secret: tuple[str, ...] = _setting(
        _list(_credential), (), "Secret of the endpoint for events of the account itself.", is_secret=True
    )
    stripe_connect_webhook_secret: tuple[str, ...] = _setting(
        _list(_credential), (), "Secret of the endpoint for events of connected accounts.", is_secret=True
    )
    provider_timeout_s: float = _setting(
        _number(0.05, 60), 10.0, "How long one call to Hyperswitch or Stripe may take, its repetitions included."
    )
    require_verified_email: bool = _setting(
        _switch, False, "Only people with a verified e-mail may sell and stream (docs/reference/accounts.md)."
    )
    require_staff_totp: bool = _setting(
        _switch, False, "Admins and moderators are such only with two-step log-in (docs/reference/accounts.md)."
    )
    smtp_url: SmtpServer | None = _setting(
        _smtp_server,
        None,
        "Where mail is handed over: smtp://user:password@host:587 or smtps://… (docs/howto/send-mail.md). "
        "Absent: mail is put into the data folder.",
    )
    mail_from: Mailbox | None = _setting(
        _mailbox, None, "Who mail is from. Absent: Veza <no-reply@…>, at the host of the public address."
    )
    log_level: str = _setting(str.lower, "info", "debug, info, warning or error.")
    login_failures_per_account: int = _setting(
        _count(1, 10_000), 10, "Failed logins per account and network in 15 minutes."
    )
    login_failures_per_network: int = _setting(_count(1, 1_000_000), 100, "Failed logins per network in 15 minutes.")
    registrations_per_network: int = _setting(_count(1, 1_000_000), 60, "New accounts per network and hour.")
    link_mails_per_network: int = _setting(
        _count(1, 1_000_000), 30, "Mails with a link (forgotten password, address to confirm) per network and hour."
    )
    database_connections: int = _setting(_count(2, 200), 10, "Connections that each process may hold.")
    live_grace_s: float = _setting(_number(0.1, 600), 30.0, "How long a stream waits for an encoder that left.")
    live_announce_after_s: float = _setting(
        _number(0, 3600), 20.0, "How long a broadcast goes on before followers are told by mail."
    )
    live_endlist_s: float = _setting(_number(0.1, 600), 60.0, "How long an ended stream's playlist stays.")
    live_heartbeat_s: float = _setting(
        _number(0.05, 60), 2.0, "How often media says that a broadcast is alive, and how many watch."
    )
    live_sweep_after_s: float = _setting(_number(0.2, 600), 20.0, "Silence after which a broadcast counts as lost.")
    live_window_s: float = _setting(
        _number(10, 600), 30.0, "How far back playlists go. Media stays in memory for twice as long (RFC 8216 §6.2.2)."
    )
    live_thumbnail_s: float = _setting(
        _number(0.5, 3600), 10.0, "How often media draws a picture of each stream that is on air."
    )
    recordings: bool = _setting(_switch, True, "Record broadcasts (docs/reference/recordings.md).")
    recordings_keep_days: int = _setting(
        _count(0, 36_500), 30, "After so many days a recording is deleted; 0: it stays until its owner deletes it."
    )
    recordings_free_share: float = _setting(
        _number(0, 1), 0.1, "Recording pauses while less than this share of the disk is free. Broadcasts go on."
    )
    rtmp_max_connections: int = _setting(_count(1, 100_000), 1_000, "Encoders at once, in one media process.")
    rtmp_pending_per_address: int = _setting(_count(1, 10_000), 20, "Encoders of one address that have no key yet.")
    chat_messages: int = _setting(_count(1, 100_000), 20, "Chat messages per person in 30 seconds, over all rooms.")
    chat_messages_moderator: int = _setting(
        _count(1, 1_000_000), 100, "The same for the host, moderators and staff of a room."
    )
    chat_frames_per_s: int = _setting(_count(1, 100_000), 20, "Frames that one chat socket may send in a second.")
    chat_sockets_max: int = _setting(_count(1, 1_000_000), 20_000, "Chat sockets at once, in one api process.")
    chat_sockets_per_address: int = _setting(
        _count(1, 1_000_000), 256, "Chat sockets of one address (IPv6: /64) at once, in one api process."
    )
    chat_slow_reader_s: float = _setting(
        _number(0.1, 600), 15.0, "How long a chat socket may take nothing in before it is closed."
    )
    rtmp_refusals_per_minute: int = _setting(_count(1, 100_000), 10, "Wrong stream keys per network and minute.")

    @property
    def public_host(self) -> str:
        """The host of `public_url`, with brackets if it is an IPv6 address."""
        host = urlsplit(self.public_url).hostname or "localhost"
        return f"[{host}]" if ":" in host else host

    @property
    def mail_domain(self) -> str:
        """The public host as mail writes it: in ASCII, an IP address as a literal (RFC 5321 §4.1.3)."""
        host = urlsplit(self.public_url).hostname or "localhost"
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return host.encode("idna").decode() if not host.isascii() else host
        return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"

    @property
    def mail_sender(self) -> Mailbox:
        """Who mail is from."""
        return self.mail_from or Mailbox("Veza", f"no-reply@{self.mail_domain}")

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def hls_base_url(self) -> str:
        """What a playback address begins with, without a slash at its end."""
        return (
            self.hls_public_url or f"{'https' if self.is_https else 'http'}://{self.public_host}:{self.hls_addr.port}"
        )

    @property
    def rtmp_base_url(self) -> str:
        """What a streamer copies into OBS as server."""
        return self.rtmp_public_url or f"rtmp://{self.public_host}:{self.rtmp_addr.port}/live"

    @property
    def is_loopback(self) -> bool:
        """Whether this install is for this machine only (decides the sandbox and loopback origins)."""
        return is_loopback_host(urlsplit(self.public_url).hostname or "")

    @property
    def uses_sandbox(self) -> bool:
        """Whether payments are simulated. The one place that decides it."""
        if self.sandbox is not None:
            return self.sandbox
        return self.is_loopback and not self.hyperswitch_url and not self.stripe_api_key

    @property
    def sandbox_url(self) -> str:
        """Where the processes of this install reach the sandbox, without a slash at its end."""
        return f"http://{Address(self.sandbox_addr.reachable_host, self.sandbox_addr.port)}"

    @property
    def sandbox_base_url(self) -> str:
        """What the addresses of its pages begin with, without a slash at its end."""
        return self.sandbox_public_url or f"http://{self.public_host}:{self.sandbox_addr.port}"


_NEEDED_BESIDE = (
    ("hyperswitch_url", "hyperswitch_api_key"),
    ("hyperswitch_api_key", "hyperswitch_url"),
    ("hyperswitch_profile_id", "hyperswitch_api_key"),
    ("vat_rates", "invoice_issuer_country"),
    ("vat_rates", "invoice_issuer_vat_id"),
    ("hyperswitch_webhook_secret", "hyperswitch_api_key"),
    ("stripe_url", "stripe_api_key"),
    ("stripe_webhook_secret", "stripe_api_key"),
    ("stripe_connect_webhook_secret", "stripe_api_key"),
)
"""Half a configuration is a mistake: (what is set, what it is of no use without)."""


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read `VEZA_*` from `environ`. Raises `SettingsError` with every problem at once."""
    problems: list[str] = []
    values: dict[str, Any] = {}
    known = {PREFIX + f.name.upper(): f for f in fields(Settings)}
    for name in sorted(n for n in environ if n.startswith(PREFIX)):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            problems.append(f"{name} is not a setting of Veza." + (f" Did you mean {near[0]}?" if near else ""))
            continue
        if environ[name] == "":
            continue
        setting = known[name]
        try:
            values[setting.name] = setting.metadata["parse"](environ[name])
        except (ValueError, ArithmeticError) as error:
            problems.append(f"{name} cannot be used: {error}.")
    if values.get("log_level", "info") not in {"debug", "info", "warning", "error"}:
        problems.append("VEZA_LOG_LEVEL cannot be used: write debug, info, warning or error.")
    problems += [
        f"{PREFIX}{name.upper()} needs {PREFIX}{other.upper()} beside it."
        for name, other in _NEEDED_BESIDE
        if name in values and other not in values and not any(p.startswith(PREFIX + other.upper()) for p in problems)
    ]
    if problems:
        raise SettingsError(problems)
    if "public_url" not in values and "http_addr" in values:
        values["public_url"] = f"http://localhost:{values['http_addr'].port}"
    return Settings(**values)


def describe_settings() -> list[tuple[str, str, str]]:
    """Each setting as (variable, default, help), for the reference page and `veza doctor`."""
    return [
        (PREFIX + f.name.upper(), "" if f.default is MISSING else str(f.default), f.metadata["help"])
        for f in fields(Settings)
    ]
