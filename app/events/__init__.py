"""What a fact is: facts, events, records and the one codec that reads and writes them."""
