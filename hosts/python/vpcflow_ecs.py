"""Reads AWS VPC and transit gateway flow log lines, and writes Elastic Common Schema (ECS) documents.

It runs the project's parser in Rust as a module of WebAssembly, which wasmtime compiles when this module is imported:

    with Parser({"format": "v5"}) as parser:
        documents = parser.push(chunk) + parser.end()
"""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path
from typing import Any, Callable, Mapping

import wasmtime

_ABI = 1
#: The most bytes of a chunk that are written to the module's buffer at once.
_PIECE = 1 << 20

_engine = wasmtime.Engine()
_module = wasmtime.Module.from_file(_engine, str(Path(__file__).with_name("vpcflow_ecs.wasm")))


class FlowLogError(ValueError):
    """A line that is not a record, a format that does not compile, or an option that does not exist.

    Programs look at `code`; the message is for people, and always on one line. A member is None where there is none.
    """

    def __init__(self, members: Mapping[str, Any]):
        super().__init__(members["message"])
        self.code: str = members["code"]
        self.message: str = members["message"]
        #: The message without the position.
        self.problem: str = members["problem"]
        #: The line of the input, from 1.
        self.line_number: int | None = members.get("lineNumber")
        #: The column in the line or in the format, in characters from 1.
        self.column: int | None = members.get("column")
        #: The bytes from the start of the input or of the format, from 0.
        self.offset: int | None = members.get("offset")
        #: The name of the AWS field, e.g. `srcport`.
        self.field: str | None = members.get("field")
        #: The expected values, e.g. `0 to 65535`.
        self.expected: str | None = members.get("expected")
        #: The text that was found.
        self.found: str | None = members.get("found")
        #: The format that the line was compared with, if none or several were given.
        self.format: str | None = members.get("format")
        #: The line.
        self.input: str | None = members.get("input")
        #: The documents of the call's lines before the error.
        self.documents = b""


class Parser:
    """Reads an input in chunks, cut anywhere, for one thread at a time.

    `options` are those of the npm package by name, with values as JSON has them. With the option `onError` set to `skip` or
    `document`, `report` gets the error of each bad line. `now` returns the time of parsing in seconds since 1970.
    """

    def __init__(
        self,
        options: Mapping[str, Any] | None = None,
        report: Callable[[FlowLogError], None] | None = None,
        now: Callable[[], float] = time.time,
    ):
        self._report = report
        self._now = now
        self._store = wasmtime.Store(_engine)
        self._exports = wasmtime.Instance(self._store, _module, []).exports(self._store)
        self._memory = self._exports["memory"]
        version = self._value("abi")
        if version != _ABI:
            raise RuntimeError(f"expected a module with version {_ABI} of its contract, found {version}")
        self._record = self._value("result")
        text = json.dumps(dict(options or {})).encode()
        self._write(text)
        self._handle = self._call("open", len(text))

    def __enter__(self) -> Parser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def push(self, chunk: bytes) -> bytes:
        """Returns the documents of the lines that end in a chunk, each with a line end.

        Raises FlowLogError if the input cannot be read on.
        """
        self._set_time()
        all_documents = []
        for first in range(0, len(chunk), _PIECE):
            piece = chunk[first : first + _PIECE]
            self._write(piece)
            start = 0
            while start < len(piece):
                try:
                    self._call("push", self._handle, start, len(piece) - start)
                except FlowLogError as error:
                    error.documents = b"".join(all_documents) + error.documents
                    raise
                documents, consumed = self._take()
                all_documents.append(documents)
                start += consumed
        return b"".join(all_documents)

    def end(self) -> bytes:
        """Ends an input: returns the documents of pending lines, and of a last line without its line end.

        Raises FlowLogError if the input cannot be read on. Another input may follow.
        """
        self._set_time()
        self._call("end", self._handle)
        return self._take()[0]

    def info(self) -> dict[str, Any]:
        """Returns the inferred format, the layers, the warnings and the counts of an input."""
        self._call("info", self._handle)
        return json.loads(self._part(8))

    def reset(self) -> None:
        """Starts a new input: no header, line number or pending line is left."""
        self._call("reset", self._handle)

    def close(self) -> None:
        """Frees the memory of the parser, which cannot be used after it."""
        self._store.close()

    def _value(self, name: str, *arguments: int) -> int:
        return self._exports[f"vpcflow_{name}"](self._store, *arguments)

    def _call(self, name: str, *arguments: int) -> int:
        """Makes a call that fills the result record, and raises the error that it wrote."""
        value = self._value(name, *arguments)
        if value >= 0:
            return value
        *before, last = self._part(8).splitlines()
        documents = self._part(0)
        self._report_each(before)
        error = FlowLogError(json.loads(last))
        error.documents = documents
        raise error

    def _take(self) -> tuple[bytes, int]:
        """Returns the documents of a call and the bytes that it consumed, and reports its errors."""
        documents = self._part(0)
        (consumed,) = struct.unpack("<I", self._memory.read(self._store, self._record + 16, self._record + 20))
        self._report_each(self._part(8).splitlines())
        return documents, consumed

    def _report_each(self, errors: list[bytes]) -> None:
        if self._report:
            for error in errors:
                self._report(FlowLogError(json.loads(error)))

    def _part(self, offset: int) -> bytes:
        """Returns the text whose address and length are in the result record at an offset."""
        record = self._memory.read(self._store, self._record + offset, self._record + offset + 8)
        address, length = struct.unpack("<II", record)
        return bytes(self._memory.read(self._store, address, address + length))

    def _write(self, text: bytes) -> None:
        address = self._value("buffer", len(text))
        if address == 0:
            raise ValueError(f"there is no memory for {len(text)} bytes")
        self._memory.write(self._store, text, address)

    def _set_time(self) -> None:
        self._value("now", int(self._now() * 1000))
