"""`python -m pipelines`, which is what `./tonghop` calls. Reading children import this module too: it stays light."""

from __future__ import annotations


def main() -> None:
    """The command line. Exits with 0, 1 or 2 as each command says."""
    from pipelines.cli import app

    app(prog_name="tonghop")


if __name__ == "__main__":
    main()
