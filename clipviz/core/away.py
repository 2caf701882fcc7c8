"""The names of what leaves with a trained model, in the folder of its run and in the archive."""

MODEL = "model.safetensors"
PROGRAM = "model.pt2"
ONNX = "model.onnx"
INPUTS = "inputs.json"
"""What the columns are that PROGRAM and ONNX take."""
