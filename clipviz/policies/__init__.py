"""Policies: one way to clip a file, found by folder. Three families: inputs, activations, gradients."""
