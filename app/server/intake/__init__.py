"""What comes from outside: alerts and changes in their senders' formats, made into facts."""
