package vpcflowecs_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"vpcflowecs"
)

func ExampleParser_Line() {
	parser, err := vpcflowecs.New(vpcflowecs.Options{"format": "srcaddr dstaddr dstport", "mode": "original"})
	if err != nil {
		log.Fatal(err)
	}
	defer parser.Close()
	for _, text := range []string{"192.0.2.1 192.0.2.2 443", "192.0.2.1 192.0.2.2 70000"} {
		line, err := parser.Line([]byte(text))
		var bad *vpcflowecs.Error
		switch {
		case errors.As(err, &bad):
			fmt.Println(bad.Code, "in column", bad.Column, "of line", bad.LineNumber)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(line.Kind == vpcflowecs.Record, line.HasTime)
		}
	}
	// Output:
	// true false
	// out_of_range in column 21 of line 2
}

func ExampleParser_Copy() {
	parser, err := vpcflowecs.New(vpcflowecs.Options{"schema": "beats", "onError": "skip"})
	if err != nil {
		log.Fatal(err)
	}
	defer parser.Close()
	parser.Report = func(e *vpcflowecs.Error) { fmt.Println(e) }
	input := strings.NewReader("srcport end\n22 1418530070\n70000 1418530070\n")
	if err := parser.Copy(os.Stdout, input); err != nil {
		log.Fatal(err)
	}
	// Output:
	// line 3, column 1: field "srcport": expected 0 to 65535, found "70000"
	// {"@timestamp":"2014-12-14T04:07:50.000Z","aws":{"vpcflow":{}},"event":{"end":"2014-12-14T04:07:50.000Z","type":["connection"]},"message":"22 1418530070","source":{"port":22}}
}
