"""Message catalogues: Vietnamese is the source, English the translation (decision 0006)."""
