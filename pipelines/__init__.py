"""The stages from a plan to the consolidated workbooks."""
