"""The names of what leaves with a trained model, in the folder of its run and in the archive."""

MODEL = "model.safetensors"
READING = "reading.json"
"""How the file was read that it learned from (`core.dataset.Reading`); beside MODEL it goes before what MODEL says."""
PROGRAM = "model.pt2"
ONNX = "model.onnx"
INPUTS = "inputs.json"
"""What the columns are that PROGRAM and ONNX take."""
