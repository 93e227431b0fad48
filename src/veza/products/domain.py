"""What a product is, how it goes on and off sale, its licences, and which files it may hold. Pure.

    draft ──publish──▶ published ──archive──▶ archived ──publish──▶ published
                           │                      │
                           └──take down (staff)───┴──▶ taken_down ──restore (staff)──▶ archived

Whoever owns a product keeps it, whatever its status: only an entitlement's own end takes it away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from veza.kit.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from veza.kit.fields import clean_prose, description_problems, different_tags, tag_problems, title_problems
from veza.kit.ids import new_id
from veza.kit.text import fold, holds_controls, lexeme, search_words

TITLE_MAX = 200
DESCRIPTION_MAX = 10_000
TAGS_MAX = 10
TAG_MAX = 30
PRICE_MIN_CENTS = 50
PRICE_MAX_CENTS = 10_000_000
LICENSES_MAX = 10
LICENSE_NAME_MAX = 80
TERMS_MAX = 10_000
FILES_MAX = 200
FILE_TITLE_MAX = 200
PRODUCTS_PER_SELLER_MAX = 5_000
REASON_MAX = 500
SEARCH_MAX = 200
SEARCH_WORDS_MAX = 10
INDEXED_WORDS_MAX = 400
UPLOADS_PER_HOUR = 600
PREVIEW_MAX_MS = 30_000
PEAKS = 800

PROCESS_FILE = "products.process_file"


class ProductType(StrEnum):
    """What is sold. Everything but a service is files."""

    TRACK = "track"
    ALBUM = "album"
    BEAT = "beat"
    SAMPLE_PACK = "sample_pack"
    PRESET = "preset"
    SERVICE = "service"

    @property
    def is_digital(self) -> bool:
        return self is not ProductType.SERVICE


class ProductStatus(StrEnum):
    """Where a product is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    TAKEN_DOWN = "taken_down"


class FileStatus(StrEnum):
    """Whether a file was looked into: only a ready one can be sold."""

    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Details:
    """What a seller says of a product. Made by `parse_details`, so always within the rules."""

    type: ProductType
    title: str
    description: str
    tags: tuple[str, ...]
    price_cents: int

    @property
    def title_key(self) -> str:
        """What the title sorts by: without accents and case."""
        return fold(self.title).strip()[:TITLE_MAX]

    def search_vector(self, seller: str, heard: Sequence[str] = ()) -> str:
        """A tsvector in text form: title A, seller and tags B, what its files say of themselves C, description D."""
        return vector_of(
            [("A", [self.title]), ("B", [seller, *self.tags]), ("C", list(heard)), ("D", [self.description])],
            self.tags,
        )


