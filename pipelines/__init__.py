"""The stages from a plan to the consolidated workbooks."""

__version__ = "0.4.0"
