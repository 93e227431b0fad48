"""What people are told about their own account: one template a notice, in English. Pure.

A token stands behind the `#` of a link alone, which no browser sends to a server. Nothing here names an address of
anybody, and every notice says what to do when one did not ask for it.
"""

from typing import assert_never
from urllib.parse import urlsplit

from veza.auth.domain import Notice
from veza.mail.rendering import Letter, Link, Paragraph

_NOT_ME = "If that was not you, somebody else may know your password. Set a new one now: that logs everybody out."


def write_account_letter(notice: Notice, *, username: str, public_url: str, token: str = "") -> Letter:  # noqa: PLR0911
    """The letter to `username` of an install at `public_url`. `token`: of the notices that carry a link."""
    site = urlsplit(public_url).netloc
    match notice:
        case Notice.VERIFY_EMAIL:
            return _verify_email(username, public_url, site, token)
        case Notice.RESET_PASSWORD:
            return _reset_password(username, public_url, site, token)
        case Notice.PASSWORD_CHANGED:
            return _told(
                "Your password was changed",
                f"Hello {username}. The password of your account on {site} was changed just now, and all other "
                "sessions were ended.",
                public_url,
                site,
            )
        case Notice.TOTP_ENABLED:
            return _told(
                "Two-step log-in is on",
                f"Hello {username}. From now on your account on {site} asks for a code of your authenticator app when "
                "you log in. Keep your recovery codes where you find them without your phone.",
                public_url,
                site,
            )
        case Notice.TOTP_DISABLED:
            return _told(
                "Two-step log-in is off",
                f"Hello {username}. Your account on {site} no longer asks for a code when you log in.",
                public_url,
                site,
            )
        case Notice.RECOVERY_CODES_RENEWED:
            return _told(
                "You have new recovery codes",
                f"Hello {username}. New recovery codes were made for your account on {site}. The old ones no longer "
                "work.",
                public_url,
                site,
            )
        case Notice.ACCOUNT_DELETED:
            return _account_deleted(username, site)
        case _:
            assert_never(notice)


def _verify_email(username: str, public_url: str, site: str, token: str) -> Letter:
    return Letter(
        subject="Confirm your e-mail address",
        blocks=(
            Paragraph(f"Welcome to {site}, {username}. Is this your address? Then confirm it:"),
            Link("Confirm my address", f"{public_url}/verify-email#token={token}"),
            Paragraph("The link works once, for 48 hours. In your settings you can ask for a new one."),
        ),
        footer=f"You get this mail because somebody made an account on {site} with this address. If that was not you, "
        "do nothing. Nobody reads answers to it.",
    )


def _reset_password(username: str, public_url: str, site: str, token: str) -> Letter:
    return Letter(
        subject="Set a new password",
        blocks=(
            Paragraph(f"Hello {username}. Somebody asked for a new password for your account on {site}."),
            Link("Set a new password", f"{public_url}/reset-password#token={token}"),
            Paragraph(
                "The link works once, for an hour. Setting a new password ends all sessions. If you did not ask for "
                "it, do nothing: your password stays as it is."
            ),
        ),
        footer=f"You get this mail because you have an account on {site}. Nobody reads answers to it.",
    )


def _told(subject: str, what: str, public_url: str, site: str) -> Letter:
    return Letter(
        subject=subject,
        blocks=(Paragraph(what), Paragraph(_NOT_ME), Link("Set a new password", f"{public_url}/forgot-password")),
        footer=f"You get this mail because you have an account on {site}. Nobody reads answers to it.",
    )


def _account_deleted(username: str, site: str) -> Letter:
    return Letter(
        subject="Your account was deleted",
        blocks=(
            Paragraph(f"Goodbye, {username}. Your account on {site} was deleted, as you asked."),
            Paragraph(
                "Your name, address, profile and streams are gone, and what you sold is off sale. Orders, invoices and "
                "the books stay, as the law asks, and who bought from you keeps it. This cannot be undone."
            ),
        ),
        footer=f"This is the last mail that you get from {site}. Nobody reads answers to it.",
    )
