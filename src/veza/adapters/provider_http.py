"""The one way to call a provider of money over HTTP: bounded in time, size and tries, and honest about what it knows.

An error says what may be done next (`ports/provider_errors.py`), so the one question here is whether a request may
have had its effect. It may as soon as a byte of it was sent, unless an answer that is the provider's own says
otherwise; a redirect, a page or half an answer is nobody's word. This is the only layer that repeats a call at once:
all of them are repeatable (same ids, same key), the deadline is one for all tries. No vendor's codes may stand here.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import structlog

from veza import metrics
from veza.adapters.breaker import Breaker
from veza.adapters.provider_wire import parse_object
from veza.db.pool import outside_transaction
from veza.kit.clock import Clock
from veza.kit.retry import backoff_s
from veza.ports.provider_errors import NotExecuted, OutcomeUnknown, ProviderError, Refused, Unauthorized, Unreadable

T = TypeVar("T")
log = structlog.get_logger()

ANSWER_BYTES_MAX = 1024 * 1024
_TRIES_MAX = 3
_CALLS_MAX = 16
"""At once, in one process. More wait here: the client's own pool gets slow with many that wait."""
_CONNECT_WITHIN_S = 3.0
_RETRY_AFTER_MAX_S = 86_400.0
_PAUSE_MAX_S = 1.0
"""A longer one is the caller's business: it has a queue, we hold a request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider itself said: any status, and a body that is one JSON object."""

    status: int
    headers: httpx.Headers
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer that is no success means. `may_repeat`: the provider does not mind being asked again at once."""

    error: ProviderError
    may_repeat: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. `name` is for logs; `path` begins with a slash; all are safe to repeat as they are."""

    name: str
    method: str
    path: str
    query: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    content: bytes | None = None


class Differs(Exception):
    """An answer about something else than was asked, in amount, currency or id. `field` says in what."""

    def __init__(self, field: str, asked: object, answered: object) -> None:
        super().__init__(field)
        self.field, self.asked, self.answered = field, asked, answered

    @property
    def code(self) -> str:
        return "amount_mismatch" if self.field in {"amount", "currency"} else "answer_mismatch"


def require_same(**fields: tuple[object, object]) -> None:
    """Raises `Differs` for the first field whose pair (asked, answered) is not equal."""
    for field, (asked, answered) in fields.items():
        if asked != answered:
            raise Differs(field, asked, answered)


