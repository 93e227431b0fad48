"""The words of a demo's shop: titles, sentences of descriptions, licences, comments. Data; `catalogue.py` chooses.

`{genre}`, `{bpm}`, `{key}`, `{count}` and `{name}` are filled in by what is sold.
"""

from typing import Final

TITLES: Final[dict[str, tuple[str, ...]]] = {
    "track": (
        "Paper Lighthouse", "Dernière rame", "Two Doors Down", "Cold Harbour", "Salt on the Wire", "Été sans fin",
        "Eleven Minutes Late", "Glasshouse Weather", "Night Ferry", "Orange Peel Moon", "Brume du matin", "Low Tide FM",
        "Half a Postcard", "Sodium Lamps", "The Long Stair", "Forêt de verre", "Kitchen Floor, 4 a.m.", "Tin Birds",
        "Nothing Left to Plug In", "Soft Machinery", "Nuit à découvert", "Copper Rain", "Window Seat",
        "Afterglow Avenue",
        "Moth Season", "Marée haute", "Static Garden", "Borrowed Sunlight", "Parallel Swimmers", "Last Stop but One",
        "Velvet Turbine", "Small Hours, Big Room", "Aube électrique", "Undertow", "The Quiet Engine", "Pollen Drift",
    ),
    "album": (
        "Rooms with the Lights Off", "Atlas of Small Weather", "Cartes postales du port", "Everything Hums",
        "A Year of Sundays", "The Distance Between Speakers", "Jardins d’hiver", "Ghost Frequencies",
        "Slow Bright Things", "Concrete Tides", "Houses We Drove Past", "L’heure creuse",
    ),
    "beat": (
        "Marble Floor", "No Signal", "Black Umbrella", "Goldfish", "Courtyard", "Second Wind", "Ash Tray Blues",
        "Lemon Haze Sky", "Rooftop Key", "Papier froissé", "Cold Noodles", "Chrome Tooth", "Slow Elevator", "Ricochet",
        "Bus Lane", "Velcro", "Overdue", "Moonroof", "Poussière d’or", "Side Pocket", "Heatwave Alibi", "Neon Pigeon",
        "Quarter to Nine", "Static Cling",
    ),
    "sample_pack": (
        "Shed Drums", "Tape Worn Keys", "Warehouse Percussion", "Percussions du port", "Dust & Felt", "Rolling Breaks",
        "Broken Radio Textures", "Deep Bass Rounds", "Foley for Dancers", "Glass Hats", "Field Notes: Orchard",
        "Dub Chord Stabs", "Midnight Arps", "Soft Kicks, Hard Kicks", "Bruits de couloir", "Garage Shuffle Tools",
    ),
    "preset": (
        "Analogue Weather", "Forty Warm Pads", "Neon Leads", "Basses du soir", "Felt and Wire Keys", "Rubber Basses",
        "Slow Motion Textures", "Plucks for Patient People", "Drone Cabinet", "Acid Without the Box", "Choral Machines",
        "Organic Plucks",
    ),
    "service": (
        "Mixing for one track", "Mastering, loud or gentle", "A second pair of ears", "Custom beat in a week",
        "Vocal tuning and clean-up", "Arrangement rescue", "Mixage d’un titre", "Synth lesson, one hour",
        "Cover art from your stems", "Live set coaching", "Stem mastering", "Sound design for games",
    ),
}  # fmt: skip
AGAIN: Final[dict[str, tuple[str, ...]]] = {
    "track": ("{} (Dub)", "{} (Night Version)", "{} (Reprise)", "{} (Early Take)"),
    "album": ("{}, Part Two", "{}: Remixes", "{}: Outtakes", "{} Live"),
    "beat": ("{} II", "{} III", "{} (Slow)", "{} (Fast)"),
    "sample_pack": ("{} Vol. 2", "{} Vol. 3", "{} Vol. 4", "{} Vol. 5"),
    "preset": ("{} 2", "{} 3", "{} 4", "{} 5"),
    "service": ("{}, express", "{}, for albums", "{}, with revisions", "{}, for bands"),
}
"""What a title is called when all of its kind are used up."""

FIRST: Final = (
    "Amber", "Hollow", "Northern", "Paper", "Silver", "Slow", "Distant", "Folded", "Painted", "Quiet", "Second",
    "Wooden",
    "Broken", "Electric", "Faded", "Golden", "Late", "Open", "Tidal", "Winter",
)  # fmt: skip
SECOND: Final = (
    "Arcade", "Bridge", "Carousel", "Departures", "Echo", "Fields", "Gate", "Harbour", "Island", "Junction", "Kite",
    "Letters", "Mirror", "Nocturne", "Orbit", "Pavilion", "Rivers", "Signals", "Terrace", "Waltz",
)  # fmt: skip

