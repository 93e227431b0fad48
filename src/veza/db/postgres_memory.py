"""How much memory the bundled PostgreSQL may use: a share of what this machine, or its container, has.

Its own default, 128 MB whatever there is, made a search through a million products read 1,500 pages that the system
had, one by one, and take 20 to 60 ms; 10 ms with room for the indexes (bench/shop_million.py). What is not needed is
not touched: an idle server with the same settings stays at 20 MB.
"""

import os
from collections.abc import Iterator
from pathlib import Path

_MIB = 1 << 20
_BUFFERS_MIN, _BUFFERS_MAX = 128 * _MIB, 1024 * _MIB
_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


def memory_settings(memory_bytes: int) -> dict[str, str]:
    """An eighth for its own buffers, within bounds; half is what it may expect the system to keep of its files."""
    buffers = min(max(memory_bytes // 8, _BUFFERS_MIN), _BUFFERS_MAX)
    cached = max(memory_bytes // 2, 2 * buffers)
    return {"shared_buffers": f"{buffers // _MIB}MB", "effective_cache_size": f"{cached // _MIB}MB"}


def memory_bytes(cgroups: Path = _CGROUPS, own_cgroup: Path = _OWN_CGROUP) -> int:
    """The memory of this machine, or less where a control group (a container, a service) allows less."""
    found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([found, *_limits(cgroups, own_cgroup)])


def _limits(cgroups: Path, own_cgroup: Path) -> Iterator[int]:
    """What each group from ours upwards allows (cgroup v2). Nothing on systems that have none."""
    try:
        own = next(line[3:] for line in own_cgroup.read_text(encoding="utf-8").splitlines() if line.startswith("0::"))
    except (OSError, StopIteration):
        own = "/"
    group = Path(own)
    for folder in (group, *group.parents):
        try:
            text = (cgroups / str(folder).lstrip("/") / "memory.max").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
        if text.isdigit():
            yield int(text)
