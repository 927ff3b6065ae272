"""Honest reports, changed at random: each must end in a verdict, and none may change what is said of another."""
