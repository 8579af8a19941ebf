"""Merkle trees, checkpoints, signatures, bundles and their verification."""
