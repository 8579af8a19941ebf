"""The routes: what a request may ask, and how it is answered."""
