"""Keys derived from the one secret of an install, and what we do with them: keyed hashes and sealed values.

Thin words over `cryptography`; no cryptography of our own. Each purpose gets its own key (HKDF, RFC 5869), so a
value made for one purpose means nothing to another.
"""

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from veza.kit.ids import random_bytes

_NONCE_BYTES = 12


class Sealed(ValueError):
    """A sealed value that was not made with this key for this purpose."""


def derive_key(secret: bytes, purpose: str) -> bytes:
    """32 bytes for `purpose`, from the install's secret (≥ 32 bytes)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"veza/{purpose}".encode()).derive(secret)


def keyed_hash(key: bytes, value: str) -> bytes:
    """HMAC-SHA256: 32 bytes that can be looked up, and tell nothing about `value` without the key."""
    return hmac.new(key, value.encode(), hashlib.sha256).digest()


def plain_hash(value: str) -> bytes:
    """SHA-256 of a value that already holds ≥ 128 random bits (a token): 32 bytes."""
    return hashlib.sha256(value.encode()).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare in a time that does not depend on where they differ."""
    return hmac.compare_digest(left, right)


def seal(key: bytes, value: str, *, bound_to: bytes) -> bytes:
    """AES-256-GCM: a 12-byte nonce and the ciphertext. `bound_to` must be given again to open it."""
    nonce = random_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value.encode(), bound_to)


def unseal(key: bytes, sealed: bytes, *, bound_to: bytes) -> str:
    """What `seal` hid. Raises `Sealed` when key, binding or bytes are not those of `seal`."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to).decode()
    except (InvalidTag, ValueError) as error:
        raise Sealed("this sealed value was not made with this key") from error
