"""The server: records, streams and takes in what monitoring says."""
