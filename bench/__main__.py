"""`make bench`: every program, one after the other; fails when a claim does not hold or a peer is missing."""

import subprocess
import sys

PROGRAMS = [
    "bench.glass_to_glass",
    "bench.ingest_cpu",
    "bench.recording",
    "bench.chat_fanout",
    "bench.chat_return",
    "bench.chat_slow_readers",
    "bench.chat_two_apis",
    "bench.shop_list",
    "bench.shop_million",
    "bench.shop_files",
    "bench.money_settle",
    "bench.invoices",
]


def main() -> int:
    """Run each in a process of its own, so that none inherits another's memory."""
    codes = [
        subprocess.run([sys.executable, "-m", program, *sys.argv[1:]], check=False).returncode for program in PROGRAMS
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
