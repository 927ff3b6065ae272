"""Benchmarks: ratios of two things measured side by side in one run, each with its limit. Not collected by pytest."""
