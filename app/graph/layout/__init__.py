"""Where services are drawn: focus columns, team clusters and pinned positions, all without Qt."""
