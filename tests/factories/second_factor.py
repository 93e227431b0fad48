"""An authenticator app: knows a secret, and the code of this moment or another."""

from dataclasses import dataclass

import httpx
from tests.factories.api import PASSWORD, bearer, data_of
from tests.factories.clock import TurnableClock

from veza.auth import totp


@dataclass
class Phone:
    """Somebody's app, and their recovery codes."""

    clock: TurnableClock
    secret: str
    recovery_codes: list[str]

    def code(self, steps: int = 0) -> str:
        """The code now, or some steps from now."""
        return totp.code_at(self.secret, totp.step_at(self.clock.now()) + steps)

    def next_code(self) -> str:
        """A code that was not used before: half a minute passes."""
        self.clock.turn(30)
        return self.code()

    def wrong_code(self) -> str:
        """A code that is none of this moment's."""
        near = {self.code(steps) for steps in (-1, 0, 1)}
        return next(text for text in map(str, range(100_000, 100_010)) if text not in near)


async def set_up_phone(client: httpx.AsyncClient, clock: TurnableClock, headers: dict[str, str]) -> Phone:
    """Turn two-step log-in on through the API."""
    setup = data_of(await client.post("/auth/totp/setup", json={"password": PASSWORD}, headers=headers))
    phone = Phone(clock, setup["secret"], [])
    answer = await client.post("/auth/totp/enable", json={"code": phone.code()}, headers=headers)
    phone.recovery_codes = data_of(answer)["recovery_codes"]
    return phone


async def try_log_in(
    client: httpx.AsyncClient, username: str, code: str | None = None, password: str = PASSWORD, **headers: str
) -> httpx.Response:
    """A log-in with or without a code."""
    body = {"email": f"{username}@example.com", "password": password}
    return await client.post("/auth/login", json=body | ({} if code is None else {"totp_code": code}), headers=headers)


async def log_in_with(client: httpx.AsyncClient, username: str, code: str) -> dict[str, str]:
    """Log in with a code that is right; answers the header of the new session."""
    return bearer(data_of(await try_log_in(client, username, code))["access_token"])
