"""One person's conversation with a running Veza, through its public API only. Waits when it is told to slow down."""

import asyncio
from typing import Any

import httpx

from veza.bootstrap import CannotStart

_TRIES = 6
_WAIT_MAX_S = 900.0
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
NOT_RUNNING = "Start Veza first: `make run`, then run this in a second terminal."


class Refused(CannotStart):
    """The platform says no to something that the demo cannot do without."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        body = _json(answer)
        self.code = str(body.get("code", ""))
        path = answer.request.url.path
        said = body.get("error") or answer.reason_phrase
        fields = "".join(f"\n  {field.get('field')}: {field.get('message')}" for field in body.get("fields", []))
        super().__init__(f"{answer.request.method} {path} was answered with {answer.status_code}: {said}{fields}")


class Person:
    """Somebody who is logged in. Their password is never shown in an error."""

    def __init__(self, http: httpx.AsyncClient, username: str, password: str) -> None:
        self._http, self.username, self._password = http, username, password
        self.email = f"{username}@demo.example.com"
        self._headers: dict[str, str] = {}
        self.id = ""

    async def enter(self) -> bool:
        """Log in, or register. Answers whether the account is new."""
        known = await _ask(self._http, "GET", f"/users/{self.username}")
        if known.status_code == httpx.codes.NOT_FOUND:
            account = {"username": self.username, "email": self.email, "password": self._password}
            self._logged_in(_data(await _ask(self._http, "POST", "/auth/register", json=account)))
            return True
        await self._log_in()
        return False

    async def get(self, path: str, **params: Any) -> Any:
        return await self.ask("GET", path, params=params)

    async def post(self, path: str, body: Any = None) -> Any:
        return await self.ask("POST", path, **({} if body is None else {"json": body}))

    async def put(self, path: str, body: Any = None) -> Any:
        return await self.ask("PUT", path, **({} if body is None else {"json": body}))

    async def delete(self, path: str) -> Any:
        return await self.ask("DELETE", path)

    async def send(self, method: str, path: str, content: bytes, **params: str) -> Any:
        """Upload bytes as they are."""
        return await self.ask(method, path, content=content, params=params, is_file=True)

    async def ask(self, method: str, path: str, *, is_file: bool = False, **options: Any) -> Any:
        """The `data` of the answer. Raises `Refused` for any other than a success."""
        kind = {"content-type": "application/octet-stream"} if is_file else {}
        answer = await _ask(self._http, method, path, headers={**self._headers, **kind}, **options)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            await self._log_in()
            answer = await _ask(self._http, method, path, headers={**self._headers, **kind}, **options)
        return _data(answer)

    async def pages(self, path: str, name: str) -> list[Any]:
        """Everything that a list holds."""
        found: list[Any] = []
        while True:
            page = await self.get(path, limit=100, offset=len(found))
            found += page[name]
            if len(found) >= page["total"] or not page[name]:
                return found

    async def _log_in(self) -> None:
        answer = await _ask(self._http, "POST", "/auth/login", json={"email": self.email, "password": self._password})
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise CannotStart(
                f"There is an account {self.username} here that this `veza demo` did not make, or the secret of the "
                "install has changed since. Run it on the machine and in the folder of the install."
            )
        self._logged_in(_data(answer))

    def _logged_in(self, data: Any) -> None:
        self._headers = {"authorization": f"Bearer {data['access_token']}"}
        self.id = data["user"]["id"]


def open_http(url: str) -> httpx.AsyncClient:
    """A client for the API at this address."""
    return httpx.AsyncClient(
        base_url=f"{url.rstrip('/')}/api/v1", timeout=_TIMEOUT, headers={"user-agent": "veza-demo"}
    )


async def require_running(http: httpx.AsyncClient) -> None:
    """Raise `CannotStart` unless a Veza answers there."""
    try:
        answer = await http.get("/readyz")
    except httpx.HTTPError:
        raise CannotStart(f"Nothing answers at {_place(http)}. {NOT_RUNNING}") from None
    if answer.status_code == httpx.codes.NOT_FOUND or not _json(answer):
        raise CannotStart(f"What answers at {_place(http)} is not Veza. {NOT_RUNNING}")
    if answer.is_error:
        raise CannotStart(f"Veza at {_place(http)} is not ready yet. Try again in a moment.")


async def _ask(http: httpx.AsyncClient, method: str, path: str, **options: Any) -> httpx.Response:
    """Ask until there is an answer that is not “later”. Raises `CannotStart` when there is none for long."""
    for attempt in range(_TRIES):
        is_last = attempt == _TRIES - 1
        try:
            answer = await http.request(method, path, **options)
        except httpx.TransportError as error:
            # What may have been done already is not asked for twice: the next run sees whether it was.
            if is_last or (method == "POST" and not isinstance(error, httpx.ConnectError)):
                raise CannotStart(f"{_place(http)} no longer answers. Run `veza demo` again to go on.") from None
            await asyncio.sleep(0.5 * 2**attempt)
            continue
        if is_last or answer.status_code not in {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}:
            return answer
        await asyncio.sleep(_wait_s(answer))
    raise AssertionError("the last try returns or raises")


def _wait_s(answer: httpx.Response) -> float:
    told = answer.headers.get("retry-after", "")
    return min(_WAIT_MAX_S, float(told)) if told.isdigit() else 1.0


def _data(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise Refused(answer)
    return _json(answer)["data"]


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _place(http: httpx.AsyncClient) -> str:
    return f"{http.base_url.scheme}://{http.base_url.netloc.decode()}"
