"""A setting is right, or the start stops with a sentence that names it. All problems are told at once."""

from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from veza.settings import (
    Address,
    Mailbox,
    Settings,
    SettingsError,
    SmtpServer,
    describe_settings,
    is_loopback_host,
    load_settings,
)


def problems(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as refusal:
        load_settings(environ)
    return refusal.value.problems


def test_nothing_set_is_a_product_that_runs() -> None:
    assert load_settings({}) == Settings()
    assert load_settings({"VEZA_HTTP_ADDR": "", "HOME": "/x"}) == Settings(), "empty is absent, other names are others'"


def test_what_is_set_is_read() -> None:
    found = load_settings(
        {
            "VEZA_HTTP_ADDR": "[::1]:9000",
            "VEZA_PUBLIC_URL": "https://Music.example/",
            "VEZA_DATA_DIR": "/var/lib/veza",
            "VEZA_PLATFORM_FEE_RATE": "0.125",
            "VEZA_CURRENCY": "usd",
            "VEZA_ALLOWED_ORIGINS": "https://a.example, https://b.example",
            "VEZA_TRUSTED_PROXIES": "10.0.0.0/8,::1",
            "VEZA_REQUIRE_VERIFIED_EMAIL": "yes",
            "VEZA_LIVE_GRACE_S": "1.5",
        }
    )
    assert found.http_addr == Address("::1", 9000)
    assert str(found.http_addr) == "[::1]:9000"
    assert found.public_url == "https://music.example"
    assert found.data_dir == Path("/var/lib/veza")
    assert found.platform_fee_rate == Decimal("0.125")
    assert found.currency == "USD"
    assert found.allowed_origins == ("https://a.example", "https://b.example")
    assert [str(network) for network in found.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert found.require_verified_email
    assert found.live_grace_s == 1.5


def test_public_addresses_follow_from_the_host_unless_they_are_set() -> None:
    found = load_settings({"VEZA_PUBLIC_URL": "https://music.example", "VEZA_RTMP_ADDR": "0.0.0.0:1936"})
    assert found.rtmp_base_url == "rtmp://music.example:1936/live"
    assert found.hls_base_url == "https://music.example:8081"
    assert not found.is_loopback
    found = load_settings(
        {"VEZA_HLS_PUBLIC_URL": "https://cdn.example/", "VEZA_RTMP_PUBLIC_URL": "rtmp://in.example/live"}
    )
    assert (found.hls_base_url, found.rtmp_base_url) == ("https://cdn.example", "rtmp://in.example/live")


def test_the_public_address_follows_the_port_that_is_listened_on() -> None:
    assert load_settings({"VEZA_HTTP_ADDR": "127.0.0.1:9000"}).public_url == "http://localhost:9000"


@pytest.mark.parametrize(
    ("environ", "simulated"),
    [
        ({}, True),
        ({"VEZA_HTTP_ADDR": "0.0.0.0:9000"}, True),
        ({"VEZA_PUBLIC_URL": "https://music.example"}, False),
        ({"VEZA_PUBLIC_URL": "https://music.example", "VEZA_SANDBOX": "1"}, True),
        ({"VEZA_SANDBOX": "0"}, False),
    ],
)
def test_payments_are_simulated_on_this_machine_or_when_somebody_says_so(
    environ: dict[str, str], simulated: bool
) -> None:
    assert load_settings(environ).uses_sandbox is simulated


def test_addresses_of_the_sandbox() -> None:
    found = load_settings({"VEZA_SANDBOX_ADDR": "0.0.0.0:9002", "VEZA_PUBLIC_URL": "http://music.local"})
    assert (found.sandbox_url, found.sandbox_base_url) == ("http://127.0.0.1:9002", "http://music.local:9002")
    found = load_settings({"VEZA_SANDBOX_PUBLIC_URL": "https://pay.example/"})
    assert found.sandbox_base_url == "https://pay.example"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP_ADDR", "8080"), ("HTTP_ADDR", "host:99999"), ("HTTP_ADDR", "a:1/x"), ("PUBLIC_URL", "ftp://x"),
        ("SANDBOX", "perhaps"), ("SANDBOX_ADDR", "8082"), ("SANDBOX_PUBLIC_URL", "pay.example"),
        ("PUBLIC_URL", "https://x/path"), ("DATABASE_URL", "mysql://x/y"), ("SECRET_KEY", "short"),
        ("PLATFORM_FEE_RATE", "1"), ("PLATFORM_FEE_RATE", "0.12345"), ("PLATFORM_FEE_RATE", "NaN"),
        ("PLATFORM_FEE_RATE", "ten"), ("CURRENCY", "EURO"), ("REQUIRE_VERIFIED_EMAIL", "perhaps"),
        ("LIVE_GRACE_S", "-1"), ("LIVE_GRACE_S", "nan"), ("DATABASE_CONNECTIONS", "1.5"), ("LOG_LEVEL", "loud"),
        ("VAT_RATES", "FR"), ("VAT_RATES", "FR=ten"), ("VAT_RATES", "FR=NaN"), ("VAT_RATES", "FR=-1"),
        ("VAT_RATES", "FR=100.01"), ("VAT_RATES", "FR=5.125"), ("VAT_RATES", "FRA=20"), ("VAT_RATES", "FR=20,fr=19"),
        ("INVOICE_ISSUER_COUNTRY", "France"), ("TRUSTED_PROXIES", "10.0.0.0/99"), ("ALLOWED_ORIGINS", "music.example"),
        ("SMTP_URL", "mail.example"), ("SMTP_URL", "http://mail.example"), ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://veza:pa/ss@mail.example"), ("SMTP_URL", "smtp://veza:pass@mail.example:99999"),
        ("SMTP_URL", "smtp://veza@mail.example"), ("SMTP_URL", "smtp://mail.example?tls=off"),
        ("SMTP_URL", "smtps://localhost?tls=off"), ("SMTP_URL", "smtp://mail.example?tls=maybe"),
        ("SMTP_URL", "smtp://mail.example/inbox"), ("MAIL_FROM", "Veza"), ("MAIL_FROM", "Veza, the shop <a@b.example>"),
        ("MAIL_FROM", "a@b.example\r\nBcc: eve@example.com"), ("MAIL_FROM", "Veza <a b@c.example>"),
        ("MAIL_FROM", "Veza <zoë@b.example>"),
        ("PROVIDER_TIMEOUT_S", "0"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_named_and_not_shown(name: str, value: str) -> None:
    (problem,) = problems(**{f"VEZA_{name}": value})
    assert problem.startswith(f"VEZA_{name} cannot be used: ")
    assert "veza:pa" not in problem


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 587, "", "", is_tls=False, needs_starttls=True)),
        ("smtps://mail.example", SmtpServer("mail.example", 465, "", "", is_tls=True, needs_starttls=False)),
        ("smtp://[::1]:25?tls=off", SmtpServer("::1", 25, "", "", is_tls=False, needs_starttls=False)),
        (
            "smtps://me%40a.example:p%2Fs%23w@mail.example:2465/",
            SmtpServer("mail.example", 2465, "me@a.example", "p/s#w", is_tls=True, needs_starttls=False),
        ),
    ],
)
def test_a_mail_server_is_encrypted_unless_it_is_this_machine(url: str, server: SmtpServer) -> None:
    found = load_settings({"VEZA_SMTP_URL": url})
    assert found.smtp_url == server
    assert "p/s#w" not in repr(found)


