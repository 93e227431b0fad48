"""What a chat room is, as the slices above see it. Pure: no row and no socket here."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """Who may speak how often in a room. `slow_mode_seconds` 0: no slow mode."""

    room_id: UUID
    enabled: bool
    slow_mode_seconds: int
    followers_only: bool
