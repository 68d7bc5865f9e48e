package vpcflowecs

import "encoding/json"

// Error is a line that is not a record, a format that does not compile, or an option that does not exist. Its members are
// those of FlowLogError in docs/errors.md. Numbers are 0, and texts are empty, where there is none.
type Error struct {
	// Code is the kind of the error, e.g. "out_of_range". Programs look at it.
	Code string `json:"code"`
	// Message is for people, and always on one line.
	Message string `json:"message"`
	// Problem is the message without the position.
	Problem string `json:"problem"`
	// LineNumber is the line of the input, from 1.
	LineNumber int64 `json:"lineNumber,omitzero"`
	// Column is the column in the line or in the format, in characters from 1.
	Column int64 `json:"column,omitzero"`
	// Offset is the number of bytes from the start of the input or of the format, from 0; -1 if there is none.
	Offset int64 `json:"offset"`
	// Field is the name of the AWS field, e.g. "srcport".
	Field string `json:"field,omitzero"`
	// Expected describes the expected values, e.g. "0 to 65535".
	Expected string `json:"expected,omitzero"`
	// Found is the text that was found.
	Found string `json:"found,omitzero"`
	// Format is the format that the line was compared with, if none or several were given.
	Format string `json:"format,omitzero"`
	// Input is the line.
	Input string `json:"input,omitzero"`
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// errorOf reads an error as the module writes it.
func errorOf(text []byte) *Error {
	e := &Error{Offset: -1}
	if err := json.Unmarshal(text, e); err != nil {
		return &Error{Code: "unknown", Message: err.Error(), Problem: err.Error(), Offset: -1}
	}
	return e
}
