"""Programs that measure a claim beside its peer in the same run. `make bench` prints the ratios."""
