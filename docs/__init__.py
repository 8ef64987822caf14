"""The documentation, and the scripts that keep it true: `docs.generate` and `docs.screenshots`."""
