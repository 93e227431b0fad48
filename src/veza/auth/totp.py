"""Codes of a second factor: recovery codes, and time-based ones (RFC 6238: SHA-1, 30 s, 6 digits, as every app's are).

Pure: no database and no clock. The arithmetic is `cryptography`'s.
"""

import base64
import re
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from veza.kit.ids import random_bytes
from veza.kit.signing import same

STEP_S = 30
DRIFT_STEPS = 1
"""How far a phone's clock may be off, in steps to either side."""
SECRET_BYTES = 20
RECOVERY_CODES = 10

_CODE = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(r"[a-z2-7]{10}")


def new_secret() -> str:
    """160 random bits in base32, as apps take them."""
    return base64.b32encode(random_bytes(SECRET_BYTES)).decode()


def otpauth_uri(secret: str, *, account: str, issuer: str) -> str:
    """What a QR code for an app holds."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def code_at(secret: str, step: int) -> str:
    """The code of a step."""
    return _totp(secret).generate(step * STEP_S).decode()


def step_at(now: datetime) -> int:
    """Which step a moment is in."""
    return int(now.timestamp()) // STEP_S


def matching_step(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The step whose code this is, if it is near and later than `after`; None for a code that must not be taken.

    All near steps are looked at, whichever it is.
    """
    step, found = step_at(now), None
    for near in range(step - DRIFT_STEPS, step + DRIFT_STEPS + 1):
        if same(code_at(secret, near).encode(), code.encode()) and near > after:
            found = near
    return found


def parse_code(text: str) -> str | None:
    """Six digits, however they were grouped; None for anything else."""
    bare = text.replace(" ", "").replace("-", "")
    return bare if _CODE.fullmatch(bare) else None


def new_recovery_code() -> str:
    """50 random bits as `xxxxx-xxxxx`, in letters that are not taken for others."""
    text = base64.b32encode(random_bytes(7)).decode().lower()[:10]
    return f"{text[:5]}-{text[5:]}"


def parse_recovery_code(text: str) -> str | None:
    """A recovery code as it is kept, however it was typed; None for what cannot be one."""
    bare = text.strip().lower().replace(" ", "").replace("-", "")
    return f"{bare[:5]}-{bare[5:]}" if _RECOVERY.fullmatch(bare) else None


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP_S)  # noqa: S303 - what RFC 6238 and all apps mean
