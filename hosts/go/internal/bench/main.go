// Command bench is the library in `npm run bench`: the arguments and the output are those of tools/bench_native.rs. With "lines"
// as a fourth argument, it reads the log line by line.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"time"

	"vpcflowecs"
)

func main() {
	path, format, size := os.Args[1], os.Args[2], os.Args[3]
	how := slices.Concat(os.Args[4:], []string{""})[0]
	text, err := os.ReadFile(path)
	check(err)
	parser, err := vpcflowecs.New(vpcflowecs.Options{"format": format, "onError": "skip"})
	check(err)
	chunkBytes, err := strconv.Atoi(size)
	check(err)
	chunks := slices.Collect(slices.Chunk(text, chunkBytes))
	if how == "lines" {
		chunks = bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	}

	var documents []byte
	read := func(chunk []byte) []byte {
		if how == "lines" {
			line, err := parser.Line(chunk)
			if _, isBad := err.(*vpcflowecs.Error); !isBad {
				check(err)
			}
			return line.Document
		}
		documents, err = parser.Push(documents[:0], chunk)
		check(err)
		return documents
	}
	if how == "print" {
		for _, chunk := range chunks {
			_, err := os.Stdout.Write(read(chunk))
			check(err)
		}
		return
	}
	for rounds := bufio.NewScanner(os.Stdin); rounds.Scan(); {
		written := 0
		start, cpu := time.Now(), processorTime()
		for _, chunk := range chunks {
			written += len(read(chunk))
		}
		fmt.Printf("{\"ns\":%d,\"cpu\":%d,\"bytes\":%d}\n", time.Since(start).Nanoseconds(), processorTime()-cpu, written)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
