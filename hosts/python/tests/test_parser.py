"""Tests of the host itself. Goldens and errors are compared by the tests of the project."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from vpcflow_ecs import FlowLogError, Parser  # noqa: E402

LINE = b"2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n"
BAD = LINE.replace(b"20641", b"70000")
PROBLEM = 'field "srcport": expected 0 to 65535, found "70000"'


class TestParser(unittest.TestCase):
    def test_chunks_are_cut_anywhere(self):
        text = LINE * 20_000
        with Parser() as parser:
            whole = parser.push(text) + parser.end()
            self.assertEqual(whole.count(b"\n"), 20_000)
            pieces = [parser.push(text[at : at + 77_777]) for at in range(0, len(text), 77_777)]
            self.assertEqual(b"".join(pieces) + parser.end(), whole)

    def test_errors_have_positions_and_the_documents_before_them(self):
        with Parser({"format": "default", "onError": "throw"}) as parser:
            with self.assertRaises(FlowLogError) as raised:
                parser.push(LINE + BAD + LINE)
            error = raised.exception
            self.assertEqual((error.code, error.line_number, error.column, error.offset), ("out_of_range", 2, 65, 179))
            self.assertEqual((error.field, error.expected, error.found, error.problem), ("srcport", "0 to 65535", "70000", PROBLEM))
            self.assertEqual(str(error), f"line 2, column 65: {PROBLEM}")
            self.assertEqual(error.documents.count(b"\n"), 1)
            with self.assertRaises(FlowLogError) as raised:
                parser.push(LINE)
            self.assertEqual(raised.exception.code, "stopped")
            parser.reset()
            self.assertEqual(parser.push(LINE).count(b"\n"), 1)

    def test_bad_lines_are_reported(self):
        reported = []
        with Parser({"format": "default", "onError": "skip"}, report=reported.append) as parser:
            documents = parser.push(LINE + BAD + LINE) + parser.end()
            stats = parser.info()["stats"]
        self.assertEqual(documents.count(b"\n"), 2)
        self.assertEqual([str(error) for error in reported], [f"line 2, column 65: {PROBLEM}"])
        self.assertEqual((stats["records"], stats["errors"]), (2, 1))

    def test_bad_options_are_refused(self):
        for options in ({"formt": "v5"}, {"schema": "esc"}, {"report": "x"}):
            with self.assertRaises(FlowLogError) as raised:
                Parser(options)
            self.assertEqual(raised.exception.code, "invalid_option")


if __name__ == "__main__":
    unittest.main()