@dataclass(frozen=True, slots=True)
class License:
    """A tier of a product: what it costs and what it allows. `file_ids` empty: all files of the product."""

    id: UUID
    name: str
    price_cents: int
    exclusive: bool
    terms: str
    file_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a seller asks for as a licence: with the `id` of one there is, that one changes; without, it is new."""

    name: str
    price_cents: int
    id: UUID | None = None
    exclusive: bool = False
    terms: str = ""
    file_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """A product as other slices and its buyers may see it. `rating_average`: None while nobody rated it."""

    id: UUID
    seller_id: UUID
    seller_username: str
    details: Details
    status: ProductStatus
    cover_id: UUID | None
    cover_small_id: UUID | None
    preview_id: UUID | None
    duration_ms: int | None
    licenses: tuple[License, ...]
    rating_average: float | None
    rating_counts: tuple[int, ...]
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    takedown_reason: str | None


@dataclass(frozen=True, slots=True)
class ProductFile:
    """A file of a product. What stands below `failure` is known once it is ready, and only of audio."""

    id: UUID
    product_id: UUID
    object_id: UUID
    position: int
    filename: str
    title: str
    format: str
    size_bytes: int
    status: FileStatus
    failure: str | None
    duration_ms: int | None
    loudness_lufs: float | None
    sample_rate_hz: int | None
    channels: int | None
    bit_rate_bps: int | None
    peaks: bytes | None
    preview_id: UUID | None
    preview_start_ms: int | None
    preview_ms: int | None
    artist: str
    isrc: str
    bpm: float | None
    musical_key: str
    entry_count: int | None
    created_at: datetime
    removed_at: datetime | None


# --- what a seller may write -----------------------------------------------------------------------------------


def parse_details(
    *,
    type: ProductType,  # noqa: A002
    title: str,
    description: str,
    tags: Sequence[str],
    price_cents: int,
) -> Details:
    """Trimmed and checked. Raises `Invalid` that names every wrong field."""
    title, description = title.strip(), clean_prose(description)
    problems = [
        *title_problems(title, TITLE_MAX),
        *description_problems(description, DESCRIPTION_MAX),
        *tag_problems(tags, TAGS_MAX, TAG_MAX),
    ]
    if not is_price(price_cents):
        problems.append(FieldProblem("price_cents", PRICE_RULE))
    if problems:
        raise Invalid("Some fields are not right.", *problems)
    return Details(type, title, description, different_tags(tags, tag_key), price_cents)


NAME_RULE = f"must be 1 to {LICENSE_NAME_MAX} printable characters"
TERMS_RULE = f"must be at most {TERMS_MAX:,} printable characters"
PRICE_RULE = f"must be 0, or {PRICE_MIN_CENTS} to {PRICE_MAX_CENTS:,}"


def is_price(cents: int) -> bool:
    """Whether something may cost this: nothing, or what a payment can be made for."""
    return cents == 0 or PRICE_MIN_CENTS <= cents <= PRICE_MAX_CENTS


def parse_licenses(
    offers: Sequence[Offer], *, known: frozenset[UUID] = frozenset(), file_ids: frozenset[UUID] = frozenset()
) -> tuple[License, ...]:
    """Trimmed and checked against the licences and files there are. Raises `Invalid` that names every wrong field."""
    if len(offers) > LICENSES_MAX:
        raise Invalid("Some fields are not right.", FieldProblem("licenses", f"must be at most {LICENSES_MAX}"))
    problems: list[FieldProblem] = []
    names: set[str] = set()
    ids: set[UUID] = set()
    checked: list[License] = []
    for index, offer in enumerate(offers):
        name, terms = offer.name.strip(), clean_prose(offer.terms)
        license_id = offer.id or new_id()
        problems += [
            FieldProblem(f"licenses.{index}.{field}", message)
            for field, message, is_wrong in (
                ("id", "is not a licence of this product", offer.id is not None and offer.id not in known),
                ("id", "must stand once", license_id in ids),
                ("name", NAME_RULE, not 1 <= len(name) <= LICENSE_NAME_MAX or holds_controls(name)),
                ("name", "must differ from the names of the other licences", fold(name) in names),
                ("price_cents", PRICE_RULE, not is_price(offer.price_cents)),
                ("terms", TERMS_RULE, len(terms) > TERMS_MAX or holds_controls(terms, besides="\n\t")),
                ("file_ids", "must be files of this product", not file_ids.issuperset(offer.file_ids)),
            )
            if is_wrong
        ]
        names.add(fold(name))
        ids.add(license_id)
        files = tuple(dict.fromkeys(offer.file_ids))
        checked.append(License(license_id, name, offer.price_cents, offer.exclusive, terms, files))
    if problems:
        raise Invalid("Some fields are not right.", *problems)
    return tuple(checked)


def parse_reason(reason: str) -> str:
    """Why a product is taken down, as its seller reads it. Raises `Invalid`."""
    reason = reason.strip()
    if not 1 <= len(reason) <= REASON_MAX or holds_controls(reason, besides="\n"):
        raise Invalid("Some fields are not right.", FieldProblem("reason", f"must be 1 to {REASON_MAX} characters"))
    return reason


def parse_file_title(title: str) -> str:
    """What a file is called in the product. Raises `Invalid`."""
    title = title.strip()
    if not 1 <= len(title) <= FILE_TITLE_MAX or holds_controls(title):
        raise Invalid("Some fields are not right.", FieldProblem("title", f"must be 1 to {FILE_TITLE_MAX} characters"))
    return title


def title_of(filename: str) -> str:
    """What a file is called in a product until somebody, or its own tags, say otherwise."""
    return filename.rpartition(".")[0] or filename


# --- search ----------------------------------------------------------------------------------------------------


def tag_key(tag: str) -> str:
    """A tag as it is looked up: no word of a text begins like this."""
    return "#" + " ".join(fold(tag).split())


def vector_of(weighted: Sequence[tuple[str, Sequence[str]]], tags: Sequence[str]) -> str:
    """A tsvector in text form. A word that stands at several weights counts at the first; tags also stand whole."""
    seen: dict[str, str] = {}
    for weight, texts in weighted:
        for word in search_words(texts, INDEXED_WORDS_MAX):
            if len(seen) < INDEXED_WORDS_MAX:
                seen.setdefault(word, weight)
    words = [f"{lexeme(word)}:1{weight if weight != 'D' else ''}" for word, weight in seen.items()]
    return " ".join([*words, *(lexeme(tag_key(tag)) for tag in tags)])


# --- decisions -------------------------------------------------------------------------------------------------


def require_seller(seller_id: UUID, caller_id: UUID, status: ProductStatus) -> None:
    """Raise unless the product is the caller's: `NotFound` for what is not public, else `Forbidden`."""
    if seller_id == caller_id:
        return
    if status is ProductStatus.PUBLISHED:
        raise Forbidden("Only its seller may change a product.")
    raise product_not_found()


def require_changeable(status: ProductStatus) -> None:
    """Raise `Conflict` (`taken_down`) for a product that the staff took down."""
    if status is ProductStatus.TAKEN_DOWN:
        raise Conflict("This product was taken down by the staff and cannot be changed.", code="taken_down")


def require_publishable(product_type: ProductType, ready_files: int) -> None:
    """Raise `Conflict` (`not_ready`) for a digital product without a file that is ready."""
    if product_type.is_digital and ready_files < 1:
        raise Conflict("Add a file and wait until it is ready; then publish.", code="not_ready")


def price_of(own_price_cents: int, licenses: Sequence[License]) -> int:
    """What a product costs: with licences, as much as the cheapest of them."""
    return min((tier.price_cents for tier in licenses), default=own_price_cents)


def product_not_found() -> NotFound:
    return NotFound("There is no such product.")


def file_not_found() -> NotFound:
    return NotFound("There is no such file.")


def type_is_fixed() -> Conflict:
    return Conflict("The type of a product cannot change once it was published.", code="type_is_fixed")