OPENERS: Final[dict[str, tuple[str, ...]]] = {
    "track": (
        "A {genre} track at {bpm} BPM in {key}, made in one evening and mixed for a month.",
        "Written on the last train home: {genre}, {bpm} BPM, {key}.",
        "{genre_cap} in {key} that starts small and opens up after the second break.",
        "Four chords, one bass line and a lot of patience: {genre} at {bpm} BPM.",
        "The one people ask about after the set: {genre} at {bpm} BPM in {key}.",
        "Début de nuit en {key}: {genre}, {bpm} BPM, sans une seule voix.",
    ),
    "album": (
        "{count} pieces of {genre}, recorded in the order in which they are played.",
        "A short record of {count} tracks between {genre} and whatever the rain did that week.",
        "{count} tracks, one room, one winter: {genre} that wants to be heard in one go.",
        "Un disque court, {count} titres, entre {genre} et silence.",
        "{genre_cap} in {count} parts; the third is the loud one.",
    ),
    "beat": (
        "{genre_cap} beat in {key} at {bpm} BPM, with room in the middle for a voice.",
        "{bpm} BPM, {key}. A {genre} beat that leaves the hook to you.",
        "Drums up front, keys far back: {genre}, {bpm} BPM, {key}.",
        "Made for verses that take their time: a {genre} beat at {bpm} BPM in {key}.",
        "Short intro, hard drop, easy to cut: {genre} at {bpm} BPM.",
    ),
    "sample_pack": (
        "{count} sounds for {genre}, one shots and loops, named by tempo and key.",
        "Everything that we use ourselves for {genre}: {count} files, 44.1 kHz, 16 bit.",
        "{count} drums, loops and tones from the {genre} sessions of last spring.",
        "No filler: {count} files that cut through a {genre} mix at {bpm} BPM.",
    ),
    "preset": (
        "{count} patches for {genre}, each with its four macros set.",
        "{count} sounds that sit in a {genre} mix before you touch anything.",
        "Patches from the live set: {count} of them, made for {genre} in {key} and anywhere else.",
        "{count} starting points for {genre}; turn one knob and they are yours.",
    ),
    "service": (
        "You send the session, I send it back finished, usually within five days.",
        "Ten years of {genre} records, and an honest opinion before any money moves.",
        "One track, two rounds of changes, no surprises on the bill.",
        "Vous envoyez les pistes, je m’occupe du reste; réponse sous deux jours.",
        "For people who make {genre} and are too close to it to hear it any more.",
    ),
}
MIDDLES: Final[dict[str, tuple[str, ...]]] = {
    "track": (
        "The drums are one take; everything else was moved until it stopped falling over.",
        "Play it loud once, then quietly, and you hear two different tracks.",
        "The melody comes from a toy piano that has since been lost.",
        "There is a long outro for those who mix it into something else.",
        "No samples were used, only two synthesisers and a window.",
        "Listen for the hand claps in the second half: that is the whole crew.",
        "Le pont est arrivé en rêve, et il a fallu se lever.",
        "It was mastered gently, so there is air left at the top.",
    ),
    "album": (
        "Meant for headphones and a walk of about that length.",
        "Every piece was mixed on the same night as it was played.",
        "It was written for a small room and still likes one.",
        "The tracks run into each other; the gaps are part of it.",
        "À écouter dans l’ordre, au moins la première fois.",
        "The cover was drawn before a single note was recorded.",
    ),
    "beat": (
        "The hook section is eight bars, so nobody needs to cut.",
        "The 808 is tuned, and the hats leave the top free for breath.",
        "Stems are named and start at bar one where the licence has them.",
        "Tag-free in every licence; the preview is all you hear of us.",
        "The bridge drops to keys alone: put the line there that matters.",
        "Le refrain monte tout seul, il ne manque que la voix.",
    ),
    "sample_pack": (
        "Loops are cut to the sample and stay in time for ever.",
        "Recorded dry, so the room is yours to choose.",
        "All of it is royalty free, in tracks as well as in films.",
        "Each one shot comes as it was hit: nothing is normalised to death.",
        "The folder names are short, because yours are long enough.",
        "Tout est libre de droits, même pour un générique.",
    ),
    "preset": (
        "They cost little CPU and need nothing but the synthesiser itself.",
        "Velocity and mod wheel do something useful in every one of them.",
        "The demo uses only these patches, with no effects after them.",
        "Names say what a sound does, not which planet it is from.",
        "Chaque son est accordé, rangé et prêt pour la scène.",
    ),
    "service": (
        "Stems as WAV or FLAC, please, and one sentence about what you want to feel.",
        "You hear a first version before anything is final.",
        "References help; a playlist of thirty does not.",
        "If it cannot be saved I say so on the first day, and you owe nothing.",
        "Deux allers-retours sont compris dans le prix.",
    ),
}
CLOSERS: Final[dict[str, tuple[str, ...]]] = {
    "track": (
        "Free to play in sets and on the radio.", "Comes with full tags.", "Best after midnight.",
        "For everyone who stayed until the lights came on.", "Write to us if you want the stems.",
    ),
    "album": (
        "All files come with tags.", "Thanks to the neighbours, who never knocked.", "Play it from the start.",
        "The next one is already late.",
    ),
    "beat": (
        "Credit {name} and it is yours.", "Non-exclusive licences stay valid when the exclusive one is sold.",
        "Write before you buy the exclusive: we may have a second hook.", "Lease today, release tomorrow.",
    ),
    "sample_pack": (
        "The demo track uses nothing else.", "Credit is nice and not needed.", "Updates are free for who bought it.",
        "Drag, drop, done.",
    ),
    "preset": (
        "Version 1.1, with the two that people asked for.", "Installs by dragging a folder.",
        "Made by {name} on stage and off.",
    ),
    "service": (
        "Ask first if your date is near.", "Book now, send later: the place is kept for three weeks.",
        "{name} answers every message within a day.",
    ),
}  # fmt: skip

