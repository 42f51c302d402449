"""Old documents to import: five of a partnership's papers in our own words and their own shape, twenty trackers, and the truth.

Which papers they stand for, and every fault they must have, is in the domain notes; the texts are in the TOML files beside.
"""
