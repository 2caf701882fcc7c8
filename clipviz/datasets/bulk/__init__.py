"""The fast way to read a large text table; whatever it is not sure of goes the careful way instead."""
