"""What a call to a provider of money can end in: not by its words, but by what the caller may do next.

    ProviderError
    ├── OutcomeUnknown           it may have had its effect: ask again with the same ids and the same key
    ├── NotExecuted              it certainly had none: the same again, after `retry_after_s`
    └── Refused                  a definitive no, which the provider keeps: the same key would say the same
        ├── InsufficientBalance  ├── RecipientNotReady  ├── RecipientGone  ├── KeyMisused
        └── Unauthorized         ├── AlreadyExists      ├── WrongState     └── NotFoundAtProvider
    EventError                   a webhook that has no effect: BadSignature, NotConfigured, Unreadable

No vendor's name or code may be known here, and no text of an error may hold what a provider or a stranger wrote.
"""


class ProviderError(Exception):
    """A call that did not end in a plain answer. Its text is a sentence without secrets, fit for logs and admins.

    `provider`: as the adapter names itself. `code`: the provider's own word, or one of ours
    (`timeout`, `unreadable`, `amount_mismatch` …). `http_status`: of the answer, if there was one.
    """

    sentence = "the call failed"

    def __init__(self, provider: str, code: str, http_status: int | None = None) -> None:
        super().__init__(provider, code, http_status)
        self.provider = provider
        self.code = code
        self.http_status = http_status

    def __str__(self) -> str:
        status = "" if self.http_status is None else f", HTTP {self.http_status}"
        return f"{self.provider}: {self.sentence} ({self.code}{status})"


class OutcomeUnknown(ProviderError):
    """Sent, and not answered in a way that can be believed. Repeat it with the same ids and key, or look it up."""

    sentence = "the outcome is not known; it may have happened"


class NotExecuted(ProviderError):
    """Nothing happened: no connection, too many calls, or the breaker is open. Repeat it with the same ids and key.

    `retry_after_s`: when, if that is known.
    """

    sentence = "the call was not carried out"

    def __init__(
        self, provider: str, code: str, http_status: int | None = None, *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(provider, code, http_status)
        self.retry_after_s = retry_after_s


class Refused(ProviderError):
    """A definitive no. Repeating it as it was gives the same no; after the reason is gone it needs a new key."""

    sentence = "the provider refuses"


class InsufficientBalance(Refused):
    """There is not enough money where it should come from."""

    sentence = "the balance does not suffice"


class RecipientNotReady(Refused):
    """The account cannot receive transfers yet, or no longer."""

    sentence = "the account cannot receive transfers"


class RecipientGone(Refused):
    """The account is closed, not ours or not there."""

    sentence = "the account is closed or not ours"


class KeyMisused(Refused):
    """The idempotency key was used for another request: a mistake of ours."""

    sentence = "the key belongs to another request"


class Unauthorized(Refused):
    """Our API key is wrong or may not do this. Nothing happened, and nothing will before somebody sets it right."""

    sentence = "our key is refused"


class AlreadyExists(Refused):
    """Something with our id is there already."""

    sentence = "this id is taken"


class WrongState(Refused):
    """What it is about is in a state in which this cannot be done."""

    sentence = "its state does not allow that"


class NotFoundAtProvider(Refused):
    """What it is about is not there."""

    sentence = "it is not there"


class EventError(Exception):
    """A webhook's body that will have no effect."""


class BadSignature(EventError):
    """No signature, a wrong one, or one that is too old."""


class NotConfigured(EventError):
    """There is no secret to check signatures with, so nothing is believed."""


class Unreadable(EventError):
    """Signed by the provider, but not an event: no JSON, or no object. Keep it; there is nothing to do."""
