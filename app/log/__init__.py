"""The append-only store: the server's logs, and a console's copy of them with its outbox."""
