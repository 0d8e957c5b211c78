"""Attacks: hostile cases by the thousand, each from a seed, to see that nothing crashes or lies.

An attack is a module here with one function, `case(rng, folder)`: it makes one hostile case from
`rng`, tries it, and returns a word for what happened. It raises if that was bad.
"""
