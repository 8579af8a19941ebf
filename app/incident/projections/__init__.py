"""One projection per question a commander asks of the log."""
