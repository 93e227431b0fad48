"""What a demo is made of: who sells what, with which files, at which price, and what buyers say of it. Pure.

The same seed gives the same catalogue, and a smaller one is the beginning of a larger one; so a second run finds what
the first one made.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from veza.demo import words
from veza.demo.genres import GENRES
from veza.demo.people import ARTISTS, LISTENERS, Artist, Listener
from veza.demo.song import Score

PRODUCTS_MAX: Final = 200
# In this order, again and again: the first six show all types.
_TYPES: Final = (
    "track", "beat", "sample_pack", "album", "preset", "service", "track", "beat", "track", "sample_pack",
    "track", "beat", "track", "preset", "album", "track", "beat", "service", "sample_pack", "track",
)  # fmt: skip
_ENDINGS: Final = ("mp3", "opus", "m4a", "opus", "flac", "m4a", "opus", "wav")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file to make. `recipe`: audio, stems, samples, presets or patch (`factory.py`)."""

    filename: str
    recipe: str
    score: Score
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Tier:
    """A licence. `filenames` empty: all files."""

    name: str
    price_cents: int
    exclusive: bool = False
    filenames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewSpec:
    listener: Listener
    rating: int
    comment: str


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """A product. `fate`: how it ends up, published, archived or draft. `style`: what its cover looks like."""

    artist: Artist
    type: str
    title: str
    description: str
    tags: tuple[str, ...]
    price_cents: int
    tiers: tuple[Tier, ...]
    files: tuple[FileSpec, ...]
    seed: int
    style: int
    fate: str
    reviews: tuple[ReviewSpec, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it. Only people who have something to do in it are in it."""

    artists: tuple[Artist, ...]
    listeners: tuple[Listener, ...]
    products: tuple[ProductSpec, ...]
    follows: tuple[tuple[str, str], ...]
    """Who follows whom, by username."""


def make_catalogue(seed: int, products: int) -> Catalogue:
    """The first `products` products of a seed's catalogue."""
    titles = {kind: list(np.random.default_rng([seed, 1]).permutation(known)) for kind, known in words.TITLES.items()}
    order = np.random.default_rng([seed, 2]).permutation(len(ARTISTS))
    said: set[str] = set()
    made: list[ProductSpec] = []
    for index in range(products):
        kind = _TYPES[index % len(_TYPES)]
        place = sum(product.type == kind for product in made)
        artist = ARTISTS[int(order[(index + index // len(ARTISTS)) % len(ARTISTS)])]
        maker = _Maker(seed, index, artist=artist, kind=kind, title=_title(titles[kind], kind, place), said=said)
        made.append(maker.product())
    artists = tuple(artist for artist in ARTISTS if any(product.artist is artist for product in made))
    heard = {review.listener.username for product in made for review in product.reviews}
    listeners = tuple(listener for listener in LISTENERS if listener.username in heard)
    return Catalogue(artists, listeners, tuple(made), _follows(seed, artists, listeners))


def _title(known: list[str], kind: str, place: int) -> str:
    title = str(known[place % len(known)])
    turn = place // len(known)
    return words.AGAIN[kind][turn - 1].format(title) if turn else title


def _follows(seed: int, artists: tuple[Artist, ...], listeners: tuple[Listener, ...]) -> tuple[tuple[str, str], ...]:
    chance = np.random.default_rng([seed, 3])
    everyone = [*(person.username for person in listeners), *(person.username for person in artists)]
    return tuple(
        (who, artist.username)
        for who in everyone
        for artist in artists
        if chance.random() < 0.45 and artist.username != who
    )


class _Maker:
    """One product from its place in the catalogue."""

    def __init__(self, seed: int, index: int, *, artist: Artist, kind: str, title: str, said: set[str]) -> None:
        self._chance = np.random.default_rng([seed, 100 + index])
        self._index, self._artist, self._kind, self._title, self._said = index, artist, kind, title, said
        self._seed = seed * 1_000_003 + index * 101
        self._style = index // len(ARTISTS) + 5 * ARTISTS.index(artist)  # no two covers of an artist in the same style
        fitting = tuple(name for name in artist.genres if kind != "beat" or name != "ambient")
        self._genre = GENRES[self._pick(fitting)]
        low, high = self._genre.bpm
        self._count = self._int(12, 36)
        self._score = Score(
            self._genre.name, self._int(low, high), self._int(0, 11), float(self._int(37, 47)), self._seed
        )

    def product(self) -> ProductSpec:
        files = self._files()
        tiers = self._tiers(files)
        price_cents = self._price()
        fate = "published"
        if self._index >= 6 and self._index % 15 == 13:
            fate = "draft"
        elif self._index >= 6 and self._index % 21 == 12:
            fate = "archived"
        return ProductSpec(
            artist=self._artist,
            type=self._kind,
            title=self._title,
            description=self._description(files),
            tags=self._tags(is_free=price_cents == 0 and not tiers),
            price_cents=price_cents,
            tiers=tiers,
            files=files,
            seed=self._seed,
            style=self._style,
            fate=fate,
            reviews=self._reviews() if fate == "published" else (),
        )

    # --- files -----------------------------------------------------------------------------------------------

    def _files(self) -> tuple[FileSpec, ...]:
        name = _plain(self._title)
        made: list[FileSpec] = []
        match self._kind:
            case "track":
                made.append(self._audio(self._title, self._score, _ENDINGS[self._index % len(_ENDINGS)]))
            case "album":
                made += self._album()
            case "beat":
                made += [self._audio(self._title, self._score, ending) for ending in ("mp3", "wav")]
                if self._chance.random() < 0.5:
                    made.append(self._file(f"{name} stems.zip", "stems"))
            case "sample_pack":
                made.append(self._audio(f"{self._title} demo", self._score, "m4a"))
                made.append(self._file(f"{name}.zip", "samples"))
            case "preset":
                made.append(self._audio(f"{self._title} demo", self._score, "opus"))
                ending, recipe = ("vital", "patch") if self._index % 2 else ("zip", "presets")
                made.append(self._file(f"{name}.{ending}", recipe))
            case _ if self._chance.random() < 0.6:
                made.append(self._audio("Before and after", self._score, "m4a"))
        return tuple(made)

    def _album(self) -> list[FileSpec]:
        count, ending = self._int(4, 6), self._pick(("opus", "m4a", "opus", "flac"))
        firsts, seconds = self._chance.permutation(words.FIRST), self._chance.permutation(words.SECOND)
        low, high = self._genre.bpm
        made = []
        for place in range(count):
            score = Score(
                self._genre.name, self._int(low, high), self._int(0, 11), float(self._int(24, 34)), self._seed + place
            )
            name = self._title if place == count - 1 else f"{firsts[place]} {seconds[place]}"
            spec = self._audio(name, score, ending, album=self._title)
            made.append(FileSpec(f"{place + 1:02} {spec.filename}", spec.recipe, spec.score, spec.tags))
        return made

    def _audio(self, title: str, score: Score, ending: str, album: str = "") -> FileSpec:
        tags = {"title": title, "artist": self._artist.name, "album": album, "bpm": str(score.bpm)}
        tags["key"] = score.key_name
        if self._kind in {"track", "album"}:
            tags["isrc"] = f"ZZTST26{score.seed % 100_000:05}"
        return FileSpec(f"{_plain(title)}.{ending}", "audio", score, tags)

    def _file(self, filename: str, recipe: str) -> FileSpec:
        return FileSpec(filename, recipe, self._score, {"count": str(self._count)})

    # --- money -----------------------------------------------------------------------------------------------

    def _price(self) -> int:
        if self._kind in {"track", "sample_pack"} and self._chance.random() < 0.16:
            return 0
        cents = {
            "track": (99, 129, 149, 199),
            "album": (499, 699, 799, 999),
            "beat": (1999, 2499, 2999),
            "sample_pack": (900, 1400, 1900, 2400),
            "preset": (500, 900, 1200, 1900),
            "service": (2500, 4500, 8000, 12_000, 24_000),
        }
        return self._pick(cents[self._kind])

    def _tiers(self, files: tuple[FileSpec, ...]) -> tuple[Tier, ...]:
        if self._kind == "beat":
            base = self._pick((1999, 2499, 2999))
            names = tuple(file.filename for file in files)
            made = [Tier("MP3 lease", base, filenames=names[:1]), Tier("WAV lease", base * 2, filenames=names[:2])]
            if len(files) > 2:
                made.append(Tier("Stems lease", base * 4))
            if self._index % 3 != 0:
                made.append(Tier("Exclusive", base * 12, exclusive=True))
            return tuple(made)
        if self._kind in {"sample_pack", "preset"} and self._chance.random() < 0.3:
            base = self._pick((900, 1400, 1900))
            return (Tier("Personal", base), Tier("Studio", base * 3))
        return ()

    # --- words -----------------------------------------------------------------------------------------------

    def _tags(self, *, is_free: bool) -> tuple[str, ...]:
        extra = {
            "track": ("original mix", "dj friendly"),
            "album": ("concept", "headphones"),
            "beat": ("type beat", "instrumental"),
            "sample_pack": ("one shots", "loops", "royalty free"),
            "preset": ("patches", "sound design"),
            "service": ("mixing", "mastering", "feedback"),
        }[self._kind]
        own = list(self._genre.tags[: self._int(2, 4)])
        return tuple(dict.fromkeys([*own, self._pick(extra), *(["free"] if is_free else [])]))

    def _description(self, files: tuple[FileSpec, ...]) -> str:
        genre = self._genre.name
        article = "an" if genre[0] in "aeiou" else "a"
        values = {
            "genre": genre,
            "genre_cap": genre[0].upper() + genre[1:],
            "a_genre": f"{article} {genre}",
            "A_genre": f"{article.capitalize()} {genre}",
            "bpm": str(self._score.bpm),
            "key": self._score.key_name,
            "count": str(len(files) if self._kind == "album" else self._count),
            "name": self._artist.name,
        }
        pools = (words.OPENERS, words.MIDDLES, words.CLOSERS)
        if self._artist.is_french:
            pools = (words.FRENCH_OPENERS, words.FRENCH_MIDDLES, words.FRENCH_CLOSERS)
        openers, middles, closers = (pool[self._kind] for pool in pools)
        while True:
            parts = [self._pick(openers)]
            parts += [middles[place] for place in sorted(self._chance.permutation(len(middles))[: self._int(1, 2)])]
            if self._chance.random() < 0.7:
                parts.append(self._pick(closers))
            text = " ".join(parts).format(**values)
            if text not in self._said:
                self._said.add(text)
                return text

    def _reviews(self) -> tuple[ReviewSpec, ...]:
        count = int(self._pick((0, 1, 2, 2, 3, 3, 4, 5, 6, 8)))
        if self._index < 6:
            count = max(1, count)
        chosen = self._chance.permutation(len(LISTENERS))[:count]
        said: set[str] = set()
        made = []
        for place in chosen:
            listener = LISTENERS[int(place)]
            rating = int(self._chance.choice([5, 4, 3, 2], p=[0.55, 0.33, 0.09, 0.03]))
            comment = self._comment(listener, rating)
            while comment in said:
                comment = self._comment(listener, rating)
            said.add(comment)
            made.append(ReviewSpec(listener, rating, comment))
        return tuple(made)

    def _comment(self, listener: Listener, rating: int) -> str:
        if rating <= 2:
            return self._pick(words.COOL)
        if rating == 3:
            return self._pick(words.MIXED)
        if listener.is_french and self._chance.random() < 0.75:
            return self._pick(words.FRENCH)
        return f"{self._pick(words.PRAISE[self._kind])} {self._pick(words.DETAIL)}".strip()

    # --- chance ----------------------------------------------------------------------------------------------

    def _pick(self, among: tuple[_T, ...]) -> _T:
        return among[int(self._chance.integers(len(among)))]

    def _int(self, low: int, high: int) -> int:
        return int(self._chance.integers(low, high + 1))


def _plain(title: str) -> str:
    """A title as a file is called: nothing that a file system minds."""
    return "".join(c if c.isalnum() or c in " -’'&" else "" for c in title).strip()
