"""Veza: sell your music, go live and get paid, from a server of your own."""

__version__ = "0.8.1"
