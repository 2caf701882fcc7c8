"""A Vega-Lite chart as a document whose data stand where they are used."""

import json
from typing import Any


def spec(chart: Any) -> dict[str, Any]:
    document = json.loads(chart.to_json())
    known = document.pop("datasets", {})

    def inlined(part: Any) -> Any:
        if isinstance(part, list):
            return [inlined(each) for each in part]
        if not isinstance(part, dict):
            return part
        if set(part) == {"name"} and part["name"] in known:
            return {"values": known[part["name"]]}
        return {name: inlined(each) for name, each in part.items()}

    return inlined(document)
