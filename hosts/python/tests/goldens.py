"""Answers questions of a test: each line of standard input is an object with options and an input."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from vpcflow_ecs import FlowLogError, Parser  # noqa: E402

NOW = 1_767_323_045.678


def members(error: FlowLogError) -> dict:
    names = {"line_number": "lineNumber"}
    return {names.get(name, name): value for name, value in vars(error).items() if name != "documents"}


def answer(question: dict) -> dict:
    errors: list[dict] = []
    try:
        with Parser(question["options"], report=lambda error: errors.append(members(error)), now=lambda: NOW) as parser:
            documents = parser.push(question["input"].encode()) + parser.end()
    except FlowLogError as error:
        return {"error": members(error)}
    return {"documents": documents.decode(), "errors": errors}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
