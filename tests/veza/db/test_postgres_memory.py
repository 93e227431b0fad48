"""The share of memory that the bundled PostgreSQL gets, on big and small machines and in containers."""

from pathlib import Path

import pytest

from veza.db.postgres_memory import memory_bytes, memory_settings

MIB = 1 << 20
GIB = 1 << 30


@pytest.mark.parametrize(
    ("memory", "buffers", "cached"),
    [
        pytest.param(512 * MIB, "128MB", "256MB", id="never less than PostgreSQL's default"),
        pytest.param(4 * GIB, "512MB", "2048MB", id="an eighth"),
        pytest.param(256 * GIB, "1024MB", "131072MB", id="never more than the shop can use"),
    ],
)
def test_an_eighth_within_bounds(memory: int, buffers: str, cached: str) -> None:
    assert memory_settings(memory) == {"shared_buffers": buffers, "effective_cache_size": cached}


def test_a_container_has_what_its_groups_allow(tmp_path: Path) -> None:
    own = tmp_path / "cgroup"
    own.write_text("0::/system.slice/veza.service\n")
    groups = tmp_path / "groups"
    service = groups / "system.slice" / "veza.service"
    service.mkdir(parents=True)
    (service / "memory.max").write_text("max\n")
    (groups / "system.slice" / "memory.max").write_text(f"{64 * MIB}\n")
    assert memory_bytes(groups, own) == 64 * MIB


def test_without_control_groups_it_is_the_machines(tmp_path: Path) -> None:
    assert memory_bytes(tmp_path, tmp_path / "nothing") > 64 * MIB
