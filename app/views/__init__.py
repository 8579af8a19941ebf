"""What the commander sees."""
