"""Comparisons with other programs, each in one run on one machine; `make bench-...` prints their tables."""
