package vpcflowecs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

const line = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"

func newParser(t testing.TB, options Options) *Parser {
	t.Helper()
	parser, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { parser.Close() })
	return parser
}

func TestLinesAndChunksAllocateNothing(t *testing.T) {
	parser := newParser(t, Options{"format": "default", "onError": "skip"})
	one := []byte(line)
	if allocated := testing.AllocsPerRun(1_000, func() {
		if read, err := parser.Line(one); err != nil || len(read.Document) == 0 {
			t.Fatal(read, err)
		}
	}); allocated != 0 {
		t.Errorf("a line allocates %v times", allocated)
	}
	chunk := bytes.Repeat([]byte(line+"\n"), 500)
	documents := make([]byte, 0, 100*len(chunk))
	if allocated := testing.AllocsPerRun(20, func() {
		var err error
		if documents, err = parser.Push(documents[:0], chunk); err != nil || bytes.Count(documents, []byte("\n")) != 500 {
			t.Fatal(len(documents), err)
		}
	}); allocated != 0 {
		t.Errorf("a chunk allocates %v times", allocated)
	}
}

func TestKindsAndInfo(t *testing.T) {
	parser := newParser(t, Options{"omitLogStatus": []string{"NODATA"}})
	nodata := "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1418530010 1418530070 - NODATA"
	expected := []struct {
		line    string
		kind    Kind
		hasTime bool
	}{
		{line, Record, true}, {nodata, Omitted, true}, {"srcaddr dstaddr", Header, true}, {"", Blank, true}, {"192.0.2.1 192.0.2.2", Record, false},
	}
	for _, each := range expected {
		read, err := parser.Line([]byte(each.line))
		if err != nil || read.Kind != each.kind || read.HasTime != each.hasTime || json.Valid(read.Document) != (each.kind == Record) {
			t.Errorf("%q: %+v, %v", each.line, read, err)
		}
	}
	info, err := parser.Info()
	stats := Stats{Lines: 5, Records: 2, Omitted: 1, Headers: 1, Blanks: 1, NoData: 1, WithoutTime: 1}
	if err != nil || !reflect.DeepEqual(info, Info{Layers: []string{}, Warnings: []string{}, Stats: stats}) {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestErrorsHavePositions(t *testing.T) {
	bad := strings.Replace(line, "20641", "70000", 1)
	problem := `field "srcport": expected 0 to 65535, found "70000"`
	expected := Error{
		Code: "out_of_range", Message: "line 2, column 65: " + problem, Problem: problem, LineNumber: 2, Column: 65, Offset: 179,
		Field: "srcport", Expected: "0 to 65535", Found: "70000", Input: bad,
	}
	parser := newParser(t, Options{"format": "default", "onError": "throw"})
	documents, err := parser.Push(nil, []byte(line+"\n"+bad+"\n"+line+"\n"))
	var found *Error
	if !errors.As(err, &found) || *found != expected {
		t.Errorf("%+v", err)
	}
	if bytes.Count(documents, []byte("\n")) != 1 {
		t.Errorf("the documents before the error are %q", documents)
	}
	if _, err = parser.Push(nil, []byte(line)); !errors.As(err, &found) || found.Code != "stopped" {
		t.Errorf("%+v", err)
	}
	if err := parser.Reset(); err != nil {
		t.Fatal(err)
	}
	if read, err := parser.Line([]byte(line)); err != nil || read.Kind != Record {
		t.Errorf("%+v, %v", read, err)
	}

	skipping := newParser(t, Options{"format": "default", "onError": "skip"})
	var reported []Error
	skipping.Report = func(e *Error) { reported = append(reported, *e) }
	documents, err = skipping.Push(nil, []byte(line+"\n"+bad+"\n"+line))
	if err == nil {
		documents, err = skipping.End(documents)
	}
	if err != nil || bytes.Count(documents, []byte("\n")) != 2 || !reflect.DeepEqual(reported, []Error{expected}) {
		t.Errorf("%d bytes, %+v, %v", len(documents), reported, err)
	}
}

func TestBadOptions(t *testing.T) {
	for option, code := range map[string]string{"formt": "invalid_option", "schema": "invalid_option", "report": "invalid_option"} {
		var found *Error
		if _, err := New(Options{option: "x"}); !errors.As(err, &found) || found.Code != code || found.Message == "" {
			t.Errorf("%s: %+v", option, err)
		}
	}
	if _, err := New(Options{"format": func() {}}); err == nil {
		t.Error("a function is not an option")
	}
	if parser, err := New(nil); err != nil || parser.Close() != nil {
		t.Error(err)
	}
}

func TestCopyReadsLargeInputsCutAnywhere(t *testing.T) {
	input := strings.Repeat(line+"\n", 20_000)
	parser := newParser(t, nil)
	whole, err := parser.Push(nil, []byte(input))
	if err == nil {
		whole, err = parser.End(whole)
	}
	if err != nil || bytes.Count(whole, []byte("\n")) != 20_000 {
		t.Fatal(len(whole), err)
	}
	var copied bytes.Buffer
	if err := parser.Copy(&copied, iotest.HalfReader(strings.NewReader(input[:len(input)-1]))); err != nil || !bytes.Equal(copied.Bytes(), whole) {
		t.Error(copied.Len(), err)
	}
	broken := iotest.ErrReader(io.ErrUnexpectedEOF)
	if err := parser.Copy(io.Discard, broken); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
}

// Lines that are held back until their format is inferred are not lost, and a line that was cut is not a record.
func TestCopyWritesWholeLinesBeforeAFailedRead(t *testing.T) {
	var input strings.Builder
	for i := range 40 {
		fmt.Fprintf(&input, "123456789010 ACCEPT %d 172.31.16.21 22 %d eni-1235b8ca123456789 OK 20 6 172.31.16.%d %d %d 2\n",
			4000+97*i, 1418530070+i, 100+i, 20641+31*i, 1418530010+i)
	}
	whole := input.String()
	cut := "123456789010 ACCEPT 4249 172.31.16.21 22 1418530070 eni-1235b8ca123456789 OK 20 6 172.31.16.139 20641 1418530010 2"
	for name, text := range map[string]string{"whole": whole, "cut": whole + cut} {
		var copied bytes.Buffer
		parser := newParser(t, nil)
		err := parser.Copy(&copied, io.MultiReader(iotest.HalfReader(strings.NewReader(text)), iotest.ErrReader(io.ErrUnexpectedEOF)))
		if err != io.ErrUnexpectedEOF || bytes.Count(copied.Bytes(), []byte("\n")) != 40 {
			t.Errorf("%s: %d documents, %v", name, bytes.Count(copied.Bytes(), []byte("\n")), err)
		}
	}
}

func TestRandomBytesAreErrorsAtMost(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	parser := newParser(t, Options{"format": "default", "onError": "skip"})
	for range 3_000 {
		text := []byte(line)
		for range random.IntN(30) {
			text[random.IntN(len(text))] = byte(random.Uint32())
		}
		var expected *Error
		if _, err := parser.Line(text); err != nil && !errors.As(err, &expected) {
			t.Fatal(err)
		}
		if _, err := parser.Push(nil, text); err != nil {
			t.Fatal(err)
		}
	}
	if read, err := parser.Line([]byte(line)); err != nil || read.Kind != Record {
		t.Errorf("%+v, %v", read, err)
	}
}

func TestLimitsAndClosedParsers(t *testing.T) {
	parser := newParser(t, nil)
	if _, err := parser.Line(make([]byte, maxBuffer+1)); err == nil || err.Error() != "expected at most 67108864 bytes, found 67108865" {
		t.Error(err)
	}
	if err := parser.Close(); err != nil {
		t.Error(err)
	}
	_, pushed := parser.Push(nil, []byte(line))
	_, ended := parser.End(nil)
	_, read := parser.Line(nil)
	_, informed := parser.Info()
	for _, err := range []error{pushed, ended, read, informed, parser.Reset()} {
		if err != errClosed {
			t.Error(err)
		}
	}
}

func TestParsersOnManyGoroutines(t *testing.T) {
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			parser := newParser(t, Options{"format": "default"})
			for range 200 {
				if read, err := parser.Line([]byte(line)); err != nil || !bytes.Contains(read.Document, []byte(`"port":20641`)) {
					t.Error(read, err)
				}
			}
		})
	}
	group.Wait()
}

