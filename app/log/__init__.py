"""The append-only store, for server and console."""
