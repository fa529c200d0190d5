"""Readers of settings: what a text means, or what is wrong with it.

A reader raises `ValueError`. Its words go after the setting's name: they say what is wrong and what to write instead,
and never repeat the text, which may be a secret in the wrong place.
"""
