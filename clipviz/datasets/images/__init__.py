"""Images from whatever holds them: decoded, brought to one shape, labelled, written as one array."""
