"""The console's side of the conversation with the server."""
