"""Sentence alignment: which stretches of two documents translate each other."""
