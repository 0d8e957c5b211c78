"""Networks handed over to other languages: drawn at random, written, run, and compared."""