@pytest.mark.parametrize(
    ("environ", "sender"),
    [
        ({}, Mailbox("Veza", "no-reply@localhost")),
        ({"VEZA_PUBLIC_URL": "https://music.example:8443"}, Mailbox("Veza", "no-reply@music.example")),
        ({"VEZA_PUBLIC_URL": "http://10.0.0.1"}, Mailbox("Veza", "no-reply@[10.0.0.1]")),
        ({"VEZA_PUBLIC_URL": "http://[::1]:8080"}, Mailbox("Veza", "no-reply@[IPv6:::1]")),
        ({"VEZA_PUBLIC_URL": "https://müsik.example"}, Mailbox("Veza", "no-reply@xn--msik-0ra.example")),
        ({"VEZA_MAIL_FROM": "Vèza – Musique <a@b.example>"}, Mailbox("Vèza – Musique", "a@b.example")),
        ({"VEZA_MAIL_FROM": '"Veza, the shop" <a@b.example>'}, Mailbox("Veza, the shop", "a@b.example")),
        ({"VEZA_MAIL_FROM": "a@b.example"}, Mailbox("", "a@b.example")),
    ],
)
def test_mail_is_from_the_public_host_unless_it_is_said(environ: dict[str, str], sender: Mailbox) -> None:
    assert load_settings(environ).mail_sender == sender


HALVES = [
    ("HYPERSWITCH_URL", "https://pay.example", "HYPERSWITCH_API_KEY"),
    ("HYPERSWITCH_API_KEY", "snd_1", "HYPERSWITCH_URL"),
    ("HYPERSWITCH_PROFILE_ID", "pro_1", "HYPERSWITCH_API_KEY"),
    ("HYPERSWITCH_WEBHOOK_SECRET", "a,b", "HYPERSWITCH_API_KEY"),
    ("STRIPE_URL", "http://127.0.0.1:9", "STRIPE_API_KEY"),
    ("STRIPE_WEBHOOK_SECRET", "whsec_1", "STRIPE_API_KEY"),
    ("STRIPE_CONNECT_WEBHOOK_SECRET", "whsec_2", "STRIPE_API_KEY"),
]


