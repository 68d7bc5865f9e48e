package vpcflowecs

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// abi is the version of the module's contract that this host follows.
const abi = 1

//go:embed vpcflow_ecs.wasm
var module []byte

var errClosed = errors.New("the parser is closed")

// compiled is the module as machine code, which is shared by all instances, and the runtime that they belong to.
var compiled = sync.OnceValues(func() (*code, error) {
	runtime := wazero.NewRuntime(context.Background())
	code := &code{runtime: runtime}
	var err error
	code.module, err = runtime.CompileModule(context.Background(), module)
	return code, err
})

type code struct {
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

// core is an instance of the module: docs/abi.md has its functions.
type core struct {
	instance api.Module
	memory   api.Memory
	record   uint32
	stack    [3]uint64
	// broken is the error after which the instance cannot be used.
	broken error

	now, buffer, open, reset, line, push, end, info api.Function
}

// start makes an instance with a parser of the JSON text of options, and returns the handle of that.
func (c *core) start(options []byte) (uint64, error) {
	code, err := compiled()
	if err != nil {
		return 0, err
	}
	// Without a name, since there may be many.
	config := wazero.NewModuleConfig().WithName("")
	if c.instance, err = code.runtime.InstantiateModule(context.Background(), code.module, config); err != nil {
		return 0, err
	}
	c.memory = c.instance.Memory()
	for name, function := range map[string]*api.Function{
		"now": &c.now, "buffer": &c.buffer, "open": &c.open, "reset": &c.reset, "line": &c.line, "push": &c.push, "end": &c.end, "info": &c.info,
	} {
		*function = c.instance.ExportedFunction("vpcflow_" + name)
	}
	version, err := c.value(c.instance.ExportedFunction("vpcflow_abi"))
	if err != nil {
		return 0, err
	}
	if version != abi {
		return 0, fmt.Errorf("expected a module with version %d of its contract, found %d", abi, version)
	}
	record, err := c.value(c.instance.ExportedFunction("vpcflow_result"))
	if err != nil {
		return 0, err
	}
	c.record = uint32(record)
	if err := c.write(options); err != nil {
		return 0, err
	}
	return c.call(c.open, uint64(len(options)))
}

func (c *core) close() error {
	if c.instance == nil {
		return nil
	}
	c.broken = errClosed
	return c.instance.Close(context.Background())
}

// value makes a call and returns its number. An error means that the instance cannot be used any longer.
func (c *core) value(function api.Function, arguments ...uint64) (uint64, error) {
	if c.broken != nil {
		return 0, c.broken
	}
	copy(c.stack[:], arguments)
	if err := function.CallWithStack(context.Background(), c.stack[:]); err != nil {
		c.broken = err
		return 0, err
	}
	return c.stack[0], nil
}

// call makes a call that fills the result record. A negative number is returned as the [*Error] that the call wrote.
func (c *core) call(function api.Function, arguments ...uint64) (uint64, error) {
	value, err := c.value(function, arguments...)
	if err != nil || int32(value) >= 0 {
		return value, err
	}
	text, err := c.text()
	if err != nil {
		return 0, err
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	return 0, errorOf(text[bytes.LastIndexByte(text, '\n')+1:])
}

// setTime sets the time of parsing in milliseconds since 1970.
func (c *core) setTime(milliseconds int64) error {
	_, err := c.value(c.now, uint64(milliseconds))
	return err
}

// write writes to the buffer.
func (c *core) write(text []byte) error {
	if len(text) > maxBuffer {
		return fmt.Errorf("expected at most %d bytes, found %d", maxBuffer, len(text))
	}
	address, err := c.value(c.buffer, uint64(len(text)))
	if err != nil {
		return err
	}
	if address == 0 || !c.memory.Write(uint32(address), text) {
		return fmt.Errorf("there is no memory for %d bytes", len(text))
	}
	return nil
}

// maxBuffer is the most bytes that the buffer can have: 64 MiB.
const maxBuffer = 64 << 20

// documents returns a view of the documents of the last call.
func (c *core) documents() ([]byte, error) { return c.part(0) }

// text returns a view of the errors or the description that the last call wrote.
func (c *core) text() ([]byte, error) { return c.part(8) }

// consumed returns the bytes of the chunk that the last call consumed.
func (c *core) consumed() (int, error) {
	consumed, ok := c.memory.ReadUint32Le(c.record + 16)
	if !ok {
		return 0, errMemory
	}
	return int(consumed), nil
}

var errMemory = errors.New("the module's result is outside of its memory")

// part returns a view of the text whose address and length are in the result record at an offset.
func (c *core) part(offset uint32) ([]byte, error) {
	numbers, ok := c.memory.ReadUint64Le(c.record + offset)
	if !ok {
		return nil, errMemory
	}
	view, ok := c.memory.Read(uint32(numbers), uint32(numbers>>32))
	if !ok {
		return nil, errMemory
	}
	return view, nil
}

// report reports the errors of the last call, without the last one if that ended the input.
func (c *core) report(report func(*Error), ended bool) error {
	text, err := c.text()
	if err != nil || len(text) == 0 {
		return err
	}
	// A copy, since the receiver may call the parser.
	lines := bytes.SplitAfter(bytes.Clone(text), []byte("\n"))
	lines = lines[:len(lines)-1]
	if ended {
		lines = lines[:len(lines)-1]
	}
	for _, line := range lines {
		report(errorOf(line))
	}
	return nil
}
