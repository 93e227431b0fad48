"""`python -m veza`: the same as `veza`."""

from veza.cli import main

main()
