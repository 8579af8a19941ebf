"""The server: it orders what consoles send, keeps it, and tells everyone who listens."""
