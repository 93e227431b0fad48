"""How often one may guess: the limits of log-ins, by account and by network. Nothing here judges a password."""

from veza.auth.domain import email_key, parse_email
from veza.context import Context
from veza.http.rate_limit import RateLimits, Rule
from veza.kit.errors import Invalid
from veza.kit.signing import plain_hash

LOGIN_WINDOW_S = 15 * 60


def login_limits(ctx: Context, who: str) -> tuple[RateLimits, tuple[Rule, str], Rule]:
    """Limits, the rule per account and network with the account's key, the rule per network."""
    by_account = Rule("login_account", ctx.settings.login_failures_per_account, LOGIN_WINDOW_S)
    by_network = Rule("login_network", ctx.settings.login_failures_per_network, LOGIN_WINDOW_S)
    return RateLimits(ctx.db), (by_account, plain_hash(who).hex()), by_network


def key_of_typed_email(text: str) -> str:
    """What to look up; an impossible address is looked up as well, so that it answers like an unknown one."""
    try:
        return email_key(parse_email(text))
    except Invalid:
        return email_key(text.strip())