TERMS: Final = {
    "MP3 lease": "Up to 10,000 streams and one video. Credit the producer. Not exclusive.",
    "WAV lease": "Up to 100,000 streams, radio included. Credit the producer. Not exclusive.",
    "Stems lease": "Unlimited streams, with separate tracks for mixing. Credit the producer. Not exclusive.",
    "Exclusive": "Unlimited use. The beat is taken off sale; leases that were sold before stay valid.",
    "Personal": "For your own productions, released or not.",
    "Studio": "For everybody in one studio, and for work on commission.",
}

PRAISE: Final[dict[str, tuple[str, ...]]] = {
    "track": (
        "On repeat since Tuesday.", "That second break!", "Played it as my last track on Saturday and nobody left.",
        "Warm, patient, and loud where it should be.", "The bass line alone is worth it.",
        "Sounds huge on a proper system.",
        "My running track for the whole month.", "I mixed it into everything last night.",
    ),
    "album": (
        "Listened from start to end, twice.", "The third track is the best thing I heard this year.",
        "Made a rainy Sunday very short.", "No skips.", "Beautiful order, it really is one piece.",
        "I bought it for one track and stayed for the others.",
    ),
    "beat": (
        "Wrote a whole verse before the loop came round.", "Mixes itself, honestly.", "So much room for vocals.",
        "The stems are clean and properly named.", "Hook was done in ten minutes.",
        "Drums knock, keys stay out of the way.",
    ),
    "sample_pack": (
        "The hats alone have been in my last four tracks.", "Everything is in time and named well.", "Zero filler.",
        "Dry, punchy, ready to use.", "Loops dropped straight into my project.", "Finally kicks that need no EQ.",
    ),
    "preset": (
        "The pads are gorgeous.", "Light on the CPU and heavy in the mix.", "Used three of them on one track already.",
        "The macros make sense, for once.", "Great place to learn how a patch is built.",
    ),
    "service": (
        "Fast, kind, and my mix finally breathes.", "Said honestly what was wrong, then fixed it.",
        "Two rounds and it was done.", "Worth every cent, will book again.", "My vocals have never sounded like that.",
    ),
}  # fmt: skip
DETAIL: Final = (
    "", "", "", "Thank you!", "Instant buy.", "More of this, please.", "Download was quick, too.",
    "Already told two friends.",
    "The cover is lovely as well.", "Great price for what it is.", "Support your locals.", "Next one when?",
)  # fmt: skip
FRENCH: Final = (
    "Superbe, rien à redire.", "Très belle découverte, merci !", "Exactement ce que je cherchais.",
    "Ça tourne en boucle à la maison.", "Un son chaleureux, et très bien mixé.",
    "Écouté d’une traite, puis une deuxième fois.",
    "Qualité impeccable et téléchargement immédiat.", "Passé à l’antenne jeudi, les auditeurs ont adoré.",
)  # fmt: skip
MIXED: Final = (
    "Good, though a bit shorter than I hoped.", "Solid work. I would have liked more variation.",
    "Nice ideas, the high end is a little sharp for me.", "Does what it says, no more and no less.",
    "I like it more every time, but the start is slow.", "Pas mal, un peu trop sage pour moi.",
)  # fmt: skip
COOL: Final = (
    "Not for me in the end, but well made.", "I expected something else from the preview.",
    "Fine, but I already have a lot like it.",
)  # fmt: skip
