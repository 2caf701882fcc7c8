"""The names of the places of a residual network, without torch."""


def places(blocks: list[int]) -> tuple[str, ...]:
    """ "input", "stem", two a block such as "stage 1 block 2, inside" and "stage 1 block 2", "output"."""
    inner = [
        name
        for stage, count in enumerate(blocks, 1)
        for block in range(1, count + 1)
        for name in (f"stage {stage} block {block}, inside", f"stage {stage} block {block}")
    ]
    return ("input", "stem", *inner, "output")