// log returns the log of the benchmarks: the file that VPCFLOW_LOG names, of format v5, or the line above.
func log(b *testing.B) ([]byte, Options) {
	path := os.Getenv("VPCFLOW_LOG")
	if path == "" {
		return bytes.Repeat([]byte(line+"\n"), 1_000), Options{"format": "default", "onError": "skip"}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return text, Options{"format": "v5", "onError": "skip"}
}

// BenchmarkLine measures a line.
func BenchmarkLine(b *testing.B) {
	text, options := log(b)
	lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	parser := newParser(b, options)
	b.ReportAllocs()
	for at := 0; b.Loop(); at++ {
		if _, err := parser.Line(lines[at%len(lines)]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPush measures a log in chunks of 64 KiB; the time of an operation is that of a line.
func BenchmarkPush(b *testing.B) {
	text, options := log(b)
	parser := newParser(b, options)
	var documents []byte
	b.ReportAllocs()
	b.ResetTimer()
	for done, rest := 0, []byte(nil); done < b.N; {
		if len(rest) == 0 {
			rest = text
		}
		chunk := rest[:min(len(rest), 64<<10)]
		rest = rest[len(chunk):]
		var err error
		if documents, err = parser.Push(documents[:0], chunk); err != nil {
			b.Fatal(err)
		}
		done += bytes.Count(chunk, []byte("\n"))
	}
}
