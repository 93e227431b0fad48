"""Keys derived from the one secret of an install, and what we do with them: keyed hashes and sealed values.

Thin words over `cryptography`; no cryptography of our own. Each purpose gets its own key (HKDF, RFC 5869), so a
value made for one purpose means nothing to another.
"""

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from veza.kit.ids import random_bytes

_NONCE_BYTES = 12
_MAC_BYTES = 32


class Sealed(ValueError):
    """A sealed value that was not made with this key for this purpose."""


class Forged(ValueError):
    """A word that was not signed with this key."""


def derive_key(secret: bytes, purpose: str) -> bytes:
    """32 bytes for `purpose`, from the install's secret (≥ 32 bytes)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"veza/{purpose}".encode()).derive(secret)


def keyed_hash(key: bytes, value: str) -> bytes:
    """HMAC-SHA256: 32 bytes that can be looked up, and tell nothing about `value` without the key."""
    return _mac(key, value.encode())


def plain_hash(value: str) -> bytes:
    """SHA-256 of a value that already holds ≥ 128 random bits (a token): 32 bytes."""
    return hashlib.sha256(value.encode()).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare in a time that does not depend on where they differ."""
    return hmac.compare_digest(left, right)


def sign_word(key: bytes, said: bytes) -> str:
    """What goes into an address and says `said`, which anybody can read and nobody can change. URL-safe."""
    return base64.urlsafe_b64encode(_mac(key, said) + said).decode().rstrip("=")


def read_signed_word(key: bytes, word: str, *, characters_max: int) -> bytes:
    """What `sign_word` was given. Raises `Forged` for anything else, and for more than `characters_max`."""
    if len(word) > characters_max:
        raise Forged("no word of ours is as long")
    try:
        raw = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise Forged("this is no signed word") from error
    signature, said = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not same(signature, _mac(key, said)):
        raise Forged("this word was not signed with this key")
    return said


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


def _mac(key: bytes, value: bytes) -> bytes:
    return hmac.new(key, value, hashlib.sha256).digest()
