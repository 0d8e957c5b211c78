"""Multi-layer networks of scikit-learn: read, and made again."""
