"""Augmentations: images changed at random in training, whole batches at once on the device; one a file."""
