"""Clients that never read, in a room where much is said: what the api process holds for them, what others notice.

    python -m bench.chat_slow_readers [--messages 20000]

100 sockets join and then read nothing; 100 healthy people say 20,000 messages of 400 characters as fast as they hear
them. At the end the slow ones read again: what they were not sent must be named by a gap. The peer, Node's `ws` with
the broadcast of its documentation, keeps everything for everyone; it is stopped at 1 GB.
"""

import argparse
import sys
import time

import psutil

from bench.chat_room import Use, chat_room, verdict
from bench.peers import NotMeasured, node_ws
from bench.readers import Heard, Readers, readers

HEALTHY, SLOW = 0, 1
SOCKETS = 100
LENGTH = 400
WINDOW = 200
LIMIT_RSS_MB = 64.0
STOP_RSS_MB = 1024.0
WITHIN_S = 300.0
_MB = 1e6


def flood(clients: Readers, server: psutil.Process, messages: int) -> tuple[float, int]:
    """Say it all; answers the largest growth of the server in MB, and how many messages everybody healthy has."""
    clients.mute(SLOW)
    clients.reset()
    use, largest = Use(server), 0
    clients.flood(HEALTHY, messages, window=WINDOW, heard_by=HEALTHY, length=LENGTH)
    while (have := clients.report().groups[HEALTHY].lowest) < messages and use.elapsed_s < WITHIN_S:
        largest = max(largest, use.rss_bytes)
        if largest > STOP_RSS_MB * _MB:
            clients.stop()
            break
        time.sleep(0.1)
    return max(largest, use.rss_bytes) / _MB, have


def measure_ours(messages: int) -> tuple[float, Heard, Heard]:
    """(growth in MB, the healthy, the slow after they have read again).

    They may stay as long as they like: the default would close them after 15 s, and the rest would cost nothing.
    """
    with chat_room(CHAT_MESSAGES="1000", CHAT_SLOW_READER_S="600") as room, readers() as clients:
        clients.open(HEALTHY, SOCKETS, room.port, room.id, room.tickets(room.new_people(SOCKETS)))
        clients.open(SLOW, SOCKETS, room.port, room.id)
        largest_mb, _ = flood(clients, room.api, messages)
        healthy = clients.report().groups[HEALTHY]
        clients.hear(SLOW)
        slow = clients.wait_until_heard(SLOW, healthy.highest).groups[SLOW]
        return largest_mb, healthy, slow


def measure_peer(messages: int) -> tuple[float, int]:
    """(growth in MB, messages until it was stopped, or all)."""
    with node_ws() as peer, readers() as clients:
        clients.open(HEALTHY, SOCKETS, peer.port, "bench")
        clients.open(SLOW, SOCKETS, peer.port, "bench")
        return flood(clients, peer.process, messages)


def main() -> int:
    """Print the figures; 1 when a claim does not hold or the peer is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    messages = parser.parse_args().messages
    try:
        peer_mb, peer_have = measure_peer(messages)
        largest_mb, healthy, slow = measure_ours(messages)
    except NotMeasured as missing:
        print(f"chat, slow readers: not measured, because {missing.what} is not installed")
        return 1
    print(f"chat, {SOCKETS} sockets that never read, {messages:,} messages of {LENGTH} characters:")
    print(f"  RSS  veza +{largest_mb:.0f} MB (claim: <= {LIMIT_RSS_MB:.0f})  node ws +{peer_mb:.0f} MB", end="")
    print(f" by message {peer_have:,}, where it was stopped" if peer_have < messages else "")
    print(
        f"  healthy: {healthy.lowest:,} messages each, gaps {healthy.gap_frames}, lost {healthy.lost}, twice"
        f" {healthy.twice}, p99 {healthy.p99_ms:.0f} ms"
    )
    print(
        f"  slow, once they read: {slow.gap_messages:,} of {messages * SOCKETS:,} named by gaps, lost {slow.lost},"
        f" twice {slow.twice}, closed {slow.closed}"
    )
    whole = healthy.in_order and not healthy.gap_frames and healthy.deliveries == messages * SOCKETS
    held = [
        verdict("healthy readers have everything, once, in order, without gaps", whole),
        verdict("slow readers: every message read or named by a gap, once", slow.in_order),
        verdict("RSS", largest_mb <= LIMIT_RSS_MB),
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
