"""Passwords: what may be one (api.md, accounts, NIST 800-63B-4 but for the length), and Argon2id in a few threads.

No composition rules and no scoring: length, an exact list, and not one's own name. Characters are kept as they came.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from veza.auth.common_passwords import COMMON_PASSWORDS
from veza.auth.domain import PASSWORD_MAX, PASSWORD_MIN, parse_email, parse_username
from veza.kit.errors import FieldProblem, Invalid, Unavailable

Result = TypeVar("Result")

THREADS = 2
MAX_WAITING = 200
"""Hashes asked for and not done. At 20 ms each (19 MiB, released at once) the last of them waits about 2 s."""

_DECOY = "$argon2id$v=19$m=19456,t=2,p=1$6XexVXtYDaNdq+w8JoMB2Q$0tPPS57/hsixGjutDoruJ+rW/7X9mslsHuCr96Rm2GA"
"""The hash of a password that nobody knows: checked for unknown accounts, so that they take as long as known ones."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
_places = threading.BoundedSemaphore(MAX_WAITING)


def password_problems(password: str, *, username: str, email: str, field: str = "password") -> list[FieldProblem]:
    """What is wrong with a new password; empty when it may be used."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        return [FieldProblem(field, f"must have {PASSWORD_MIN} to {PASSWORD_MAX} characters")]
    folded = password.casefold()
    if folded in {username.casefold(), email.casefold(), email.rpartition("@")[0].casefold()}:
        return [FieldProblem(field, "must not be your username or e-mail address")]
    if folded in COMMON_PASSWORDS:
        return [FieldProblem(field, "is among the most common passwords: choose another")]
    return []


def parse_account(username: str, email: str, password: str) -> tuple[str, str]:
    """Username and e-mail in normal form, or `Invalid` with every problem of the three at once."""
    problems: list[FieldProblem] = []
    parsed = {"username": username, "email": email}
    for field, parse in (("username", parse_username), ("email", parse_email)):
        try:
            parsed[field] = parse(parsed[field])
        except Invalid as error:
            problems.extend(error.fields)
    problems.extend(password_problems(password, username=parsed["username"], email=parsed["email"]))
    if problems:
        raise Invalid("Some fields are not right.", *problems)
    return parsed["username"], parsed["email"]


async def hash_password(password: str) -> str:
    """Argon2id in PHC form, salt and parameters inside. Raises `Unavailable` when too many wait."""
    return await _in_thread(lambda: _hasher.hash(password))


async def is_password(password: str, password_hash: str | None) -> bool:
    """Whether it is the one. `None` takes the same time and is False. Raises `Unavailable` when too many wait."""
    right = await _in_thread(lambda: _verify(password_hash or _DECOY, password))
    return right and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


async def _in_thread(work: Callable[[], Result]) -> Result:
    if not _places.acquire(blocking=False):
        raise Unavailable("Too many people are logging in right now. Try again in a moment.", retry_after_s=2)
    future: Future[Result] = _threads.submit(work)
    future.add_done_callback(lambda _: _places.release())
    return await asyncio.wrap_future(future)
