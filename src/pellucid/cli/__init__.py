"""The command line: `pellucid train`, `evaluate`, `predict`, `show`, and more."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from pellucid.cli.app import app

    app()
