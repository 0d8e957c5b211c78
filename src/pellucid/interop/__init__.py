"""Handing networks over: other languages, and other libraries, there and back."""
