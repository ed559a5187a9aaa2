"""Code-switching curriculum data: make it, check it, train on it."""

__version__ = "0.1.0"
