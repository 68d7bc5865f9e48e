//go:build unix

package main

import "syscall"

// processorTime returns the nanoseconds of this process on processors.
func processorTime() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}
