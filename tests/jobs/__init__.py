"""Scripts that tests run in processes of their own: with eight devices, or several at once."""