class ProviderHttp:
    """One provider's client, its breaker and its retries. `judge` gives the meaning of answers that are no success."""

    def __init__(
        self,
        provider: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        clock: Clock,
        timeout_s: float,
        judge: Callable[[Answer], Verdict],
    ) -> None:
        self.provider = provider
        self.breaker = Breaker(clock, on_change=self._breaker_changed)
        self._judge = judge
        self._timeout_s = timeout_s
        self._connect_s = min(_CONNECT_WITHIN_S, timeout_s / 4)
        self._places = asyncio.Semaphore(_CALLS_MAX)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            # Answers are small; one that is packed could be anything once unpacked.
            headers={"user-agent": "veza", "accept": "application/json", "accept-encoding": "identity", **headers},
            timeout=httpx.Timeout(timeout_s, connect=self._connect_s),
            limits=httpx.Limits(max_connections=_CALLS_MAX, max_keepalive_connections=8, keepalive_expiry=30.0),
            follow_redirects=False,
            trust_env=False,
            http2=False,
        )
        metrics.provider_breaker_open.labels(provider).set(0)

    async def aclose(self) -> None:
        """Let the connections go."""
        await self._client.aclose()

    async def call(self, call: Call, read: Callable[[dict[str, Any]], T]) -> T:
        """What `read` makes of a success. Raises `ProviderError`; `read` may raise `Unreadable` and `Differs`."""
        outside_transaction()
        try:
            found = self._read(call, await self._within_deadline(call), read)
        except ProviderError as error:
            metrics.provider_calls.labels(self.provider, _result_of(error)).inc()
            log.log(_level_of(error), "provider_call_failed", provider=self.provider, call=call.name, reason=str(error))
            raise
        metrics.provider_calls.labels(self.provider, "ok").inc()
        return found

    def _read(self, call: Call, answer: Answer, read: Callable[[dict[str, Any]], T]) -> T:
        try:
            return read(answer.body)
        except Unreadable:
            raise OutcomeUnknown(self.provider, "unreadable", answer.status) from None
        except Differs as found:
            difference = found
        log.error(
            "provider_answer_differs",
            provider=self.provider,
            call=call.name,
            field=difference.field,
            asked=str(difference.asked),
            answered=str(difference.answered),
        )
        raise OutcomeUnknown(self.provider, difference.code, answer.status)

    async def _within_deadline(self, call: Call) -> Answer:
        tries = _Tries()
        try:
            async with asyncio.timeout(self._timeout_s) as deadline, self._places:
                return await self._repeat(call, tries, deadline)
        except TimeoutError:
            error = tries.last or self._too_slow(tries)
        except ProviderError as last:
            error = last
        # An earlier try may have had its effect, and these later words say nothing about that one.
        if tries.is_doubtful and isinstance(error, NotExecuted | Unauthorized):
            error = OutcomeUnknown(self.provider, error.code, error.http_status)
        raise error from None

    async def _repeat(self, call: Call, tries: "_Tries", deadline: asyncio.Timeout) -> Answer:
        for attempt in range(1, _TRIES_MAX + 1):
            tries.begin()
            try:
                return await self._try(call, tries)
            except (NotExecuted, OutcomeUnknown) as error:
                tries.is_doubtful = tries.is_doubtful or isinstance(error, OutcomeUnknown)
                tries.last = error
                pause_s = self._pause_s(error, attempt)
                left_s = (deadline.when() or 0.0) - asyncio.get_running_loop().time() - self._connect_s
                is_last = attempt == _TRIES_MAX or not tries.may_repeat
                if is_last or pause_s > min(_PAUSE_MAX_S, left_s):
                    raise
            await asyncio.sleep(pause_s)
        raise AssertionError("the last try returns or raises")

    def _pause_s(self, error: NotExecuted | OutcomeUnknown, attempt: int) -> float:
        asked_s = error.retry_after_s if isinstance(error, NotExecuted) else None
        return max(asked_s or 0.0, backoff_s(attempt, base_s=0.1, factor=3.0, cap_s=_PAUSE_MAX_S))

    async def _try(self, call: Call, tries: "_Tries") -> Answer:
        """One request. Reports to the breaker, whatever comes of it."""
        wait_s = self.breaker.wait_s()
        if wait_s > 0:
            tries.may_repeat = False
            raise NotExecuted(self.provider, "breaker_open", retry_after_s=wait_s)
        try:
            answer = await self._exchange(call, tries)
        except (httpx.HTTPError, httpx.StreamError) as error:
            self.breaker.failed()
            raise self._lost(tries, "timeout" if isinstance(error, httpx.TimeoutException) else "connection") from None
        except OutcomeUnknown:
            self.breaker.failed()
            raise
        except NotExecuted:
            self.breaker.answered()
            raise
        if answer.status < 300:
            self.breaker.answered()
            return answer
        verdict = self._judge(answer)
        tries.may_repeat = verdict.may_repeat
        if isinstance(verdict.error, Unauthorized):
            self.breaker.open()
        else:
            self.breaker.answered()
        raise verdict.error

    def _too_slow(self, tries: "_Tries") -> ProviderError:
        if not tries.is_begun:
            return NotExecuted(self.provider, "too_many_calls")
        self.breaker.failed()
        return self._lost(tries, "timeout")

    def _lost(self, tries: "_Tries", what: str) -> ProviderError:
        if tries.is_sent:
            return OutcomeUnknown(self.provider, "connection_lost" if what == "connection" else what)
        return NotExecuted(self.provider, "no_connection")

    async def _exchange(self, call: Call, tries: "_Tries") -> Answer:
        async with self._client.stream(
            call.method,
            call.path,
            params=call.query,
            headers=call.headers,
            content=call.content,
            extensions={"trace": tries.hear},
        ) as response:
            status = response.status_code
            if status == httpx.codes.TOO_MANY_REQUESTS:
                raise NotExecuted(self.provider, "too_many_requests", status, retry_after_s=_retry_after_s(response))
            if status < 200 or 300 <= status < 400:
                raise OutcomeUnknown(self.provider, "redirect", status)
            if response.headers.get("content-encoding", "identity") != "identity" or not _is_json(response):
                raise OutcomeUnknown(self.provider, "unreadable", status)
            body = await self._body(response)
            try:
                return Answer(status, response.headers, parse_object(body))
            except Unreadable:
                raise OutcomeUnknown(self.provider, "unreadable", status) from None

    async def _body(self, response: httpx.Response) -> bytes:
        promised = response.headers.get("content-length", "")
        received = bytearray()
        if not (promised.isascii() and promised.isdigit() and int(promised[:20]) > ANSWER_BYTES_MAX):
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > ANSWER_BYTES_MAX:
                    break
            else:
                return bytes(received)
        raise OutcomeUnknown(self.provider, "too_large", response.status_code)

    def _breaker_changed(self) -> None:
        is_open = self.breaker.is_open
        metrics.provider_breaker_open.labels(self.provider).set(int(is_open))
        log.warning("provider_breaker_opened" if is_open else "provider_breaker_closed", provider=self.provider)


class _Tries:
    """What the tries of one call have left behind."""

    def __init__(self) -> None:
        self.is_begun = False
        self.is_sent = False
        """Whether a byte of the current try may have left."""
        self.is_doubtful = False
        """Whether an earlier try may have had its effect."""
        self.may_repeat = True
        self.last: ProviderError | None = None

    def begin(self) -> None:
        self.is_begun, self.is_sent, self.may_repeat, self.last = True, False, True, None

    async def hear(self, event: str, _: Mapping[str, Any]) -> None:
        """What httpcore says of its progress (its `trace` extension)."""
        if event == "http11.send_request_headers.started":
            self.is_sent = True


def _is_json(response: httpx.Response) -> bool:
    kind = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _retry_after_s(response: httpx.Response) -> float | None:
    """Whole seconds only: the other form, a date, would be by another machine's clock."""
    text = str(response.headers.get("retry-after", ""))
    return min(float(text), _RETRY_AFTER_MAX_S) if text.isascii() and text.isdigit() else None


def _level_of(error: ProviderError) -> int:
    """A rejected key is for somebody to set right; another no is an answer, and the caller knows what it means."""
    if isinstance(error, Unauthorized):
        return logging.ERROR
    return logging.INFO if isinstance(error, Refused) else logging.WARNING


def _result_of(error: ProviderError) -> str:
    if isinstance(error, OutcomeUnknown):
        return "unknown"
    return "not_executed" if isinstance(error, NotExecuted) else "refused"
