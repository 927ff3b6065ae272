"""Thousands of files dropped at once, some of them hostile: `python -m tests.load`. Its checks are those of test_load."""
