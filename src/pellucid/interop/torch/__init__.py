"""Networks of PyTorch: read from modules, and made again."""
