"""Thousands of files dropped at once, some of them hostile: `python -m tests.load`; `test_load` drops a few dozen."""
