//go:build !unix

package main

import "time"

var start = time.Now()

// processorTime returns the elapsed nanoseconds, for want of those on processors.
func processorTime() int64 { return int64(time.Since(start)) }
