"""Loss and gradient of plain sequences of layers, written out: few kernels, no autograd."""
