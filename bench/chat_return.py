"""A crowd that loses all its connections at once and comes back: nothing lost, nothing twice, no chat query.

    python -m bench.chat_return [--sockets 10000]

Some of the crowd are signed in. Twice: first messages are said while everybody is away, and the return itself is quiet,
so that every look of a statement into the chat's tables is the return's own; then talk goes on all the time. The peer,
Node's `ws`, keeps the last messages in an array, and has no accounts.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from bench.chat_fanout import RATE
from bench.chat_room import TALKERS, Use, chat_room, rounds, verdict
from bench.peers import NotMeasured, node_ws
from bench.readers import Heard, Readers, readers

CROWD, TALKING = 0, 1
SIGNED_IN = 500
SAID_BEFORE, SAID_MEANWHILE = 300, 100
SPREAD_S = 10.0
BUSY_ROUNDS_MAX = 4
LIMIT_BACK_S = 15.0
TABLES = ("chat_rooms", "chat_messages", "chat_moderators", "chat_sanctions")


@dataclass(frozen=True, slots=True)
class Return:
    """From the first connection to the last answer. `heard` since the drop, with everything said until the end."""

    took_s: float
    cpu_s: float
    waiting: float
    heard: Heard
    said: int

    @property
    def is_whole(self) -> bool:
        """Everybody resumed, and nobody missed anything or heard it twice."""
        heard = self.heard
        return (
            not (heard.lost or heard.twice or heard.gap_frames or heard.refused or heard.errors)
            and heard.recovered == heard.count
            and heard.deliveries == self.said * heard.count
        )


def drop(clients: Readers) -> None:
    """All connections of the crowd end, now."""
    clients.reset()
    clients.drop(CROWD)


def come_back(clients: Readers, server: psutil.Process, tickets: Callable[[], list[str]]) -> tuple[float, float, float]:
    """Let the crowd come back; answers the seconds that it took, the server's CPU seconds, and how much it waited.

    As a page does, those whose ticket had grown too old on the way fetch another one.
    """
    fresh, use = tickets(), Use(server)
    clients.back(CROWD, SPREAD_S, fresh)
    while True:
        report = clients.wait(lambda report: report.waiting == 0, "connected", CROWD, within_s=90)
        if report.groups[CROWD].joined == report.groups[CROWD].count:
            return use.elapsed_s, use.cpu_s, use.waiting
        clients.back(CROWD, 1.0, tickets())


def speak(clients: Readers, count: int, head: int) -> int:
    """Say so many messages after the `head`th and wait until the talkers have them; answers the new head."""
    clients.say(TALKING, count, rate=RATE)
    clients.wait_until_heard(TALKING, head + count)
    return head + count


def quiet_return(clients: Readers, server: psutil.Process, head: int, tickets: Callable[[], list[str]]) -> Return:
    """Messages while everybody is away, none while they return."""
    drop(clients)
    head = speak(clients, SAID_MEANWHILE, head)
    return _finish(clients, come_back(clients, server, tickets), head, SAID_MEANWHILE)


def busy_return(clients: Readers, server: psutil.Process, head: int, tickets: Callable[[], list[str]]) -> Return:
    """Messages all the time."""
    said = int(2 * SPREAD_S * RATE)
    drop(clients)
    clients.say(TALKING, said, rate=RATE)
    return _finish(clients, come_back(clients, server, tickets), head + said, said)


def _finish(clients: Readers, back: tuple[float, float, float], head: int, said: int) -> Return:
    report = clients.wait_until_heard(CROWD, head)
    return Return(*back, report.groups[CROWD], said)


def measure_ours(crowd: int) -> tuple[Return, list[Return], Counter[str]]:
    """(the quiet return, the busy ones, how often statements looked into the chat's tables during the first)."""
    with chat_room() as room, readers() as clients:
        people = room.new_people(min(SIGNED_IN, crowd))
        clients.open(TALKING, TALKERS, room.port, room.id, room.tickets(room.new_people(TALKERS)))
        clients.open(CROWD, crowd, room.port, room.id, room.tickets(people))
        head = speak(clients, SAID_BEFORE, 0)
        clients.wait_until_heard(CROWD, head)
        before: list[Counter[str]] = []

        def count_first() -> list[str]:
            if not before:
                before.append(room.reads_of(*TABLES))
            return room.tickets(people)

        quiet = quiet_return(clients, room.api, head, count_first)
        reads = room.reads_of(*TABLES) - before[0]
        head += SAID_MEANWHILE

        def return_while_busy() -> Return:
            nonlocal head
            found = busy_return(clients, room.api, head, lambda: room.tickets(people))
            head += found.said
            return found

        busy = rounds(return_while_busy, lambda found: found.waiting, at_least=1, at_most=BUSY_ROUNDS_MAX)
        return quiet, busy, reads


def measure_peer(crowd: int) -> Return:
    """The quiet return of the peer."""
    with node_ws() as peer, readers() as clients:
        clients.open(TALKING, TALKERS, peer.port, "bench")
        clients.open(CROWD, crowd, peer.port, "bench")
        head = speak(clients, SAID_BEFORE, 0)
        clients.wait_until_heard(CROWD, head)
        return quiet_return(clients, peer.process, head, list)


def main() -> int:
    """Print the figures; 1 when a claim does not hold or the peer is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sockets", type=int, default=10_000)
    crowd = parser.parse_args().sockets
    try:
        peer = measure_peer(crowd)
        quiet, busy, reads = measure_ours(crowd)
    except NotMeasured as missing:
        print(f"chat, return: not measured, because {missing.what} is not installed")
        return 1
    print(f"chat, {crowd:,} clients dropped at once, back at random moments of {SPREAD_S:g} s:")
    for name, found in (("quiet", quiet), *(("busy", found) for found in busy), ("node ws", peer)):
        heard = found.heard
        print(
            f"  {name:8} all back after {found.took_s:.1f} s  {1e6 * found.cpu_s / crowd:.0f} µs of CPU each"
            f"  waited for a core {100 * found.waiting:.0f} %  resumed {heard.recovered:,}  lost {heard.lost}"
            f"  twice {heard.twice}"
        )
        if not found.is_whole:
            print(f"           trouble: {heard.trouble}; {heard.deliveries:,} of {found.said * heard.count:,} messages")
    looks = ", ".join(f"{table} {reads[table]:,}" for table in TABLES)
    print(f"  looks into tables during the quiet return: {looks} (claim: 0; {SIGNED_IN} of the clients are signed in)")
    held = [
        verdict("everybody resumes; nothing lost, nothing twice", all(found.is_whole for found in (quiet, *busy))),
        verdict(f"back within {LIMIT_BACK_S:g} s", min(found.took_s for found in busy) <= LIMIT_BACK_S),
        verdict("no question to the database", not reads.total()),
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
