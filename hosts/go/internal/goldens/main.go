// Command goldens answers questions of a test: each line of standard input is an object with options, and lines or an input;
// each line of standard output is an object with what they gave.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"log"
	"os"
	"time"

	"vpcflowecs"
)

type question struct {
	Options vpcflowecs.Options
	Lines   []string
	Input   string
}

type answer struct {
	Lines     []line              `json:"lines"`
	Documents string              `json:"documents"`
	Errors    []*vpcflowecs.Error `json:"errors"`
	Error     *vpcflowecs.Error   `json:"error"`
}

type line struct {
	JSON  *string           `json:"json"`
	Error *vpcflowecs.Error `json:"error"`
}

func main() {
	questions := json.NewDecoder(bufio.NewReader(os.Stdin))
	// Large integers of options stay as they are.
	questions.UseNumber()
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	for questions.More() {
		var q question
		if err := questions.Decode(&q); err != nil {
			log.Fatal(err)
		}
		a := answer{Errors: []*vpcflowecs.Error{}}
		if err := a.fill(q); err != nil && !errors.As(err, &a.Error) {
			log.Fatal(err)
		}
		if err := answers.Encode(a); err != nil {
			log.Fatal(err)
		}
	}
}

func (a *answer) fill(q question) error {
	parser, err := vpcflowecs.New(q.Options)
	if err != nil {
		return err
	}
	defer parser.Close()
	parser.Now = func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC) }
	parser.Report = func(e *vpcflowecs.Error) { a.Errors = append(a.Errors, e) }
	if q.Lines != nil {
		for _, text := range q.Lines {
			read, err := parser.Line([]byte(text))
			var l line
			if err != nil && !errors.As(err, &l.Error) {
				return err
			}
			if read.Document != nil {
				document := string(read.Document)
				l.JSON = &document
			}
			a.Lines = append(a.Lines, l)
		}
		return nil
	}
	documents, err := parser.Push(nil, []byte(q.Input))
	if err == nil {
		documents, err = parser.End(documents)
	}
	a.Documents = string(documents)
	return err
}
