"""Real processes of the real command line, killed at named points, at any moment, or met by a full disk.

`python -m tests.crashes` tries many; `tests/test_crashes.py` some of them.
"""
