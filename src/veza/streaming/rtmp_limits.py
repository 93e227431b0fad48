"""How much one RTMP listener takes, from all and from each network, and what it counted. No sockets here."""

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field

from veza.kit.network import find_network

_REFUSAL_WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class RtmpLimits:
    """Settings of one listener. Times in seconds.

    Attributes:
        publish_deadline_s: from the connection to an accepted publish.
        decision_timeout_s: how long the question whether a key is good may take.
        idle_s: without a byte from an accepted publisher.
        linger_s: for an encoder to read why it was turned away.
        shutdown_s: for publishers to leave when the server closes.
        max_connections: in all; beyond, new ones are closed at once.
        max_undecided_per_network: connections of one network that have no accepted publish yet.
        refused_keys_per_minute: of one network (IPv4 address, IPv6 /64); then keys are not even looked at.
        max_tracked_networks: whose refusals are remembered; the oldest are forgotten first.
        max_unsent_bytes: answers that an encoder does not read, before it is closed.
    """

    publish_deadline_s: float = 10.0
    decision_timeout_s: float = 5.0
    idle_s: float = 15.0
    linger_s: float = 2.0
    shutdown_s: float = 5.0
    max_connections: int = 1000
    max_undecided_per_network: int = 64
    refused_keys_per_minute: int = 10
    max_tracked_networks: int = 10_000
    max_unsent_bytes: int = 256 * 1024


@dataclass(slots=True)
class RtmpCounters:
    """What happened since the start. Keys of the counters come from fixed sets, never from a peer.

    Attributes:
        connections_total: accepted sockets, turned-away ones included.
        connections: open now.
        publishers: on air now.
        publishes_accepted: since the start.
        refused: publishes and connections turned away, by code.
        protocol_errors: by `ProtocolError.reason`.
        closed: ends that no code above names: `deadline`, `idle`, `unread`, `internal`.
        bytes_received: from all sockets.
    """

    connections_total: int = 0
    connections: int = 0
    publishers: int = 0
    publishes_accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    protocol_errors: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    bytes_received: int = 0


def network_of(address: str) -> str:
    """The network behind an address (`kit.network`). Other text stands for itself."""
    return find_network(address) or address


class RefusedKeys:
    """Refusals of the last minute by network, in bounded memory."""

    def __init__(self, limits: RtmpLimits) -> None:
        self._most = limits.refused_keys_per_minute
        self._most_networks = limits.max_tracked_networks
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def exhausted(self, network: str, now_s: float) -> bool:
        """Whether `network` had its refusals for this minute."""
        times = self._times.get(network)
        if times is None:
            return False
        while times and times[0] <= now_s - _REFUSAL_WINDOW_S:
            times.popleft()
        if not times:
            del self._times[network]
        return len(times) >= self._most

    def add(self, network: str, now_s: float) -> None:
        """One more refusal."""
        times = self._times.setdefault(network, deque(maxlen=self._most))
        times.append(now_s)
        self._times.move_to_end(network)
        if len(self._times) > self._most_networks:
            self._times.popitem(last=False)
