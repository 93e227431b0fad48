"""Who sells and who listens in a demo: invented artists and listeners, their looks, what they say of themselves.

Data only.
"""

from dataclasses import dataclass
from typing import Final

from veza.demo.covers import Palette


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream that somebody prepares."""

    title: str
    description: str
    category: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Artist:
    """Somebody who sells. `genres` are names of `genres.GENRES`."""

    username: str
    name: str
    bio: str
    links: tuple[str, ...]
    palette: Palette
    genres: tuple[str, ...]
    streams: tuple[Stream, ...] = ()


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who buys and reviews. `is_french`: writes in French now and then."""

    username: str
    name: str
    bio: str
    is_french: bool = False


ARTISTS: Final = (
    Artist(
        "copper-heron-club",
        "Copper Heron Club",
        "House and garage from a garden shed with too many plugs. New things on the first Friday of the month.\n"
        "Everything here is cleared for sets; write if you want stems.",
        ("https://copper-heron-club.example", "https://copper-heron-club.example/dates"),
        ("#14121f", "#3b1f4a", "#c2465e", "#ffd9a0", "#f58a55"),
        ("house", "garage"),
        (
            Stream(
                "Friday shed session",
                "Two hours of house from the shed, requests in the chat.",
                "music",
                ("house", "garage", "dj set"),
            ),
            Stream(
                "Finishing a track from start to end",
                "An eight-bar loop goes in, a mixdown comes out.",
                "education",
                ("production", "mixing"),
            ),
        ),
    ),
    Artist(
        "velours-minuit",
        "Velours Minuit",
        "Synthwave et nuits trop longues, depuis une petite chambre à Clairmont. Les synthés sont vrais, "
        "la ville est inventée.",
        ("https://velours-minuit.example",),
        ("#0b0d1a", "#2a1458", "#e0338c", "#ffe27a", "#35c9d6"),
        ("synthwave", "downtempo"),
        (
            Stream(
                "Nuit analogique",
                "Improvisation aux synthétiseurs, sans ordinateur. À écouter au casque.",
                "music",
                ("synthwave", "live", "français"),
            ),
        ),
    ),
    Artist(
        "saltglass-union",
        "Saltglass Union",
        "Techno for rooms without windows. Two people, one mixer, no laptop on stage.",
        ("https://saltglass-union.example",),
        ("#0d1113", "#1d2a2f", "#4c6a6e", "#e9efe6", "#e2543a"),
        ("techno", "dub"),
        (
            Stream(
                "Warehouse rehearsal",
                "We run the next live set twice and talk about what broke.",
                "music",
                ("techno", "live set", "hardware"),
            ),
        ),
    ),
    Artist(
        "ninth-orchard",
        "Ninth Orchard",
        "Slow music for gardens, trains and sleep. Recorded with the windows open, so there are birds in it.",
        ("https://ninth-orchard.example", "https://ninth-orchard.example/field-notes"),
        ("#f2e9dc", "#d9c5a7", "#c1664a", "#2b2a33", "#4e7d74"),
        ("ambient", "lo-fi"),
        (
            Stream(
                "Morning drones with tea",
                "One long chord, very slowly changed. The chat is quiet.",
                "music",
                ("ambient", "drone", "morning"),
            ),
        ),
    ),
    Artist(
        "moth-parade",
        "Moth Parade",
        "Drum & bass and everything near it. Rollers first, liquid after midnight. Leases are instant, "
        "for exclusives write to me.",
        ("https://moth-parade.example",),
        ("#101820", "#1b3a4b", "#2fa39a", "#f4f1de", "#f2b544"),
        ("drum & bass", "trap"),
        (
            Stream(
                "174 only",
                "New dubs, old favourites, no talking.",
                "music",
                ("drum & bass", "rollers"),
            ),
        ),
    ),
    Artist(
        "tin-lantern-radio",
        "Tin Lantern Radio",
        "Beats from a broken radio: dusty keys, soft drums, tape that has seen things. "
        "Free downloads are free for real; pay for the stems.",
        ("https://tin-lantern-radio.example",),
        ("#221a17", "#4a342a", "#a8693d", "#f3dfb8", "#6f8f72"),
        ("lo-fi", "jazz-hop"),
        (
            Stream(
                "Beat making with the broken radio",
                "Sampling what the dial finds, and making something of it.",
                "education",
                ("lo-fi", "sampling", "beats"),
            ),
        ),
    ),
    Artist(
        "epoque-pastel",
        "Époque Pastel",
        "Afro house, percussions et soleil couchant. Née entre deux ports, je joue ce que les bateaux laissent.",
        ("https://epoque-pastel.example",),
        ("#2d1e2f", "#6b2d5c", "#f0a6a0", "#ffe8d1", "#f0654a"),
        ("afro house", "downtempo"),
        (
            Stream(
                "Coucher de soleil, en direct",
                "Une heure de percussions pendant que le jour s’en va.",
                "music",
                ("afro house", "sunset", "percussion"),
            ),
        ),
    ),
    Artist(
        "low-meridian",
        "Low Meridian",
        "Mixing and mastering by day, bass music by night. Ten years of other people’s kick drums.",
        ("https://low-meridian.example", "https://low-meridian.example/prices"),
        ("#0a1128", "#1c2541", "#3a6ea5", "#cfe8ff", "#ff9f6b"),
        ("trap", "dub"),
        (
            Stream(
                "Your mix, my ears",
                "Send a rough mix before; three of them get an hour each.",
                "talk",
                ("mixing", "mastering", "feedback"),
            ),
        ),
    ),
)

LISTENERS: Final = (
    Listener("odile-m", "Odile M.", "Je danse mal mais j’écoute bien.", is_french=True),
    Listener("soren_k", "Søren K.", "Vinyl, bicycles, black coffee."),
    Listener("tomasz-basement", "Tomasz", "Plays records in a basement for forty friends."),
    Listener("ines-rouge", "Inès", "Radio associative le jeudi soir.", is_french=True),
    Listener("marlow-tapes", "Marlow", "Small tape label, mostly for fun."),
    Listener("ayo-writes", "Ayo", "Songwriter, always looking for beats."),
    Listener("quiet-greta", "Gréta", "Sound for theatre and very short films."),
    Listener("pixel-hamza", "Hamza", "I make small games, and they need music."),
    Listener("lena-okt", "Lena", "Runs 10 km to one album, then starts again."),
    Listener("theo-sur-cour", "Théo", "Ingénieur du son, curieux de tout.", is_french=True),
    Listener("bricklane-june", "June", "DJ at weddings that get out of hand."),
    Listener("noor-loops", "Noor", "Learning synthesis one preset at a time."),
)
