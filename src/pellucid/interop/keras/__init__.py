"""Networks of Keras: read from models and from files, and made again."""