@pytest.mark.parametrize(("name", "value", "missing"), HALVES)
def test_half_a_provider_is_none(name: str, value: str, missing: str) -> None:
    (problem,) = problems(**{f"VEZA_{name}": value})
    assert problem == f"VEZA_{name} needs VEZA_{missing} beside it."


def test_whole_providers_are_read() -> None:
    found = load_settings({f"VEZA_{name}": value for name, value, _ in HALVES} | {"VEZA_STRIPE_API_KEY": "sk_test_1"})
    assert (found.hyperswitch_url, found.hyperswitch_api_key) == ("https://pay.example", "snd_1")
    assert found.hyperswitch_webhook_secret == ("a", "b")
    assert (found.stripe_url, found.stripe_api_key) == ("http://127.0.0.1:9", "sk_test_1")
    assert (found.stripe_webhook_secret, found.stripe_connect_webhook_secret) == (("whsec_1",), ("whsec_2",))
    assert load_settings({"VEZA_STRIPE_API_KEY": "sk_test_1"}).stripe_url == "https://api.stripe.com"
    assert not [secret for secret in ("snd_1", "sk_test_1", "whsec_1", "whsec_2") if secret in repr(found)]


@pytest.mark.parametrize("url", [
    "https://user:hunter2@pay.example", "https://key:hunter2", "https://pay.example/?key=hunter2", "hunter2",
    "ftp://hunter2", "https://[hunter2", "https://pay.example/ hunter2", "https://",
])  # fmt: skip
def test_an_address_of_a_provider_holds_no_password(url: str) -> None:
    found = problems(VEZA_HYPERSWITCH_URL=url, VEZA_HYPERSWITCH_API_KEY="snd_1")
    assert found[0].startswith("VEZA_HYPERSWITCH_URL cannot be used: ")
    assert "hunter2" not in "".join(found)


@pytest.mark.parametrize("key", ["snd 1", "snd_é", "snd_1\r\nx: y"])
def test_a_key_that_cannot_stand_in_a_header_is_refused(key: str) -> None:
    (problem,) = problems(VEZA_STRIPE_API_KEY=key)
    assert key not in problem


def test_secrets_are_not_in_the_text_of_the_settings() -> None:
    found = load_settings({"VEZA_SECRET_KEY": "hunter2" * 5, "VEZA_DATABASE_URL": "postgresql://me:hunter2@db/x"})
    assert "hunter2" not in repr(found)


def test_a_secret_is_never_shown() -> None:
    assert "hunter2" not in "".join(problems(VEZA_SECRET_KEY="hunter2", VEZA_DATABASE_URL="mysql://me:hunter2@db/x"))


def test_all_problems_are_told_at_once() -> None:
    assert len(problems(VEZA_PORT="1", VEZA_CURRENCY="?", VEZA_LOG_LEVEL="?")) == 3


@given(st.sampled_from([name for name, _, _ in describe_settings()]), st.text(max_size=50))
def test_any_value_is_taken_or_refused_by_name(name: str, value: str) -> None:
    told: list[str] = []
    try:
        load_settings({name: value})
    except SettingsError as refusal:
        told = refusal.problems
    assert all(problem.startswith(name) for problem in told)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "::1", "app.localhost", "127.9.9.9"])
def test_loopback(host: str) -> None:
    assert is_loopback_host(host)


@pytest.mark.parametrize("host", ["example.org", "10.0.0.1", "localhost.example", "0.0.0.0", ""])
def test_not_loopback(host: str) -> None:
    assert not is_loopback_host(host)


def test_vat_and_who_invoices_are_from() -> None:
    found = load_settings(
        {
            "VEZA_VAT_RATES": "FR=20, de=19,FI=25.5,CH=8.1,",
            "VEZA_INVOICE_ISSUER_COUNTRY": "fr",
            "VEZA_INVOICE_ISSUER_VAT_ID": " FR123 ",
            "VEZA_INVOICE_ISSUER_ADDRESS": "1 Canal Street | 75010 Paris||",
        }
    )
    assert found.vat_rates == (("FR", 2_000), ("DE", 1_900), ("FI", 2_550), ("CH", 810))
    assert (found.invoice_issuer_country, found.invoice_issuer_vat_id) == ("FR", "FR123")
    assert found.invoice_issuer_address == "1 Canal Street\n75010 Paris"


def test_vat_needs_who_owes_it() -> None:
    assert set(problems(VEZA_VAT_RATES="FR=20")) == {
        "VEZA_VAT_RATES needs VEZA_INVOICE_ISSUER_COUNTRY beside it.",
        "VEZA_VAT_RATES needs VEZA_INVOICE_ISSUER_VAT_ID beside it.",
    }
