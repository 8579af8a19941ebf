"""How services depend on each other, and what follows from it."""
