// Package vpcflowecs reads AWS VPC and transit gateway flow log lines, and writes Elastic Common Schema (ECS) documents.
//
// It runs the project's parser in Rust as a module of WebAssembly, which is embedded in the program. wazero compiles it when
// the first [Parser] is made. There is no cgo.
package vpcflowecs

import (
	"bytes"
	"encoding/json"
	"io"
	"time"
)

// Options are the options of the npm package by name, with values as JSON has them: docs/options.md. An unknown name is an
// error of [New]. The options "report" and "geo" do not exist here.
type Options map[string]any

// Kind is the kind of a line.
type Kind uint8

const (
	// Record is a record.
	Record Kind = iota
	// Omitted is a record that the option "omitLogStatus" leaves out.
	Omitted
	// Header is a line of the names of fields. Lines after it have its format, unless one is given.
	Header
	// Blank is a line without a token.
	Blank
)

// recordWithoutTime is the number that the module returns for a record without a time.
const recordWithoutTime = 4

// Line is a line that was read.
type Line struct {
	// Document is the JSON text of a record in UTF-8, without a line end; nil for other kinds. It is a view of the module's
	// memory, valid until the next call of the parser.
	Document []byte
	Kind     Kind
	// HasTime is false if the line has no time, so that "@timestamp" is the time of parsing.
	HasTime bool
}

// pieceBytes is the most bytes of a chunk that are written to the module's buffer at once: 1 MiB.
const pieceBytes = 1 << 20

// Parser reads the lines of an input, for one goroutine at a time. Parsers share the compiled code. Each has memory of its own,
// which [Parser.Close] frees.
type Parser struct {
	// Now returns the time of parsing. It is [time.Now] unless set.
	Now func() time.Time
	// Report gets the error of each bad line if the option "onError" is "skip" or "document". Without it, errors are only counted.
	Report func(*Error)

	core   core
	handle uint64
	time   int64
}

// New makes a parser. An error is an [*Error] if an option is wrong.
func New(options Options) (*Parser, error) {
	if options == nil {
		options = Options{}
	}
	text, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	p := &Parser{Now: time.Now, time: -1}
	if p.handle, err = p.core.start(text); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Line reads the next line of an input, with or without its line end. An error is an [*Error] if the line is not a record; the
// next line can be read after it.
//
// It allocates no memory, except for errors and for a line that is longer than all before it.
func (p *Parser) Line(line []byte) (Line, error) {
	if err := p.setTime(); err != nil {
		return Line{}, err
	}
	if err := p.core.write(line); err != nil {
		return Line{}, err
	}
	kind, err := p.core.call(p.core.line, p.handle, 0, uint64(len(line)))
	if err != nil {
		return Line{}, err
	}
	if kind == uint64(Record) || kind == recordWithoutTime {
		document, err := p.core.documents()
		return Line{Document: document, Kind: Record, HasTime: kind != recordWithoutTime}, err
	}
	return Line{Kind: Kind(kind), HasTime: true}, nil
}

// Push reads a chunk of an input, cut anywhere, and appends the documents of the lines that end in it, each with a line end.
//
// An error is an [*Error] if the input cannot be read on. The documents of the lines before it are appended.
func (p *Parser) Push(documents, chunk []byte) ([]byte, error) {
	if err := p.setTime(); err != nil {
		return documents, err
	}
	for len(chunk) > 0 {
		piece := chunk[:min(len(chunk), pieceBytes)]
		chunk = chunk[len(piece):]
		if err := p.core.write(piece); err != nil {
			return documents, err
		}
		for start := 0; start < len(piece); {
			_, err := p.core.call(p.core.push, p.handle, uint64(start), uint64(len(piece)-start))
			var consumed int
			if documents, consumed, err = p.take(documents, err); err != nil {
				return documents, err
			}
			start += consumed
		}
	}
	return documents, nil
}

// End ends an input: it reads pending lines, and a last line without its line end. Another input may follow.
func (p *Parser) End(documents []byte) ([]byte, error) {
	if err := p.setTime(); err != nil {
		return documents, err
	}
	_, err := p.core.call(p.core.end, p.handle)
	documents, _, err = p.take(documents, err)
	return documents, err
}

// Copy reads a whole input and writes its documents, each with a line end. If a read fails, it writes the documents of all whole
// lines before it returns the error.
func (p *Parser) Copy(to io.Writer, from io.Reader) error {
	chunk := make([]byte, 64<<10)
	var documents []byte
	// The bytes of a line whose end was not read yet. A failed read must not make a record of them.
	kept := 0
	for {
		n, ended := from.Read(chunk[kept:])
		n += kept
		whole := n
		if ended != io.EOF {
			if end := bytes.LastIndexByte(chunk[:n], '\n'); end >= 0 || n < len(chunk) {
				whole = end + 1
			}
		}
		var err error
		documents, err = p.Push(documents[:0], chunk[:whole])
		kept = copy(chunk, chunk[whole:n])
		if err == nil && ended != nil {
			documents, err = p.End(documents)
		}
		if _, failed := to.Write(documents); failed != nil {
			return failed
		}
		if err != nil {
			return err
		}
		if ended == io.EOF {
			return nil
		}
		if ended != nil {
			return ended
		}
	}
}

// Reset starts a new input: no header, line number or pending line is left.
func (p *Parser) Reset() error {
	_, err := p.core.call(p.core.reset, p.handle)
	return err
}

// Info describes the input that was read since the parser was made or reset.
type Info struct {
	// Inferred is the format that lines were read by, if none was given; otherwise it is empty.
	Inferred string
	// Layers are the transports that were found around records.
	Layers []string
	// Warnings are for people.
	Warnings []string
	Stats    Stats
}

// Stats counts lines.
type Stats struct {
	Lines, Records, Omitted, Headers, Blanks, Errors uint64
	// NoData and SkipData count records with such a log status.
	NoData, SkipData uint64
	// WithoutTime counts records whose "@timestamp" is the time of parsing.
	WithoutTime uint64
}

// Info describes the input.
func (p *Parser) Info() (Info, error) {
	var info Info
	if _, err := p.core.call(p.core.info, p.handle); err != nil {
		return info, err
	}
	text, err := p.core.text()
	if err == nil {
		err = json.Unmarshal(text, &info)
	}
	return info, err
}

// Close frees the memory of the parser, which cannot be used after it.
func (p *Parser) Close() error {
	return p.core.close()
}

// take appends the documents of a call, and reports its errors. It returns the bytes that the call consumed, and the error that ended it.
func (p *Parser) take(documents []byte, ended error) ([]byte, int, error) {
	if _, ok := ended.(*Error); ended != nil && !ok {
		return documents, 0, ended
	}
	view, err := p.core.documents()
	if err != nil {
		return documents, 0, err
	}
	documents = append(documents, view...)
	consumed, err := p.core.consumed()
	if err != nil {
		return documents, 0, err
	}
	if p.Report != nil {
		if err := p.core.report(p.Report, ended != nil); err != nil {
			return documents, consumed, err
		}
	}
	return documents, consumed, ended
}

// setTime tells the module the time if it has changed.
func (p *Parser) setTime() error {
	now := p.Now().UnixMilli()
	if now == p.time {
		return nil
	}
	p.time = now
	return p.core.setTime(now)
}
