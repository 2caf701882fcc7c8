"""Whatever is uploaded: rows read and rows rejected are the rows of the file, or it is refused in words."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipviz.core.dataset import Reading
from clipviz.core.errors import UnreadableFile
from clipviz.datasets.choose import choose

cells = st.sampled_from(
    ["1", "2.5", "", "NA", "inf", "x", '"q"', '"a,b"', '"l\nm"', '"', 'i"n', "1,5", "é", " ", "\t"]
)
rows = st.lists(st.lists(cells, min_size=1, max_size=4).map(",".join), min_size=1, max_size=12)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows, st.sampled_from(["\n", "\r\n", "\r"]))
def test_nothing_vanishes(tmp_path, lines, end):
    path = tmp_path / "t.csv"
    path.write_bytes(end.join(["a,b", *lines]).encode())
    try:
        format_ = choose(path, path.name, Reading())
        reading = format_.guess(path, Reading(delimiter=",", header=True))
        contents = format_.read(path, reading, tmp_path, {})
    except UnreadableFile as error:
        assert error.remedy
        return
    most = sum(1 + line.count("\n") for line in lines)
    assert 1 <= contents.rows <= contents.rows + contents.rejected <= most
    if not any('"' in line for line in lines):
        assert contents.rows + contents.rejected == sum(bool(line.strip(" ")) for line in lines)
