"""What travels between console and server."""
